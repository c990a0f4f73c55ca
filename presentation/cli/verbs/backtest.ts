import type { BacktestAnswer, BacktestPortfolio, SleevePrices } from '../../../handlers/commands/backtest-portfolio.ts';
import { backtestPortfolio } from '../../../handlers/commands/backtest-portfolio.ts';
import { backtestRemotely } from '../../../handlers/commands/backtest-remotely.ts';
import { exportBacktest as exportResults } from '../../../handlers/commands/export-backtest.ts';
import { verifyBacktests } from '../../../handlers/queries/verify-backtests.ts';
import { backtestOutcome, verifiedOutcome } from '../backtest-result.ts';
import { csvFlags } from '../csv-flags.ts';
import { choiceFlag, dateFlag, filesFlag, isSet, ledgerTimeFlag, requiredFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { readPriceFiles, renameFlags } from '../price-flags.ts';
import { readingWarnings } from '../price-warnings.ts';
import { supplyAsked, supplyFlags, supplyWarnings } from '../supply-flags.ts';
import { metaNamingFlag, runIdOf } from '../run-question.ts';
import {
  asOfFlag,
  cacheFlag,
  type Flag,
  knownAtFlag,
  lazyLedger,
  lines,
  type VerbCode,
  type VerbContext,
  type VerbInput,
  workersFlag,
} from '../verb.ts';
import { risksFlag } from './flow-meta.ts';

/** `SLEEVE=FILE` is for one sleeve; a file alone is for every sleeve that finds its symbols there. */
function splitPrices(text: string): { readonly sleeve: string | null; readonly name: string } {
  const at = text.search(/[=/\\]/);
  return at > 0 && text[at] === '=' ? { sleeve: text.slice(0, at), name: text.slice(at + 1) } : { sleeve: null, name: text };
}

async function pricesOf(context: VerbContext, { flags }: VerbInput): Promise<readonly SleevePrices[] | null> {
  const given = filesFlag(flags, 'prices').map(splitPrices);
  if (given.length === 0) return null;
  const files = await readPriceFiles(
    context,
    flags,
    given.map(({ name }) => name),
  );
  return files.map((file, index) => ({ sleeve: given[index]!.sleeve, file }));
}

export const backtestTopicFlags: readonly Flag[] = [
  { flags: '--backtest-jobs-topic <name>', summary: 'where jobs of backtests go' },
  { flags: '--backtest-results-topic <name>', summary: 'where their answers arrive' },
];

/** Errors: those of the command; Usage for --remote without --kafka. */
async function answerTo(context: VerbContext, { flags }: VerbInput, command: BacktestPortfolio): Promise<BacktestAnswer> {
  const { tools, settings, signal } = context;
  const ledger = lazyLedger(context);
  if (!isSet(flags, 'remote')) return backtestPortfolio(tools, ledger, command, signal);
  return backtestRemotely(tools, await context.broker(), settings, ledger, command, signal);
}

export const backtestRun: VerbCode = {
  flags: [
    { flags: '--meta <name>', summary: 'meta profile or alias', required: true },
    { flags: '--risk <list...>', summary: 'risk profiles, or all (default: that of meta_allocation)' },
    {
      flags: '--prices <file...>',
      summary: 'daily closes, CSV or parquet, as FILE or SLEEVE=FILE (default: those that the newest run of each sleeve read)',
    },
    ...supplyFlags,
    { flags: '--from <date>', summary: 'first price row to use; lookback_days is then recorded and not applied' },
    { flags: '--as-of <date>', summary: 'last price row to use' },
    { flags: '--repair <how>', summary: 'drop-off-calendar: drop and list rows on non-sessions, which are errors otherwise' },
    { flags: '--join <how>', summary: 'compound (no return inside the common range is lost) or drop (literal inner join)' },
    { flags: '--projection <how>', summary: 'euclidean or proportional' },
    ...renameFlags,
    ...csvFlags,
    cacheFlag,
    workersFlag,
    { flags: '--remote', summary: 'walk-forwards by workers on other machines: work --roles backtest' },
    { flags: '--kafka <connection>', summary: 'for --remote: kafka://[user:password@]host:port[?options], more hosts behind commas' },
    ...backtestTopicFlags,
    { flags: '--group <name>', summary: 'prefix of the consumer groups, as the workers have it' },
  ],
  examples: [
    'sleeve-ledger backtest run --meta meta_production',
    'sleeve-ledger backtest run --meta meta_production --risk all --prices equities.csv etfs.csv crypto.csv --from 2018-01-01',
    'sleeve-ledger backtest run --meta meta_production --risk all --remote --kafka kafka://127.0.0.1:9092?tls=false',
  ],
  writes: true,
  makesLedger: 'always',
  run: async (context, input) => {
    const { flags } = input;
    const risks = risksFlag(flags);
    const join = choiceFlag(flags, 'join', ['compound', 'drop', 'as defined'] as const, 'as defined');
    const projection = choiceFlag(flags, 'projection', ['euclidean', 'proportional', 'as defined'] as const, 'as defined');
    const repair = choiceFlag(flags, 'repair', ['none', 'drop-off-calendar', 'as recorded'] as const, 'as recorded');
    const manifest = await readManifest(context);
    const prices = await pricesOf(context, input);
    const supply = await supplyAsked(context, flags);
    // Without prices there is nothing to do in a new ledger.
    if (prices === null) await context.reading();
    const command = {
      manifest,
      meta: requiredFlag(flags, 'meta'),
      risks,
      join: join === 'as defined' ? null : join,
      projection: projection === 'as defined' ? null : projection,
      from: dateFlag(flags, 'from'),
      asOf: dateFlag(flags, 'asOf'),
      repair: repair === 'as recorded' ? null : repair,
      prices,
      supply,
    };
    const outcome = backtestOutcome(await answerTo(context, input, command), risks);
    const files = prices?.map(({ file }) => file) ?? null;
    return {
      ...outcome,
      warnings: [...readingWarnings(files ?? []), ...supplyWarnings(supply, files, dateFlag(flags, 'asOf')), ...(outcome.warnings ?? [])],
    };
  },
};

export const backtestVerify: VerbCode = {
  flags: [metaNamingFlag, asOfFlag, knownAtFlag],
  examples: [
    'sleeve-ledger backtest verify',
    'sleeve-ledger backtest verify latest --meta meta_production',
    'sleeve-ledger backtest verify meta_production-2023-12-29-0123456789abcdef',
  ],
  writes: false,
  run: async (context, input) => {
    const { args, flags } = input;
    const runId = args[0] === undefined ? null : await runIdOf(context, args[0], input, 'backtest');
    const { ports } = await context.inspecting();
    const selection = { runId, asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
    const outcome = verifiedOutcome(await verifyBacktests(ports, selection));
    return { ...outcome, position: await ports.store.head() };
  },
};

export const exportBacktest: VerbCode = {
  flags: [{ flags: '-o, --output <file>', summary: 'file to write', required: true }, metaNamingFlag],
  examples: ['sleeve-ledger export backtest meta_production-2023-12-29-0123456789abcdef -o meta_backtest_results.json'],
  writes: false,
  run: async (context, input) => {
    const runId = await runIdOf(context, input.args[0]!, input, 'backtest');
    const { ports } = await context.reading();
    const result = await exportResults(ports, { runId, file: requiredFlag(input.flags, 'output') });
    return { result, people: [lines(`Wrote ${result.file}: ${result.profiles.join(', ')} of backtest ${result.runId}.`)] };
  },
};
