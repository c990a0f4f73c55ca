import { type Block, type Cell, cell, columns, paragraph, percent, smallPercent, table } from '../model/document.ts';
import { physicalSymbol } from '../../../domain/allocation/flatten.ts';
import type { TestedProfile } from '../../../handlers/tear-sheets/tested-profile.ts';
import type { BacktestReport } from './model.ts';

/** Something to look at: of which profile, where, and what. */
export interface Noticed {
  readonly profile: string;
  readonly where: string;
  readonly what: string;
}

/** What is looked through for things to notice. */
export interface Noticeable {
  readonly facts: Pick<TestedProfile['facts'], 'risk' | 'untradedRows' | 'partialRows' | 'warnings' | 'syntheticResets'> & {
    readonly baselines: readonly Pick<TestedProfile['facts']['baselines'][number], 'name' | 'reason'>[];
    readonly sleeves: readonly Pick<TestedProfile['facts']['sleeves'][number], 'path' | 'lastPartialRows' | 'partialRows' | 'flags'>[];
  };
  readonly windows: readonly Decision[];
  readonly below: readonly Decision[];
  readonly detail: { readonly sleeves: readonly Pick<TestedProfile['detail']['sleeves'][number], 'path' | 'columns'>[] };
}

type Decision = Pick<TestedProfile['windows'][number], 'path' | 'flags'>;

const flagWords: Readonly<Record<string, string>> = {
  partial: 'partial window',
  ledoit_wolf_saturated: 'ledoit_wolf_saturated: the covariance is more target than data',
  hardened: 'hardened: more correlation shrinkage than asked for',
};

/** How often each flag was raised by the portfolio and by each below it, in the order in which they first appear. */
function raisedFlags(decisions: readonly Decision[], meta: string): Omit<Noticed, 'profile'>[] {
  const counts = new Map<string, { readonly where: string; readonly flag: string; raised: number }>();
  for (const { path, flags } of decisions)
    for (const flag of flags.filter((raised) => raised !== 'partial')) {
      const where = path.length === 0 ? meta : path.join(' / ');
      const found = counts.get(`${where}\n${flag}`) ?? { where, flag, raised: 0 };
      found.raised += 1;
      counts.set(`${where}\n${flag}`, found);
    }
  return [...counts.values()].map(({ where, flag, raised }) => {
    const of = decisions.filter(({ path }) => (path.length === 0 ? meta : path.join(' / ')) === where).length;
    return { where, what: `${flagWords[flag] ?? flag}, in ${raised} of ${of} decisions` };
  });
}

/** Sleeves that hold assets short, which their returns reset to a constant notional every day. */
export function shortSleeves({ detail }: Pick<Noticeable, 'detail'>): string[] {
  return detail.sleeves.flatMap(({ path, columns: atoms }) =>
    atoms.some((atom) => physicalSymbol(atom).sign < 0) ? [path.join(' / ')] : [],
  );
}

function ofShorts(profile: Noticeable, meta: string): Noticed[] {
  const { risk, syntheticResets } = profile.facts;
  const { turnoverTwoSided, cost } = syntheticResets;
  const sleeves = shortSleeves(profile);
  if (sleeves.length === 0) return [];
  const what =
    `constant-notional short: daily resets would trade ${percent(turnoverTwoSided)} of equity, two-sided, and cost ` +
    `${smallPercent(cost)}; reported, not charged`;
  return [...sleeves.map((where) => ({ profile: risk, where, what: 'constant-notional short' })), { profile: risk, where: meta, what }];
}

/** What a reader of one profile should know beside its figures. */
export function noticedOf(profile: Noticeable, meta: string): Noticed[] {
  const { facts, windows, below } = profile;
  const { risk, untradedRows, partialRows, warnings, baselines, sleeves } = facts;
  const at = (where: string, what: string): Noticed => ({ profile: risk, where, what });
  const ofSleeves = sleeves.flatMap(({ path, lastPartialRows, partialRows: traded, flags }) => [
    ...flags.filter((flag) => flag !== 'partial').map((flag) => at(path.join(' / '), flagWords[flag] ?? flag)),
    ...(traded > 0 ? [at(path.join(' / '), `partial window: its last ${traded} rows are fewer than a window`)] : []),
    ...(lastPartialRows > traded
      ? [at(path.join(' / '), `${lastPartialRows - traded} rows behind the last full window are not held`)]
      : []),
  ]);
  return [
    ...raisedFlags([...windows, ...below], meta).map(({ where, what }) => at(where, what)),
    ...(partialRows > 0 ? [at(meta, `partial window: the last decision earns ${partialRows} rows`)] : []),
    ...(untradedRows > 0 ? [at(meta, `${untradedRows} joined rows behind the last window are not held`)] : []),
    ...ofShorts(profile, meta),
    ...warnings.map((what) => at(meta, what)),
    ...baselines.flatMap(({ name, reason }) => (reason === null ? [] : [at(`baseline ${name}`, `not run: ${reason}`)])),
    ...ofSleeves,
  ];
}

function sameOnes(all: readonly Noticed[]): Noticed[][] {
  const groups = new Map<string, Noticed[]>();
  for (const noticed of all) {
    const key = `${noticed.where}\n${noticed.what}`;
    groups.set(key, [...(groups.get(key) ?? []), noticed]);
  }
  return [...groups.values()];
}

/** The same thing noticed in several profiles is one row. */
export function noticedTable({ run, profiles, failed }: BacktestReport): Block {
  const all = [
    ...failed.map(({ risk, path, code, reason }) => ({
      profile: risk,
      where: path.length === 0 ? run.meta : path.join(' / '),
      what: `not tested: ${reason} (${code})`,
    })),
    ...profiles.flatMap(({ profile }) => noticedOf(profile, run.meta)),
  ];
  if (all.length === 0)
    return paragraph('Nothing else to look at: no flag, no partial window, every profile and baseline was run.', 'good');
  const rows = sameOnes(all).map((same): Cell[] => {
    const names = [...new Set(same.map(({ profile }) => profile))];
    const failure = failed.some(({ risk }) => names.includes(risk));
    const everyone = names.length === profiles.length && profiles.length > 1 && !failure;
    return [cell(everyone ? 'every profile' : names.join(', ')), cell(same[0]!.where), cell(same[0]!.what, failure ? 'bad' : 'warn')];
  });
  return table('To be looked at', columns('profile', 'where', 'what'), rows);
}
