/** Sleeve runs as a meta run consumes them, made up from a name: no ledger, the same numbers every time. */
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { atomicSleeves, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import { dayNumberOf, isoOfDay, isWeekend } from '../../domain/returns/days.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { commonRiskProfiles, type RiskProfile } from '../../domain/risk/schemas.ts';
import { type DeliveredRun, pathKey } from '../../domain/run/delivered-run.ts';
import { parityEvidence } from './parity-evidence.ts';

const rows = 120;

function weekdays(count: number): string[] {
  const dates: string[] = [];
  for (let day = dayNumberOf('2024-01-02'); dates.length < count; day++) if (!isWeekend(day)) dates.push(isoOfDay(day));
  return dates;
}

/** Synthetic returns between -2 % and 2 %, another sequence for each seed. */
export function syntheticSeries(seed: number, count = rows): ReturnSeries {
  let state = seed * 7_919 + 1;
  const values = Float64Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647 - 0.5) / 25;
  });
  return { dates: weekdays(count), values };
}

export interface SyntheticRun extends Partial<Omit<DeliveredRun, 'streams'>> {
  readonly risks?: readonly RiskProfile[];
  readonly rows?: number;
}

export function deliveredRun(
  name: string,
  seed: number,
  { risks = commonRiskProfiles, rows: count = rows, ...change }: SyntheticRun = {},
): DeliveredRun {
  const series = syntheticSeries(seed, count);
  const weights = [
    { symbol: `NYSE:${name.toUpperCase()}`, weight: 0.75 },
    { symbol: 'NYSE:SHARED', weight: 0.25 },
  ];
  return {
    runId: `${name}-run`,
    sleeve: name,
    profile: name,
    asOf: series.dates.at(-1)!,
    dataEnd: { date: series.dates.at(-1)!, shortenedBy: [] },
    freshUntil: series.dates.at(-1)!,
    correction: 0,
    eligibility: 'CERTIFIED',
    currency: 'USD',
    currencyTreatment: null,
    calendars: ['XNYS'],
    parityLeaves: parityEvidence,
    unstated: [],
    selectionMode: 'none',
    artifacts: ['a'.repeat(64)],
    streams: new Map(risks.map((risk) => [risk, { series, weights, partialRows: 0, sha256: 'a'.repeat(64) }])),
    ...change,
  };
}

type NestedSleeves = Readonly<Partial<Record<'stocks' | 'funds' | 'coins', boolean>>>;

/**
 * `whole` holds the sleeve `stocks` and the portfolio `listed`, which holds `funds` and `coins`. Sleeves that are `adapting` list the
 * adaptive profile.
 */
export function nestedPortfolio(allocation: object = {}, change: object = {}, adapting: NestedSleeves = {}): MetaNode {
  const sleeve = (name: keyof NestedSleeves): object => (adapting[name] === true ? { backtest: { profiles: 'hrp,adaptive' } } : {});
  const profiles = {
    stocks: sleeve('stocks'),
    funds: sleeve('funds'),
    coins: sleeve('coins'),
    listed: {
      sleeves: [
        { id: 'funds', profile: 'funds' },
        { id: 'coins', profile: 'coins' },
      ],
      meta_allocation: { min_weight: 0.2, max_weight: 0.8 },
    },
    whole: {
      sleeves: [
        { id: 'stocks', profile: 'stocks' },
        { id: 'listed', meta_profile: 'listed' },
      ],
      meta_allocation: { min_weight: 0.1, max_weight: 0.9, ...allocation },
      ...change,
    },
  };
  return resolveMeta(parseManifest(JSON.stringify({ profiles })), 'whole');
}

/** A run of every sleeve of a nest, by its path; a change is for the sleeve of that name. */
export function runsOf(node: MetaNode, changes: Readonly<Record<string, SyntheticRun>> = {}): Map<string, DeliveredRun> {
  return new Map(
    atomicSleeves(node).map(({ path }, index) => [pathKey(path), deliveredRun(path.at(-1)!, index + 1, changes[path.at(-1)!])]),
  );
}
