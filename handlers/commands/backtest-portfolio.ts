import { type RequestedOptions, requireAllocatable, risksOf } from '../../domain/allocation/meta-options.ts';
import type { BacktestInput, BacktestSleeve } from '../../domain/backtest/backtest.ts';
import { type ComputedBacktest, computeBacktest, identifiedBacktest } from '../../domain/backtest-run/computed-run.ts';
import { type BacktestDraft, type BacktestEvent, draftBacktest, isFinished } from '../../domain/backtest-run/slice.ts';
import { backtestStream } from '../../domain/backtest-run/stream.ts';
import { assertCurrencies } from '../../domain/manifest/currency.ts';
import { type AtomicSleeve, atomicSleeves, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { requireVenues } from '../../domain/manifest/venues.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { admitAsOf, admitPriceDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';
import { type CacheUse, cacheUsed } from '../../domain/run/cache-used.ts';
import { requireRules, rulesInForce } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { backtestFacts, backtestRunner } from '../runs/backtest-runs.ts';
import { loadSleeveRun } from '../runs/load-sleeve-run.ts';
import { givenPrices, pricesOfRun, type RowsAsked } from '../replay/tested-prices.ts';
import { selectSleeveRuns } from '../runs/select-sleeve-runs.ts';
import { sleevesInStreams } from '../runs/sleeve-sources.ts';
import { cachingCompute } from '../runtime/caching-compute.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { recordInParts } from '../runtime/record-in-parts.ts';
import type { LazyLedger, Session } from '../runtime/session.ts';

/** A file of prices, for one sleeve or, where none is named, for every sleeve that finds its symbols there. */
export interface SleevePrices {
  readonly sleeve: string | null;
  readonly file: PriceFile;
}

export interface BacktestPortfolio extends RowsAsked {
  readonly manifest: Manifest;
  readonly meta: string;
  readonly risks: RequestedOptions['risks'];
  readonly join: RequestedOptions['join'];
  readonly projection: RequestedOptions['projection'];
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
  return { path, sleeve, ...givenPrices(filesFor(atomic, prices, several), sleeve.resolved, command) };
}

async function fromRun({ ports }: Session, command: Command, { path, sleeve }: AtomicSleeve, runId: string): Promise<BacktestSleeve> {
  const source = { runId, named: pathKey(path), evidence: { path: [...path] } };
  return { path, sleeve, ...(await pricesOfRun(ports, source, sleeve.resolved, command)) };
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

/** A backtest that is recorded to its end, or what a process left that ended while it recorded. */
async function recorded(session: Session | null, runId: string): Promise<readonly BacktestEvent[]> {
  return session === null ? [] : backtestFacts(session.ports.store, runId);
}

/** Errors: those of `recordInParts`. */
async function record(session: Session, computed: ComputedBacktest, beside: readonly BacktestDraft[]): Promise<BacktestAnswer> {
  const { runId, drafts, staged } = computed;
  const recording = {
    stream: backtestStream.name(runId),
    drafts,
    beside,
    isFinished,
    command: ['RecordBacktest', runId],
    correlation: runId,
  };
  const { found, already } = await recordInParts(session, recording, staged);
  const { log } = session.ports;
  if (!already) log.info({ runId, events: drafts.length, found }, 'recorded a backtest');
  // What was there before may name its files otherwise.
  return { runId, already, facts: found === 0 ? [...drafts, ...beside] : await recorded(session, runId) };
}

type Tools = Pick<Session['ports'], 'cache' | 'compute' | 'crypto' | 'progress' | 'clock' | 'log'>;

interface Computed {
  readonly computed: ComputedBacktest;
  /** What says which walk-forwards came from the cache; nothing where all were computed. */
  readonly beside: readonly BacktestDraft[];
}

async function computedOn(
  tools: Tools,
  input: BacktestInput,
  identified: ReturnType<typeof identifiedBacktest>,
  signal: AbortSignal | null,
): Promise<Computed> {
  for (const { scoped } of identified.sleeves) requireVenues(scoped.sleeve.resolved, scoped.scope.universe.symbols);
  const latest = latestDateAt(tools.clock.now());
  for (const { options, files, supply } of input.sleeves) {
    admitAsOf(options.asOf, latest);
    admitPriceDates([...files, ...(supply?.volumes ?? [])], latest);
  }
  const { node, options, sleeves } = input;
  const used: CacheUse[] = [];
  const cached = cachingCompute(tools, { cache: tools.cache, onUse: (use) => used.push(use) });
  const runner = backtestRunner({ compute: cached }, signal);
  let done = 0;
  tools.progress.start(`backtest ${node.requested}`, options.risks.length * (sleeves.length + 1));
  try {
    const computed = await computeBacktest(input, tools.crypto.sha256, runner, () => tools.progress.advance(++done), identified);
    const uses = cacheUsed(identified.runId, used);
    return { computed, beside: uses === null ? [] : [draftBacktest('CacheUsed', uses)] };
  } finally {
    tools.progress.stop();
  }
}

/** Under the rules of a run that was begun: its end has to be that of its beginning. Errors: RulesUnknown for rules that are not kept. */
function continued(input: BacktestInput, begun: readonly BacktestEvent[]): BacktestInput {
  const [started] = dataOf(begun, 'BacktestStarted');
  return started === undefined || started.rules === input.rules ? input : { ...input, rules: requireRules(started.rules) };
}

/**
 * Backtests a portfolio with its decisions made again at every rebalance, and records it. The same backtest is answered from the record.
 * One that was interrupted is taken up again: walk-forwards that ended are in the cache, and a stream that lacks its end is continued.
 * Errors: those of `backtestInput` and `computeBacktest`; VenueForeign, DateInFuture, EventContentConflict, Interrupted.
 */
export async function backtestPortfolio(
  tools: Tools,
  ledger: LazyLedger,
  command: BacktestPortfolio,
  signal: AbortSignal | null = null,
): Promise<BacktestAnswer> {
  const asked = await backtestInput(ledger, command);
  const identified = identifiedBacktest(asked, tools.crypto.sha256);
  const { runId } = identified;
  const before = await recorded(await ledger.existing(), runId);
  if (isFinished(before)) return { runId, already: true, facts: before };
  const input = continued(asked, before);
  // What a sleeve is cut to depends on the rules, and its name does not.
  const named = input === asked ? identified : identifiedBacktest(input, tools.crypto.sha256);
  const { computed, beside } = await computedOn(tools, input, named, signal);
  await throwIfInterrupted(signal);
  return record(await ledger.writing(), computed, beside);
}
