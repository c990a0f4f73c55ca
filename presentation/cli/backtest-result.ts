import { selectionLookAheadIn } from '../../domain/backtest-run/selection-look-ahead.ts';
import { selectionLookAheadInWords } from '../../domain/run/selection-look-ahead.ts';
import type { BacktestStarted, TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { BacktestEvent } from '../../domain/backtest-run/slice.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { BacktestAnswer } from '../../handlers/commands/backtest-portfolio.ts';
import type { BacktestVerification } from '../../handlers/queries/verify-backtests.ts';
import { notAllocated } from './meta-result.ts';
import { type Block, heading, lines, type Outcome, percent, table } from './verb.ts';

const shownRatio = (value: number | null): string => (value === null ? '' : value.toFixed(2));
const shownPercent = (value: number | null): string => (value === null ? '' : percent(value));

function startedIn({ facts }: BacktestAnswer): BacktestStarted {
  return dataOf(facts, 'BacktestStarted')[0]!;
}

/** Where and how long something learned before it held anything. */
function burntIn(burnIns: TestedProfileFacts['burnIns']): string {
  return burnIns.map(({ path, rows, last }) => `${path.join('/')} ${rows} rows to ${last}`.trim()).join(', ');
}

function universeLine(started: BacktestStarted): string {
  const { universeLookAhead, rangeEnd } = started;
  const scanned = selectionLookAheadIn(started);
  if (scanned.length > 0)
    return `The universe is not (selection look-ahead): ${scanned.map(({ path, scans }) => `${path} by ${scans.join(', ')}`).join('; ')}.`;
  return universeLookAhead
    ? `The universe is not: symbols were kept by their coverage up to ${rangeEnd} (backtest.universe: as_of_start keeps those known then).`
    : 'The universe was chosen by what was known when the first window began.';
}

function learningLine({ params }: BacktestStarted): string {
  return params.meta_rows === 'trailing'
    ? `Decisions learned from the last ${params.train_window} joined rows; ` +
        'a live allocation learns from all of them (backtest.meta_rows: expanding).'
    : 'Decisions learned from all joined rows up to each, as a live allocation does.';
}

/** What became of the selections of the sleeves that select. */
function selectionLines(facts: readonly BacktestEvent[]): string[] {
  return dataOf(facts, 'SleeveSelected').map(({ path, mode, labels, decisions }) => {
    const where = path.join('/');
    if (labels.length > 0)
      return `${where} was selected once by ${mode}, from the last rows: its windows look ahead (selection look-ahead).`;
    const windows = decisions.filter(({ scope }) => scope === 'window');
    const cash = windows.filter(({ aborted }) => aborted.length > 0).length;
    return `${where} was selected by ${mode} in each of ${windows.length} windows; ${cash} were aborted and hold cash.`;
  });
}

/** What a reader has to know before any figure. */
function premises(started: BacktestStarted, { first, last, decisions, rows, burnIns }: TestedProfileFacts): string[] {
  const sleeves = burnIns.filter(({ tier }) => tier === 'sleeve');
  const portfolios = burnIns.filter(({ tier }) => tier === 'portfolio');
  return [
    `Out of sample at both tiers from ${first} to ${last}: ${decisions} decisions on ${rows} joined rows, after costs.`,
    universeLine(started),
    learningLine(started),
    `Burn-in of the sleeves: ${burntIn(sleeves)}; of the portfolio: ${burntIn(portfolios)}.`,
  ];
}

function figures({ risk, metrics, costs, turnover }: TestedProfileFacts): string[] {
  const { twrAnnualised, volatility, sharpe, maxDrawdown, total } = metrics;
  return [
    risk,
    percent(total),
    shownPercent(twrAnnualised),
    shownPercent(volatility),
    shownRatio(sharpe),
    percent(maxDrawdown),
    percent(costs.netted),
    percent(costs.crossingBenefit),
    turnover.tradedTwoSided.toFixed(1),
  ];
}

function profileTable(tested: readonly TestedProfileFacts[]): Block {
  const head = ['profile', 'total', 'a year', 'volatility', 'Sharpe', 'max drawdown', 'costs', 'saved by crossing', 'turnover'];
  return table(head, tested.map(figures));
}

/** Sharpe ratios of the run and of what it is held against. */
function baselineTable(tested: readonly TestedProfileFacts[]): Block {
  const names = tested[0]!.baselines.map(({ name, lookAhead }) => (lookAhead ? `${name} (look-ahead)` : name));
  return table(
    ['Sharpe by profile', 'recursive', ...names],
    tested.map(({ risk, metrics, baselines }) => [
      risk,
      shownRatio(metrics.sharpe),
      ...baselines.map((baseline) => (baseline.metrics === null ? 'failed' : shownRatio(baseline.metrics.sharpe))),
    ]),
  );
}

function shareTable(tested: readonly TestedProfileFacts[]): Block[] {
  const ids = Object.keys(tested[0]!.realisedShares ?? {});
  if (ids.length === 0) return [];
  return [
    table(
      ['realised share of risk', ...ids],
      tested.map(({ risk, realisedShares }) => [risk, ...ids.map((id) => shownPercent(realisedShares?.[id] ?? null))]),
    ),
  ];
}

/** What `backtest run` answers. */
export function backtestOutcome(answer: BacktestAnswer, asked: readonly string[] | 'all' | null): Outcome {
  const { runId, already, facts } = answer;
  const started = startedIn(answer);
  const [completed] = dataOf(facts, 'BacktestCompleted');
  const tested = completed?.tested ?? [];
  const failed = completed?.failed ?? dataOf(facts, 'BacktestFailed')[0]?.failed ?? [];
  const windows = dataOf(facts, 'WindowAllocated');
  const failures = failed.map(({ risk, code, reason }) => ({ risk, code, reason }));
  const baselineWarnings = tested.flatMap(({ risk, baselines }) =>
    baselines.flatMap(({ name, reason }) => (reason === null ? [] : [`${risk}: the baseline ${name} was not run: ${reason}`])),
  );
  const { meta, asOf, params, universeLookAhead, rangeEnd, options } = started;
  const fromCache = dataOf(facts, 'CacheUsed')[0]?.uses.length ?? 0;
  const selectionLookAhead = selectionLookAheadIn(started);
  return {
    result: {
      runId,
      already,
      meta,
      asOf,
      params,
      options,
      universeLookAhead,
      selectionLookAhead,
      rangeEnd,
      fromCache,
      sleeves: started.sleeves.map(({ path, profile, sourceRunId, grid, coverage, kept, dropped }) => ({
        path,
        profile,
        sourceRunId,
        grid,
        coverage,
        kept,
        dropped,
      })),
      selections: dataOf(facts, 'SleeveSelected').map(({ path, mode, verdict, labels, decisions }) => ({
        path,
        mode,
        verdict,
        labels,
        decisions,
      })),
      tested,
      failed,
      windows: windows.map((window) => ({ ...window })),
    },
    people: [
      heading(`Backtest ${runId}${already ? ' (already recorded)' : ''}`),
      ...(tested.length === 0
        ? []
        : [
            lines(...premises(started, tested[0]!), ...selectionLines(facts)),
            profileTable(tested),
            baselineTable(tested),
            ...shareTable(tested),
          ]),
      ...(fromCache === 0 ? [] : [lines(`${fromCache} walk-forwards of sleeves came from the cache.`)]),
    ],
    warnings: [
      ...new Set([
        ...selectionLookAhead.map((one) => `sleeve ${one.path}: ${selectionLookAheadInWords(one)}`),
        ...failures.map(({ risk, reason }) => `${risk} was not tested: ${reason}`),
        ...tested.flatMap(({ warnings }) => warnings),
        ...baselineWarnings,
      ]),
    ],
    failure: notAllocated(failures, tested.length, asked),
  };
}

/** What `backtest verify` answers. */
export function verifiedOutcome({ backtests: verified, unfinished }: BacktestVerification): Outcome {
  const faults = verified.flatMap(({ runId, faults: found }) => found.map((fault) => ({ runId, ...fault })));
  const decisions = verified.reduce((sum, one) => sum + one.decisions, 0);
  const windows = verified.reduce((sum, one) => sum + one.sleeveWindows, 0);
  const selections = verified.reduce((sum, one) => sum + one.selections, 0);
  return {
    result: { checked: verified.length, decisions, sleeveWindows: windows, selections, faults, backtests: verified, unfinished },
    warnings: unfinished.map((runId) => `the backtest ${runId} is not recorded to its end: run the same \`backtest run\` again`),
    people: [
      heading(`${verified.length} ${verified.length === 1 ? 'backtest' : 'backtests'} looked through for look-ahead`),
      lines(
        `${decisions} decisions, ${windows} windows of sleeves and ${selections} selections: ` +
          `${faults.length === 0 ? 'each read only rows before those it earned' : `${faults.length} faults`}.`,
      ),
      table(
        ['run', 'portfolio', 'decisions', 'universe chosen by', 'selected ahead'],
        verified.map(({ runId, meta, decisions: own, universeLookAhead, selectionLookAhead, rangeEnd, selectedAhead }) => [
          runId,
          meta,
          String(own),
          [
            ...selectionLookAhead.flatMap(({ scans }) => scans),
            universeLookAhead ? `coverage up to ${rangeEnd}` : 'what was known at the start',
          ].join(', '),
          selectedAhead.join(', ') || 'none',
        ]),
      ),
      ...(faults.length === 0
        ? []
        : [
            table(
              ['run', 'profile', 'who', 'decision', 'fault'],
              faults
                .slice(0, 25)
                .map(({ runId, risk, path, index, what }) => [runId, risk, path.join('/') || 'portfolio', String(index), what]),
            ),
          ]),
    ],
    failure:
      faults.length === 0
        ? null
        : new LedgerError('ChecksFailed', `${faults.length} decisions of backtests may have seen what they earned`, {
            evidence: { faults: faults.slice(0, 5) },
          }),
  };
}
