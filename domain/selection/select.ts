import { type AbortRule, countVetoes, rulesMet, type VetoCount } from './abort.ts';
import { accountAt, type Contest, contestOf } from './contestants.ts';
import { type CrossSection, crossSectionOf } from './cross-section.ts';
import { type ClippedShort, clippedShorts } from './directions.ts';
import { type SelectionPool, sortedPool, type SymbolFacts } from './pool.ts';
import { type Quota, quotasOf } from './quotas.ts';
import { assertRequired } from './requirements.ts';
import type { SelectionSettings } from './settings.ts';
import { relaxationTarget, runStages, type Staged } from './stages.ts';
import { type Standing, standingsOf } from './standing.ts';

/** A selection with everything that decided it. Symbols stand in code-unit order; arrays have one entry for each. */
export interface Selection extends CrossSection, Omit<Contest, 'ranked' | 'excluded'> {
  readonly mode: SelectionSettings['mode'];
  /** Rows read, and the date of the last one. */
  readonly rows: number;
  readonly asOf: string;
  readonly symbols: readonly string[];
  readonly facts: readonly SymbolFacts[];
  readonly clippedShorts: readonly ClippedShort[];
  readonly quotas: readonly Quota[];
  /** Candidates without benchmarks, and the winners at which the relaxation ends. */
  readonly candidates: number;
  readonly target: number;
  readonly staged: Staged;
  /** Places of the winners, best score first. */
  readonly winners: readonly number[];
  readonly standings: readonly Standing[];
  readonly vetoCount: VetoCount;
  /** Rules by which this selection may not be used; empty where it may. */
  readonly aborts: readonly AbortRule[];
}

/** What a selection is explained from: all of it but the distances between streams. */
export type ExplainedSelection = Omit<Selection, 'clusters' | 'staged'> & {
  readonly clusters: Omit<Selection['clusters'], 'distances' | 'correlations'>;
  readonly staged: Pick<Staged, 'afterStage'>;
};

/** The stages of a contest, within the quotas of its clusters. */
function staged(section: CrossSection, { ranked }: Contest, quotas: readonly Quota[], candidates: number, settings: SelectionSettings) {
  const isOrigin = settings.reading.relaxation === 'origin';
  const target = relaxationTarget(candidates, settings.min_winners, isOrigin);
  const { labels } = section.clusters;
  const quotaOf = new Map(section.directions.map((_, i) => [accountAt(section, i, settings), quotas[labels[i]!]!.winnersMax]));
  const plan = { mode: settings.mode, isOrigin, target, winnersMin: settings.min_winners, quotas: quotaOf };
  return { target, staged: runStages(ranked, plan) };
}

/**
 * Which symbols enter a sleeve: features of every stream, scores in one cross-section, vetoes, clusters, and the best of each of them,
 * stage by stage. The order of the columns changes nothing. Errors: SchemaViolation, HistoryTooShort, SelectionInputMissing.
 */
export function select(given: SelectionPool, settings: SelectionSettings): Selection {
  const pool = sortedPool(given);
  const { returns, facts } = pool;
  const symbols = returns.columns;
  const section = crossSectionOf(pool, settings);
  assertRequired(settings.require, symbols, section.values, facts);
  const contest = contestOf(section, facts, settings);
  const { judgements, gates, cashLike, excluded, ranked } = contest;
  const candidates = facts.filter(({ isBenchmark }) => !isBenchmark).length;
  const quotas = quotasOf(section.clusters, settings);
  const admitted = staged(section, contest, quotas, candidates, settings);
  const won = new Set(admitted.staged.admissions.map(({ symbol }) => symbol));
  const winners = ranked.flatMap(({ symbol }) => (won.has(symbol) ? [symbol] : []));
  const ofCandidates = judgements.filter((_, i) => !facts[i]!.isBenchmark);
  const vetoCount = countVetoes(ofCandidates, settings);
  const { labels, members } = section.clusters;
  return {
    ...section,
    ...admitted,
    mode: settings.mode,
    rows: returns.dates.length,
    asOf: returns.dates.at(-1)!,
    symbols,
    facts,
    clippedShorts: clippedShorts(returns, section.directions),
    judgements,
    gates,
    cashLike,
    quotas,
    candidates,
    winners,
    standings: standingsOf(symbols.length, {
      ranked,
      admissions: admitted.staged.admissions,
      isBenchmark: (i) => facts[i]!.isBenchmark,
      excluded,
      isAlone: (i) => members[labels[i]!]!.length === 1,
    }),
    vetoCount,
    aborts: rulesMet(candidates, winners.length, vetoCount.share, settings),
  };
}
