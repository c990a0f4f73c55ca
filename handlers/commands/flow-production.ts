import { admitSymbols } from '../../domain/allocation/sleeve/universe.ts';
import { selects } from '../../domain/manifest/executable.ts';
import { selectionSettingsOf } from '../../domain/manifest/selection-settings.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { requireVenues } from '../../domain/manifest/venues.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { invariant } from '../../domain/shared/errors.ts';
import type { SleeveRunAccepted } from '../../domain/run/accepted-run.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';
import type { ComputedSleeveRun } from '../../domain/sleeve-run/computed-run.ts';
import {
  computeSleeveRun,
  type IdentifiedSleeveRun,
  identifySleeveRun,
  type SleeveRunRequest,
} from '../../domain/sleeve-run/produced-run.ts';
import type { SleeveRunOptions } from '../../domain/allocation/sleeve/options.ts';
import type { Names, SleeveRunName } from '../../domain/run/run-names.ts';
import type { CacheUse } from '../../domain/run/cache-used.ts';
import { cachingCompute } from '../runtime/caching-compute.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { admitAsOf, admitPriceDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import { type GivenScan, type GivenSupply, nothingGiven, type SupplyFiles } from '../../domain/allocation/sleeve/given-supply.ts';
import { pricedSymbolsMin } from '../../domain/run/scanned-universe.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { mergeSpellings } from '../../domain/shared/symbol.ts';
import { type UniverseAsked, universeFromScans } from '../scans/scanned-symbols.ts';
import { recordOnce } from '../runtime/record-once.ts';
import { recordedSleeveRun, type SleeveRunFacts } from '../../domain/sleeve-run/recorded.ts';
import { takenOver } from '../runs/supply-files.ts';
import { baseName } from '../runs/base-name.ts';
import { solveSleeveRun } from '../runs/solve-runs.ts';
import { recordedUnder, type RecordedUnder } from '../runs/recorded-run.ts';
import { requireApprovedSleeve } from './approved-definition.ts';
import type { LazyLedger, Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface RecordedRun {
  readonly runId: string;
  /** True when the run had been recorded before. */
  readonly already: boolean;
}

/** Tells the sleeve's own stream of a run; a redelivery completes it or changes nothing. */
export async function acceptSleeveRun(session: Session, run: SleeveRunAccepted): Promise<void> {
  await streams.sleeve.handle(session, run.sleeve, { kind: 'AcceptSleeveRun', run });
}

/** What was recorded of a run, and its acceptance completed if a crash left it out. Nothing is computed. */
export async function answerFromRecord(session: Session, recorded: RecordedUnder<SleeveRunName>): Promise<SleeveRunFacts> {
  const facts = recordedSleeveRun(recorded);
  if (facts.acceptance !== null) await acceptSleeveRun(session, facts.acceptance);
  return facts;
}

/**
 * Artifacts first, then the run's own stream in one append, then the line in the sleeve's stream: a crash in between is completed by the
 * next try. A run that is recorded under any of its names is left as it is, whatever was computed this time. Errors: CorrectionOutOfOrder.
 */
export async function recordSleeveRun(session: Session, computed: ComputedSleeveRun): Promise<RecordedRun> {
  const { runId, drafts, staged, grade, acceptance } = computed;
  const { store, log } = session.ports;
  const before = await recordedUnder(store, 'sleeveRun', computed.names);
  if (before !== null) return { runId: (await answerFromRecord(session, before)).runId, already: true };
  if (acceptance !== null) {
    // Refused before it is recorded: a run that its sleeve would never accept leaves nothing behind.
    sleeveStream.decider.decide({ kind: 'AcceptSleeveRun', run: acceptance }, await streams.sleeve.state(session, acceptance.sleeve));
  }
  const { already } = await recordOnce(
    session,
    { stream: sleeveRunStream.name(runId), drafts, command: ['RecordSleeveRun', runId], correlation: runId },
    staged,
  );
  if (!already) log.info({ runId, grade, events: drafts.length }, 'recorded a sleeve run');
  if (acceptance !== null) await acceptSleeveRun(session, acceptance);
  return { runId, already };
}

export interface SleeveRunAnswer extends SleeveRunFacts {
  /** True when the run had been recorded before. */
  readonly already: boolean;
}

/**
 * Answers for a run: from the record where it has been recorded under any of its names, else by computing and recording it. Only the second
 * makes a ledger that is not there.
 */
export async function settleSleeveRun(
  ledger: LazyLedger,
  names: Names<SleeveRunName>,
  compute: () => ComputedSleeveRun | Promise<ComputedSleeveRun>,
  signal: AbortSignal | null,
): Promise<SleeveRunAnswer> {
  const existing = await ledger.existing();
  const before = existing === null ? null : await recordedUnder(existing.ports.store, 'sleeveRun', names);
  if (before !== null) return { ...(await answerFromRecord(await ledger.writing(), before)), already: true };
  const computed = await compute();
  await throwIfInterrupted(signal);
  const session = await ledger.writing();
  const { runId, already } = await recordSleeveRun(session, computed);
  if (!already) return { ...computed, already };
  // Another process recorded the run meanwhile: its facts are the run's.
  const recorded = await recordedUnder(session.ports.store, 'sleeveRun', computed.names);
  invariant(recorded !== null, 'a run that is recorded already can be read', { runId });
  return { ...recordedSleeveRun(recorded), already };
}

export interface ProduceSleeveRun {
  readonly manifest: Manifest;
  readonly profile: string;
  readonly files: readonly PriceFile[];
  readonly options: SleeveRunOptions;
  readonly correction: number;
  /** Recorded scans that give the symbols; left out for those of the options or the files. */
  readonly universe?: UniverseAsked | null;
  /** Volumes and metadata; left out for none. */
  readonly supply?: SupplyFiles | undefined;
}

/** A request with what its scans say of symbols. */
interface Produced extends ProduceSleeveRun {
  readonly scans?: readonly GivenScan[];
}

type Tools = Pick<Session['ports'], 'compute' | 'crypto' | 'progress' | 'clock' | 'cache' | 'files' | 'log'>;

export interface FlowOptions {
  readonly signal: AbortSignal | null;
  /** Whether answers are taken from the cache, and kept there. The facts are the same, to the bit. */
  readonly cached: boolean;
}

const flowDefaults: FlowOptions = { signal: null, cached: false };

/** Options under the one spelling of each symbol. */
function identifiedOptions(options: SleeveRunOptions): SleeveRunOptions {
  const { symbols, exclude } = options;
  return {
    ...options,
    symbols: symbols === null ? null : mergeSpellings(symbols).symbols.toSorted(byCodeUnits),
    exclude: mergeSpellings(exclude).symbols.toSorted(byCodeUnits),
  };
}

/** What is given beside prices; undefined for nothing. Errors: SupplyFileInvalid, SymbolTwice. */
function supplyOf({ supply, scans = [] }: Produced): GivenSupply | undefined {
  if (supply === undefined && scans.length === 0) return undefined;
  return { ...takenOver(supply ?? nothingGiven), scans };
}

/** Errors: PricesMissing, SymbolInvalid, ExchangeUnknown, those of the profile and of what is given beside prices. */
function requestOf(produced: Produced): SleeveRunRequest {
  const { manifest, profile, files, options, correction } = produced;
  const request = {
    sleeve: profile,
    resolved: resolveProfile(manifest, profile),
    options: identifiedOptions(options),
    correction,
    rules: rulesInForce,
    files: files.map((prices) => ({ ...identifiedPrices(prices), file: baseName(prices.file) })),
    leftOut: [],
    supply: supplyOf(produced),
  };
  admitSymbols({ ...request, files: files.map(identifiedPrices) });
  return request;
}

/** What is asked of a new run and not of a recorded one. Errors: VenueForeign, DateInFuture. */
function admitNew({ clock }: Pick<Tools, 'clock'>, { resolved, options }: SleeveRunRequest, { scope }: IdentifiedSleeveRun): void {
  requireVenues(resolved, scope.universe.symbols);
  const latest = latestDateAt(clock.now());
  admitAsOf(options.asOf, latest);
  admitPriceDates([...scope.files, ...scope.supply.volumes], latest);
}

/** A run that is not recorded yet, its profiles solved by workers. Errors: VenueForeign, DateInFuture and those of `solveSleeveRun`. */
async function computeWith(
  tools: Tools,
  request: SleeveRunRequest,
  identified: IdentifiedSleeveRun,
  { signal, cached }: FlowOptions,
): Promise<ComputedSleeveRun> {
  admitNew(tools, request, identified);
  const { crypto, cache, log } = tools;
  const used: CacheUse[] = [];
  const compute = cached ? cachingCompute(tools, { cache, onUse: (use) => used.push(use) }) : tools.compute;
  let done = 0;
  tools.progress.start(`sleeve ${request.sleeve}`, request.resolved.blocks.backtest.profiles.length);
  const run = await solveSleeveRun({ compute, crypto }, request, identified, { signal, onDone: () => tools.progress.advance(++done) });
  tools.progress.stop();
  if (used.length > 0) log.info({ sleeve: request.sleeve, answers: used.length }, 'took answers from the cache');
  return run;
}

/**
 * Computes a sleeve run from price files without looking whether it is recorded, on this thread. Errors: VenueForeign, DateInFuture and
 * others.
 */
export function produceSleeveRun(tools: Pick<Tools, 'crypto' | 'clock'>, command: ProduceSleeveRun): ComputedSleeveRun {
  const request = requestOf(command);
  const identified = identifySleeveRun(request, tools.crypto.sha256);
  admitNew(tools, request, identified);
  return computeSleeveRun(request, tools.crypto.sha256, () => undefined, identified);
}

/**
 * The symbols that scans give, where they are asked for; what the scans say of them counts where the sleeve selects. Errors: those of
 * `universeFromScans` and of the profile.
 */
async function withUniverse(tools: Tools, ledger: LazyLedger, command: ProduceSleeveRun): Promise<Produced> {
  const { universe: asked = null, options, files, manifest, profile } = command;
  if (asked === null) return command;
  const session = await ledger.existing();
  const resolved = resolveProfile(manifest, profile);
  const range = { ...options, symbolsMin: selects(resolved) ? selectionSettingsOf(resolved).min_winners : pricedSymbolsMin };
  const { universe, scans } = await universeFromScans({ ledger: session?.ports ?? null, tools }, asked, files, range);
  const symbols = universe.found.map(({ symbol }) => symbol);
  return { ...command, options: { ...options, symbols, universe }, ...(selects(resolved) ? { scans } : {}) };
}

/**
 * Runs a sleeve on price files and records it, or answers with the recorded result of the same inputs. Errors: DefinitionUnapproved, and
 * those of reading and computing.
 */
export async function flowProduction(
  tools: Tools,
  ledger: LazyLedger,
  command: ProduceSleeveRun,
  options: FlowOptions = flowDefaults,
): Promise<SleeveRunAnswer> {
  const session = await ledger.existing();
  if (session !== null) await requireApprovedSleeve(session, command.manifest, command.profile);
  const request = requestOf(await withUniverse(tools, ledger, command));
  const identified = identifySleeveRun(request, tools.crypto.sha256);
  return settleSleeveRun(ledger, identified.names, () => computeWith(tools, request, identified, options), options.signal);
}
