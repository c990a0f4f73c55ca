import { resolveProfile } from '../../domain/manifest/resolve.ts';
import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import { requireVenues } from '../../domain/manifest/venues.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { admitAsOf, admitPriceDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import { type CacheUse, cacheUsed } from '../../domain/run/cache-used.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { type AskedAxes, axesOf, requireEntrants } from '../../domain/tournament/axes.ts';
import { entrantsOf } from '../../domain/tournament/entrant.ts';
import { type ComputedTournament, computeTournament } from '../../domain/tournament-run/computed-run.ts';
import { type IdentifiedTournament, identifyTournament, type TournamentInput } from '../../domain/tournament-run/identity.ts';
import { draftTournament, type TournamentDraft, type TournamentEvent } from '../../domain/tournament-run/slice.ts';
import type { ImportedStream } from '../../domain/tournament-run/imported.ts';
import { tournamentStream } from '../../domain/tournament-run/stream.ts';
import { type FirstDeflated, firstDeflated } from '../robustness/sleeve-trials.ts';
import { backtestRunner } from '../runs/backtest-runs.ts';
import { importedStreams } from '../runs/imported-streams.ts';
import { namedRunId } from '../runs/named-run.ts';
import { givenPrices, pricesOfRun, type RowsAsked, type TestedPrices } from '../replay/tested-prices.ts';
import { tournamentFacts } from '../runs/tournament-runs.ts';
import { cachingCompute } from '../runtime/caching-compute.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { recordOnce } from '../runtime/record-once.ts';
import type { LazyLedger, Session } from '../runtime/session.ts';

export interface RunTournament extends RowsAsked {
  readonly manifest: Manifest;
  /** Sleeve profile or alias. */
  readonly profile: string;
  /** What entrants differ in; null for the sleeve's own setting. */
  readonly axes: AskedAxes;
  /** Recorded runs of other programs that compete beside the sleeve's own entrants. */
  readonly importRuns: readonly string[];
  /** Null takes the prices that the newest recorded run of the sleeve read. */
  readonly prices: readonly PriceFile[] | null;
}

export interface TournamentAnswer {
  readonly runId: string;
  /** True when the same tournament had been recorded before. */
  readonly already: boolean;
  /** By at least the trials that the ledger holds of the sleeve; null where no entrant was ranked. */
  readonly first: FirstDeflated | null;
  readonly facts: readonly TournamentEvent[];
}

/** The prices that the newest run of the sleeve read. Errors: NothingRecorded, PricesMissing. */
async function fromRecord({ ports }: Session, command: RunTournament, resolved: ResolvedProfile): Promise<TestedPrices> {
  const { profile: sleeve, asOf } = command;
  const runId = await namedRunId(ports, { runId: 'latest', sleeve, certain: true }, { asOf, knownAt: null }, 'sleeve');
  return pricesOfRun(ports, { runId, named: sleeve, evidence: { sleeve } }, resolved, command);
}

async function sourceOf(ledger: LazyLedger, command: RunTournament, resolved: ResolvedProfile): Promise<TestedPrices> {
  if (command.prices !== null) return givenPrices(command.prices.map(identifiedPrices), resolved, command);
  const session = await ledger.existing();
  if (session === null) throw new LedgerError('LedgerMissing', 'there is no ledger with recorded runs: give the prices with --prices');
  return fromRecord(session, command, resolved);
}

/** Errors: LedgerMissing; those of `importedStreams`; LimitExceeded for too many entrants. */
async function importedOf(
  ledger: LazyLedger,
  { importRuns }: RunTournament,
  resolved: ResolvedProfile,
  own: number,
): Promise<ImportedStream[]> {
  if (importRuns.length === 0) return [];
  const session = await ledger.existing();
  if (session === null) throw new LedgerError('LedgerMissing', 'there is no ledger with imported runs');
  const streams = await importedStreams(session.ports, importRuns, resolved.currency);
  requireEntrants(own + streams.length);
  return streams;
}

type Tools = Pick<Session['ports'], 'cache' | 'compute' | 'crypto' | 'progress' | 'clock' | 'log'>;

interface Computed {
  readonly computed: ComputedTournament;
  /** What says which walk-forwards came from the cache; nothing where all were computed. */
  readonly beside: readonly TournamentDraft[];
}

async function computedOn(
  tools: Tools,
  input: TournamentInput,
  identified: IdentifiedTournament,
  signal: AbortSignal | null,
): Promise<Computed> {
  requireVenues(input.resolved, identified.scope.universe.symbols);
  const latest = latestDateAt(tools.clock.now());
  admitAsOf(input.options.asOf, latest);
  admitPriceDates([...identified.scope.files, ...identified.scope.supply.volumes], latest);
  const used: CacheUse[] = [];
  const compute = cachingCompute(tools, { cache: tools.cache, onUse: (use) => used.push(use) });
  let done = 0;
  tools.progress.start(`tournament ${input.sleeve}`, entrantsOf(input.axes).length);
  try {
    const runner = backtestRunner({ compute }, signal);
    const computed = await computeTournament(input, tools.crypto.sha256, runner, () => tools.progress.advance(++done), identified);
    const uses = cacheUsed(identified.runId, used);
    return { computed, beside: uses === null ? [] : [draftTournament('CacheUsed', uses)] };
  } finally {
    tools.progress.stop();
  }
}

type Recorded = Omit<TournamentAnswer, 'first'>;

async function record(session: Session, { computed, beside }: Computed): Promise<Recorded> {
  const { runId, drafts, staged } = computed;
  const recording = { stream: tournamentStream.name(runId), drafts, beside, command: ['RecordTournament', runId], correlation: runId };
  const { already } = await recordOnce(session, recording, staged);
  if (already) return { runId, already, facts: await tournamentFacts(session.ports.store, runId) };
  session.ports.log.info({ runId, events: drafts.length }, 'recorded a tournament');
  return { runId, already, facts: [...drafts, ...beside] };
}

async function answered({ ports }: Session, recorded: Recorded): Promise<TournamentAnswer> {
  return { ...recorded, first: await firstDeflated(ports, recorded.facts) };
}

/**
 * Runs a sleeve in every way that is asked for, ranks what the ways earned out of sample, and records it. The same tournament is answered
 * from the record. One that was interrupted is taken up again: walk-forwards that ended are in the cache.
 * Errors: those of the profile, of `axesOf`, of `importedStreams` and of `computeTournament`; PricesMissing, NothingRecorded, VenueForeign,
 * DateInFuture, Interrupted, EventContentConflict.
 */
export async function runTournament(
  tools: Tools,
  ledger: LazyLedger,
  command: RunTournament,
  signal: AbortSignal | null = null,
): Promise<TournamentAnswer> {
  const resolved = resolveProfile(command.manifest, command.profile);
  const axes = axesOf(command.axes, resolved.blocks);
  const source = await sourceOf(ledger, command, resolved);
  const imported = await importedOf(ledger, command, resolved, entrantsOf(axes).length);
  const input: TournamentInput = { sleeve: command.profile, resolved, axes, imported, rules: rulesInForce, ...source };
  const identified = identifyTournament(input, tools.crypto.sha256);
  const { runId } = identified;
  const existing = await ledger.existing();
  const facts = existing === null ? [] : await tournamentFacts(existing.ports.store, runId);
  if (existing !== null && facts.length > 0) return answered(existing, { runId, already: true, facts });
  const computed = await computedOn(tools, input, identified, signal);
  await throwIfInterrupted(signal);
  const session = await ledger.writing();
  return answered(session, await record(session, computed));
}
