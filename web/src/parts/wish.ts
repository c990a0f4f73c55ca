/** What is asked of a run that is computed otherwise: it stands in the address, so that a link says it too. */
export interface Wish {
  /** Null: as in the run. */
  readonly least: number | null;
  readonly most: number | null;
  /** Empty: as in the run. */
  readonly join: string;
  readonly projection: string;
  readonly profile: string;
}

export const asRecorded: Wish = { least: null, most: null, join: '', projection: '', profile: '' };

export const joins: readonly string[] = ['compound', 'drop'];
export const projections: readonly string[] = ['euclidean', 'proportional'];
/** Profiles that weights of sleeves are computed by. */
export const profiles: readonly string[] = ['min_variance', 'hrp', 'max_sharpe', 'barbell', 'equal_weight', 'risk_parity'];

function fractionIn(text: string | null): number | null {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? value : null;
}

const oneOf = (text: string | null, known: readonly string[]): string => (text !== null && known.includes(text) ? text : '');

/** The wish of an address; what no slider or choice could have said is left out. */
export function wishIn(param: (name: string) => string | null): Wish {
  return {
    least: fractionIn(param('least')),
    most: fractionIn(param('most')),
    join: oneOf(param('join'), joins),
    projection: oneOf(param('projection'), projections),
    profile: oneOf(param('profile'), profiles),
  };
}

const fractionText = (fraction: number | null): string | null => (fraction === null ? null : String(fraction));

export function paramsOf({ least, most, join, projection, profile }: Wish): Readonly<Record<string, string | null>> {
  return { least: fractionText(least), most: fractionText(most), join, projection, profile };
}

export interface WishBody {
  readonly set: readonly string[];
  readonly join?: string;
  readonly projection?: string;
  readonly risk?: readonly string[];
}

export function bodyOf({ least, most, join, projection, profile }: Wish): WishBody {
  return {
    set: [
      ...(least === null ? [] : [`meta_allocation.min_weight=${least}`]),
      ...(most === null ? [] : [`meta_allocation.max_weight=${most}`]),
    ],
    ...(join === '' ? {} : { join }),
    ...(projection === '' ? {} : { projection }),
    ...(profile === '' ? {} : { risk: [profile] }),
  };
}

export function commandOf(run: string, wish: Wish): readonly string[] {
  const { set, join, projection, risk = [] } = bodyOf(wish);
  return [
    'counterfactual',
    run,
    ...set.flatMap((one) => ['--set', one]),
    ...(join === undefined ? [] : ['--join', join]),
    ...(projection === undefined ? [] : ['--projection', projection]),
    ...risk.flatMap((one) => ['--risk', one]),
  ];
}
