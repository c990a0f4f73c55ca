import { type RequestedOptions, requireAllocatable, risksOf } from '../../domain/allocation/meta-options.ts';
import type { SleeveRunOptions } from '../../domain/allocation/sleeve/options.ts';
import { admitSymbols, namedAndLeftOut } from '../../domain/allocation/sleeve/universe.ts';
import type { BacktestInput, BacktestSleeve } from '../../domain/backtest/backtest.ts';
import { type ComputedBacktest, computeBacktest, identifiedBacktest, type JobRunner } from '../../domain/backtest-run/computed-run.ts';
import { type BacktestEvent, backtestEventsIn } from '../../domain/backtest-run/slice.ts';
import { backtestStream } from '../../domain/backtest-run/stream.ts';
import { assertCurrencies } from '../../domain/manifest/currency.ts';
import { type AtomicSleeve, atomicSleeves, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { admitAsOf, admitPriceDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { rebuildSleeveRun } from '../replay/rebuild-sleeve-run.ts';
import { loadSleeveRun, runEvents } from '../runs/load-sleeve-run.ts';
import { selectSleeveRuns } from '../runs/select-sleeve-runs.ts';
import { sleevesInStreams } from '../runs/sleeve-sources.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import { recordOnce } from '../runtime/record-once.ts';
import type { LazyLedger, Session } from '../runtime/session.ts';
import { baseName } from './flow-production.ts';

/** A file of prices, for one sleeve or, where none is named, for every sleeve that finds its symbols there. */
export interface SleevePrices {
  readonly sleeve: string | null;
  readonly file: PriceFile;
}

export interface BacktestPortfolio {
  readonly manifest: Manifest;
  readonly meta: string;
  readonly risks: RequestedOptions['risks'];
  readonly join: RequestedOptions['join'];
  readonly projection: RequestedOptions['projection'];
  /** First and last price row to use; null: as the recorded runs had them, or all. */
  readonly from: string | null;
  readonly asOf: string | null;
  /** What becomes of rows on days without a session; null: as the recorded runs had it, and none for prices that are given. */
  readonly repair: SleeveRunOptions['repair'] | null;
  /** Null takes the prices that the newest recorded run of each sleeve read. */
  readonly prices: readonly SleevePrices[] | null;
}

export interface BacktestAnswer {
  readonly runId: string;
  /** True when the same backtest had been recorded before. */
  readonly already: boolean;
  readonly facts: readonly BacktestEvent[];
}

type Command = BacktestPortfolio;

/** The files of a sleeve: those given for it by name, else those that hold one of its symbols. Errors: PricesMissing, Usage. */
function filesFor({ path, sleeve }: AtomicSleeve, prices: readonly SleevePrices[], several: boolean): PriceFile[] {
  const { data, backtest } = sleeve.resolved.blocks;
  const where = pathKey(path);
  const own = prices.filter((given) => given.sleeve === where || given.sleeve === sleeve.id);
  if (own.length > 0) return own.map(({ file }) => file);
  const common = prices.filter((given) => given.sleeve === null).map(({ file }) => file);
  if (data.symbols === undefined) {
    if (!several && common.length > 0) return common;
    throw new LedgerError('Usage', `sleeve ${where} lists no symbols: say which prices are its own, with --prices ${where}=FILE`, {
      at: { path: '--prices' },
    });
  }
  const wanted = new Set<string>([...data.symbols, ...backtest.benchmark_symbols]);
  const found = common.filter(({ table }) => table.symbols.some((symbol) => wanted.has(symbol)));
  if (found.length > 0) return found;
  throw new LedgerError('PricesMissing', `no price file has a symbol of sleeve ${where}`, { at: { path: where } });
}

function fromFiles(command: Command, atomic: AtomicSleeve, prices: readonly SleevePrices[], several: boolean): BacktestSleeve {
  const { path, sleeve } = atomic;
  const { from, asOf, repair } = command;
  const options: SleeveRunOptions = { from, asOf, symbols: null, exclude: [], repair: repair ?? 'none', map: {} };
  const files = filesFor(atomic, prices, several);
  admitSymbols({ resolved: sleeve.resolved, options, files, leftOut: [], rules: rulesInForce });
  return {
    path,
    sleeve,
    options,
    files: files.map((file) => ({ ...file, file: baseName(file.file) })),
    leftOut: [],
    sourceRunId: null,
  };
}

/** The prices that a recorded run read, under the settings of the manifest. Errors: PricesMissing for a run without prices. */
async function fromRun({ ports }: Session, command: Command, { path, sleeve }: AtomicSleeve, runId: string): Promise<BacktestSleeve> {
  const [first] = await runEvents(ports, 'sleeveRun', runId);
  if (first?.type !== 'SleeveRunOpened' || first.data.source !== 'production')
    throw new LedgerError(
      'PricesMissing',
      `run ${runId} of sleeve ${pathKey(path)} was taken over without prices: give them with --prices`,
      {
        evidence: { path: [...path], runId },
        at: { path: '--prices' },
      },
    );
  const { files, options: asked } = await rebuildSleeveRun(ports.artifacts, first.data);
  const { from, asOf, repair } = command;
  const options = { ...asked, from: from ?? asked.from, asOf: asOf ?? asked.asOf, repair: repair ?? asked.repair };
  return { path, sleeve, options, files, leftOut: namedAndLeftOut(sleeve.resolved, options), sourceRunId: runId };
}

async function fromRecord(session: Session, command: Command, node: MetaNode): Promise<BacktestSleeve[]> {
  const load = (runId: string) => loadSleeveRun(session.ports, runId, []);
  const { leaves } = await selectSleeveRuns(node, command.asOf, sleevesInStreams(session), load);
  const sleeves: BacktestSleeve[] = [];
  for (const atomic of atomicSleeves(node)) sleeves.push(await fromRun(session, command, atomic, leaves.get(pathKey(atomic.path))!.runId));
  return sleeves;
}

async function sleevesOf(ledger: LazyLedger, command: Command, node: MetaNode): Promise<BacktestSleeve[]> {
  const { prices } = command;
  if (prices === null) {
    const session = await ledger.existing();
    if (session === null) throw new LedgerError('LedgerMissing', 'there is no ledger with recorded runs: give the prices with --prices');
    return fromRecord(session, command, node);
  }
  const atomic = atomicSleeves(node);
  assertCurrencies(
    node.currency,
    atomic.map(({ path, sleeve: { resolved } }) => ({ path, currency: resolved.currency, treatment: resolved.currencyTreatment })),
  );
  const identified = prices.map(({ sleeve, file }) => ({ sleeve, file: identifiedPrices(file) }));
  const unknown = identified.find(
    ({ sleeve }) => sleeve !== null && !atomic.some(({ path, sleeve: { id } }) => sleeve === id || sleeve === pathKey(path)),
  );
  if (unknown !== undefined)
    throw new LedgerError('Usage', `${node.requested} has no sleeve ${unknown.sleeve}`, { at: { path: '--prices' } });
  return atomic.map((sleeve) => fromFiles(command, sleeve, identified, atomic.length > 1));
}

/** Everything from which a backtest is computed. Errors: those of the definition; PricesMissing, Usage, SleeveRunMissing. */
export async function backtestInput(ledger: LazyLedger, command: Command): Promise<BacktestInput> {
  const node = resolveMeta(command.manifest, command.meta);
  requireAllocatable(node);
  const { join, projection } = command;
  const options = { ...risksOf(node, command.risks), join, projection };
  return { node, options, rules: rulesInForce, sleeves: await sleevesOf(ledger, command, node) };
}

async function recorded(session: Session | null, runId: string): Promise<BacktestAnswer | null> {
  if (session === null) return null;
  const facts = backtestEventsIn(toDomainEvents(await readWholeStream(session.ports.store, backtestStream.name(runId))));
  return facts.length === 0 ? null : { runId, already: true, facts };
}

/** A run is appended at once: one that holds more than an append is asked for in parts. */
function tooLarge({ runId, drafts }: ComputedBacktest, cause: unknown): LedgerError {
  return new LedgerError(
    'LimitExceeded',
    `the backtest ${runId} has ${drafts.length} events; ${limits.appendEventsMax} events or ${limits.eventBytesMax} bytes are ` +
      `appended at once: ask for fewer profiles at a time with --risk, or for a longer step`,
    { evidence: { events: drafts.length, eventsMax: limits.appendEventsMax, bytesMax: limits.eventBytesMax }, cause },
  );
}

/** Errors: LimitExceeded; those of `recordOnce`. */
async function record(session: Session, computed: ComputedBacktest): Promise<{ readonly already: boolean }> {
  const { runId, drafts, staged } = computed;
  const recording = { stream: backtestStream.name(runId), drafts, command: ['RecordBacktest', runId], correlation: runId };
  try {
    return await recordOnce(session, recording, staged);
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LimitExceeded') throw tooLarge(computed, error);
    throw error;
  }
}

type Tools = Pick<Session['ports'], 'compute' | 'crypto' | 'progress' | 'clock' | 'log'>;

/** Sends the jobs of a backtest to the workers. */
function runnerOn({ compute }: Pick<Tools, 'compute'>, signal: AbortSignal | null): JobRunner {
  return {
    sleeve: (job) => compute.run('backtest-sleeve', job, { signal }),
    profile: (job) => compute.run('backtest-profile', job, { signal }),
  };
}

async function computedOn(
  tools: Tools,
  input: BacktestInput,
  identified: ReturnType<typeof identifiedBacktest>,
  signal: AbortSignal | null,
): Promise<ComputedBacktest> {
  const latest = latestDateAt(tools.clock.now());
  for (const { options, files } of input.sleeves) {
    admitAsOf(options.asOf, latest);
    admitPriceDates(files, latest);
  }
  const { node, options, sleeves } = input;
  let done = 0;
  tools.progress.start(`backtest ${node.requested}`, options.risks.length * (sleeves.length + 1));
  try {
    return await computeBacktest(input, tools.crypto.sha256, runnerOn(tools, signal), () => tools.progress.advance(++done), identified);
  } finally {
    tools.progress.stop();
  }
}

/**
 * Backtests a portfolio with its decisions made again at every rebalance, and records it in one append; the same backtest is answered from
 * the record. Errors: those of `backtestInput` and `computeBacktest`; DateInFuture, LimitExceeded, Interrupted.
 */
export async function backtestPortfolio(
  tools: Tools,
  ledger: LazyLedger,
  command: BacktestPortfolio,
  signal: AbortSignal | null = null,
): Promise<BacktestAnswer> {
  const input = await backtestInput(ledger, command);
  const identified = identifiedBacktest(input, tools.crypto.sha256);
  const before = await recorded(await ledger.existing(), identified.runId);
  if (before !== null) return before;
  const computed = await computedOn(tools, input, identified, signal);
  if (computed.drafts.length > limits.appendEventsMax) throw tooLarge(computed, null);
  await throwIfInterrupted(signal);
  const session = await ledger.writing();
  const { runId, drafts } = computed;
  const { already } = await record(session, computed);
  if (!already) tools.log.info({ runId, events: drafts.length }, 'recorded a backtest');
  return already ? (await recorded(session, runId))! : { runId, already, facts: drafts };
}
