import { byCodeUnits } from '../shared/order.ts';

/** A physical symbol of a portfolio, with what each sleeve puts into it: signed shares of the portfolio. */
export interface HeldAsset {
  readonly symbol: string;
  readonly weight: number;
  readonly contributors: readonly { readonly path: readonly string[]; readonly amount: number }[];
}

/** A symbol that two or more sleeves hold. */
export interface Collision {
  readonly symbol: string;
  /** Net of all sleeves. */
  readonly weight: number;
  /** In code-unit order of the paths; amounts of one sleeve are summed. */
  readonly sleeves: readonly { readonly path: string; readonly weight: number; readonly direction: 'LONG' | 'SHORT' }[];
  /** Whether the sleeves are on different sides. */
  readonly opposes: boolean;
}

/** Symbols that more than one sleeve holds, the largest sum of exposures first; equal ones in code-unit order. */
export function collisionsOf(assets: readonly HeldAsset[]): Collision[] {
  return assets
    .flatMap(({ symbol, weight, contributors }) => {
      const bySleeve = new Map<string, number>();
      for (const { path, amount } of contributors) bySleeve.set(path.join('/'), (bySleeve.get(path.join('/')) ?? 0) + amount);
      if (bySleeve.size < 2) return [];
      const sleeves = [...bySleeve]
        .toSorted(([left], [right]) => byCodeUnits(left, right))
        .map(([path, amount]) => ({ path, weight: amount, direction: amount < 0 ? ('SHORT' as const) : ('LONG' as const) }));
      return [{ symbol, weight, sleeves, opposes: new Set(sleeves.map(({ direction }) => direction)).size > 1 }];
    })
    .toSorted((left, right) => exposureOf(right) - exposureOf(left) || byCodeUnits(left.symbol, right.symbol));
}

function exposureOf({ sleeves }: Collision): number {
  return sleeves.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
}
