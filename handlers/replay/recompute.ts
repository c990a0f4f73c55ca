import { computeBacktest } from '../../domain/backtest-run/computed-run.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { combinationFacts } from '../../domain/combination/facts.ts';
import { computeTournament } from '../../domain/tournament-run/computed-run.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { requireRules, rulesInForce, rulesKept } from '../../domain/run/rules.ts';
import type { DraftEvent } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import { computeImportedRun, identifyImportedRun } from '../intake/run-directory/imported-run.ts';
import { identifyMetaRun } from '../../domain/meta-run/identity.ts';
import { computeResultRun, identifyResultRun } from '../messages/reported-run.ts';
import type { ComputedSleeveRun } from '../../domain/sleeve-run/computed-run.ts';
import { identifySleeveRun } from '../../domain/sleeve-run/produced-run.ts';
import type { Names, SleeveRunName } from '../../domain/run/run-names.ts';
import { recordedImport } from '../intake/run-directory/recorded-import.ts';
import type { Ports } from '../ports/ports.ts';
import { backtestRunner } from '../runs/backtest-runs.ts';
import { solveMetaRun, solveSleeveRun } from '../runs/solve-runs.ts';
import { rebuildBacktest } from './rebuild-backtest.ts';
import { type LeafRuns, rebuildMetaRun } from './rebuild-meta-run.ts';
import { rebuildSleeveRun } from './rebuild-sleeve-run.ts';
import { rebuildTournament } from './rebuild-tournament.ts';
import { recordedResult } from './recorded-result.ts';

export interface Recomputed {
  readonly drafts: readonly DraftEvent[];
  readonly staged: StagedArtifacts;
}

/** What sleeve runs are recomputed with. */
type SleeveTools = Pick<Ports, 'artifacts' | 'crypto' | 'returnsParsers'>;
type Tools = SleeveTools & Pick<Ports, 'store' | 'compute'>;

/**
 * The rules to recompute under: those recorded where this build keeps them, else those in force. Errors: RulesUnknown for a version of a
 * newer build.
 */
export function rulesFor(recorded: number): number {
  if (rulesKept.has(recorded)) return recorded;
  return recorded < rulesInForce ? rulesInForce : requireRules(recorded);
}

/**
 * A sleeve run again, with what its sleeve's stream would say of it. Errors: ArtifactMissing, ArtifactDamaged; whatever today's code
 * refuses.
 */
export async function recomputeSleeveRun(
  ports: SleeveTools & Pick<Ports, 'compute'>,
  recorded: SleeveRunOpened,
  signal: AbortSignal | null,
): Promise<ComputedSleeveRun> {
  const opened = { ...recorded, rules: rulesFor(recorded.rules) };
  if (opened.source === 'import')
    return computeImportedRun(await recordedImport(ports.artifacts, opened), ports.returnsParsers, ports.crypto.sha256);
  if (opened.source === 'message') {
    const { result, artifacts } = await recordedResult(ports.artifacts, opened);
    return computeResultRun(result, artifacts, opened.rules, ports.crypto.sha256);
  }
  const request = await rebuildSleeveRun(ports.artifacts, opened);
  return solveSleeveRun(ports, request, identifySleeveRun(request, ports.crypto.sha256), { signal });
}

/**
 * The name of a recorded run with the hash of its payload, made again from what it read: no event but its acceptance has that hash.
 * Errors: ChainBroken when the inputs that were kept do not make the run's name; ArtifactMissing, ArtifactDamaged.
 */
export async function namesOfRecorded(ports: SleeveTools, opened: SleeveRunOpened): Promise<Names<SleeveRunName>> {
  const name = (await identified(ports, opened)).find(({ runId }) => runId === opened.runId);
  if (name === undefined)
    throw new LedgerError('ChainBroken', `the inputs of run ${opened.runId} are those of another run`, {
      evidence: { runId: opened.runId },
    });
  return [name];
}

async function identified({ artifacts, returnsParsers, crypto }: SleeveTools, opened: SleeveRunOpened): Promise<Names<SleeveRunName>> {
  if (opened.source === 'import')
    return (await identifyImportedRun(await recordedImport(artifacts, opened), returnsParsers, crypto.sha256)).identified.names;
  if (opened.source === 'message') return identifyResultRun((await recordedResult(artifacts, opened)).result, crypto.sha256).names;
  return identifySleeveRun(await rebuildSleeveRun(artifacts, opened), crypto.sha256).names;
}

/**
 * Runs the mathematics of a recorded run again, under its own rules where they are kept, from nothing but its first event and the artifacts
 * that it leads to. What is solved goes to the workers; nothing is taken from the cache.
 * Errors: ChainBroken for a stream that is not a run; ArtifactMissing, ArtifactDamaged; whatever today's code refuses.
 */
export async function recompute(ports: Tools, first: DomainEvent, leafRuns: LeafRuns, signal: AbortSignal | null): Promise<Recomputed> {
  switch (first.type) {
    case 'SleeveRunOpened':
      return recomputeSleeveRun(ports, first.data, signal);
    case 'MetaRunOpened': {
      const request = await rebuildMetaRun(ports, { ...first.data, rules: rulesFor(first.data.rules) }, leafRuns);
      return solveMetaRun(ports, request, identifyMetaRun(request, ports.crypto.sha256), { signal });
    }
    case 'BacktestStarted':
      return computeBacktest(
        await rebuildBacktest(ports.artifacts, { ...first.data, rules: rulesFor(first.data.rules) }),
        ports.crypto.sha256,
        backtestRunner(ports, signal),
      );
    case 'TournamentStarted':
      return computeTournament(
        await rebuildTournament(ports.artifacts, { ...first.data, rules: rulesFor(first.data.rules) }),
        ports.crypto.sha256,
        backtestRunner(ports, signal),
      );
    case 'PositionsCombined':
    case 'CombinationRefused': {
      const planned = await loadDocument(ports.artifacts, 'planned-combination', first.data.inputs);
      return combinationFacts(planned, rulesFor(first.data.rules), ports.crypto.sha256);
    }
    default:
      throw new LedgerError('ChainBroken', `a run begins with ${first.type}`, {
        evidence: { type: first.type, stream: first.envelope.stream },
      });
  }
}
