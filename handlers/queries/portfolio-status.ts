import type { MetaPortfolioDefined } from '../../domain/publication/events.ts';
import { inputsHashOf } from '../../domain/publication/inputs-hash.ts';
import { type AwaitedSleeve, judgeQuorum, type QuorumLeaf } from '../../domain/publication/quorum.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import type { PortfolioRow } from '../../projections/portfolio-directory.ts';
import type { SleeveStatusRow } from '../../projections/sleeve-status.ts';

/**
 * What is the matter with a portfolio: the first of these that applies. `pending` has results that nobody has decided on yet; `published`,
 * `skipped` and `rejected` are up to date.
 */
export type PortfolioState =
  'undefined' | 'halted' | 'held' | 'waiting' | 'scheduled' | 'pending' | 'refused' | 'rejected' | 'skipped' | 'published';

/** A pinned run, or the one that counts. */
export interface LeafStatus {
  readonly path: readonly string[];
  readonly sleeve: string;
  readonly pinnedRunId: string | null;
  readonly runId: string | null;
  readonly asOf: string | null;
}

export interface PortfolioStatus extends Omit<PortfolioRow, 'definition'> {
  readonly state: PortfolioState;
  /** Number of the definition in force. */
  readonly definition: number | null;
  readonly risk: string | null;
  /** Sleeves of the nest that were never made known. */
  readonly undefinedSleeves: readonly string[];
  readonly awaited: readonly AwaitedSleeve[];
  readonly leaves: readonly LeafStatus[];
}

/** What a portfolio's status is judged by. */
export interface PortfolioFacts {
  readonly row: PortfolioRow;
  /** In force. */
  readonly definition: MetaPortfolioDefined | null;
  readonly sleeveOf: (sleeve: string) => SleeveStatusRow | null;
  /** Of the pinned runs that are accepted. */
  readonly asOfPinned: ReadonlyMap<string, string>;
  readonly waiverIds: readonly string[];
}

function leafStatus(
  { path, sleeve, pinnedRunId }: MetaPortfolioDefined['sleeves'][number],
  { sleeveOf, asOfPinned }: PortfolioFacts,
): LeafStatus {
  const current = sleeveOf(sleeve)?.current ?? null;
  const asOf = pinnedRunId === null ? (current?.asOf ?? null) : (asOfPinned.get(pinnedRunId) ?? null);
  return { path, sleeve, pinnedRunId, runId: pinnedRunId ?? current?.runId ?? null, asOf };
}

function stateOf(
  { definition, haltedWhy, held, due, lastDecision }: PortfolioRow,
  awaited: readonly AwaitedSleeve[],
  inputsHash: () => string,
): PortfolioState {
  if (definition === null) return 'undefined';
  if (haltedWhy !== null) return 'halted';
  if (held !== null) return 'held';
  if (awaited.length > 0) return 'waiting';
  // A schedule whose reason has gone, such as a waiver revoked, leaves nothing to be allocated.
  if (lastDecision !== null && lastDecision.inputsHash === inputsHash()) return lastDecision.kind;
  return due === null ? 'pending' : 'scheduled';
}

/** Judged by the functions that the reaction itself decides by. */
export function portfolioStatus(facts: PortfolioFacts, sha256: Sha256): PortfolioStatus {
  const { row, definition, sleeveOf, waiverIds } = facts;
  const { definition: _, ...rest } = row;
  const leaves = (definition?.sleeves ?? []).map((leaf) => leafStatus(leaf, facts));
  const quorumLeaves: QuorumLeaf[] = leaves.map(({ path, sleeve, pinnedRunId, asOf }) => ({
    path,
    sleeve,
    pinned: pinnedRunId !== null,
    asOf,
    quarantinedWhy: sleeveOf(sleeve)?.quarantinedWhy ?? null,
  }));
  const awaited = definition === null ? [] : judgeQuorum(definition.policy.quorum, quorumLeaves).awaited;
  const inputsHash = (): string =>
    inputsHashOf(
      sha256,
      definition!,
      leaves.map(({ path, runId }) => ({ path, runId: runId! })),
      waiverIds,
    );
  return {
    ...rest,
    state: stateOf(row, awaited, inputsHash),
    definition: definition?.number ?? null,
    risk: definition?.risk ?? null,
    undefinedSleeves: [...new Set(leaves.map(({ sleeve }) => sleeve))].filter((sleeve) => (sleeveOf(sleeve)?.definition ?? null) === null),
    awaited,
    leaves,
  };
}
