/**
 * Audit of prices before anything is computed from them: rows off the calendar, forward-filled stretches, missing sessions, disorder in
 * the file, impossible prices and returns, unusual moves, units, staleness. It only looks; it changes nothing and never throws.
 */
import { type AcceptedMove, type JudgedSuspicions, judgeSuspicions, type Suspicion, unmetLines } from './accepted-moves.ts';
import { type CalendarId, knownCalendarOf } from './calendar.ts';
import { integrityKinds, integrityKindsV1, type IntegrityPolicy, integrityPolicy, integrityPolicyV1 } from './integrity-policy.ts';
import { type JudgedRange, type JudgedRows, judgedRows, judgedRowsOfRules1 } from './judged-rows.ts';
import { auditSessions } from './missing-sessions.ts';
import { lineOfRow, type PriceFile } from './price-file.ts';
import type { IsoDate } from './series.ts';
import { suspectPrices } from './suspicions.ts';
import { auditCalendar, auditFlatness, auditFreshness, auditValues } from './symbol-checks.ts';
import type { SymbolPrices } from './symbol-prices.ts';
import { Findings, type FindingSink, type Verdict } from './verdict.ts';

export { mergePriceTables, repairOffCalendar } from './prices.ts';
export { integrityPolicy };

export interface AuditInput {
  readonly files: readonly PriceFile[];
  /** As-of date of the run; null leaves freshness unevaluated. */
  readonly asOf: IsoDate | null;
  /** Rows outside are not judged: the run does not use them. */
  readonly range: JudgedRange;
  /** Symbols to judge; left out or null judges every column. */
  readonly symbols?: readonly string[] | null;
  /** Symbols without a price in the coverage range: listed by the run, and not stale. */
  readonly inactive?: readonly string[];
  /** Symbols that are read and never held. From rules 2 on what is wrong with one is a warning, and a fault of that benchmark. */
  readonly benchmarks?: readonly string[];
  /** Moves that somebody has looked at. */
  readonly accepted?: readonly AcceptedMove[];
  /** Version of the rules to judge under. */
  readonly rules: number;
}

export type IntegrityVerdict = Verdict<IntegrityPolicy>;

/** A verdict with what it is made of, whole: its findings list the first of each kind only. */
export interface JudgedPrices {
  readonly verdict: IntegrityVerdict;
  readonly suspicions: JudgedSuspicions;
  /** Why a benchmark cannot be used, by symbol. */
  readonly benchmarkFaults: ReadonlyMap<string, string>;
}

/** What a benchmark lacks on some dates is for the grid to say, which needs it on its own dates only. */
const gapsOfBenchmarks: ReadonlySet<string> = new Set(['stale', 'missing_sessions_share']);

/** Reports what is wrong with a benchmark as warnings, and notes the first fault that keeps it from being used. */
function benchmarkSink(findings: Findings, symbol: string, faults: Map<string, string>): FindingSink {
  return {
    looked: (check, count) => findings.looked(check, count),
    add: (code, observation) => {
      const isFault = integrityKinds[code as keyof typeof integrityKinds].level === 'error' && !gapsOfBenchmarks.has(code);
      if (isFault && !faults.has(symbol)) faults.set(symbol, `${code}: ${observation.message}`);
      findings.add(code, observation, 'warning');
    },
  };
}

function presentPrices(source: PriceFile, column: number, calendar: CalendarId, judged: JudgedRows): SymbolPrices {
  const { file, table, lines } = source;
  const closes = table.closes[column]!;
  const present = judged.rows.map((row, index) => ({ row, day: judged.days[index]! })).filter(({ row }) => !Number.isNaN(closes[row]));
  return {
    file,
    symbol: table.symbols[column]!,
    calendar,
    dates: present.map(({ row }) => table.dates[row]!),
    days: Int32Array.from(present, ({ day }) => day),
    prices: Float64Array.from(present, ({ row }) => closes[row]!),
    lineAt: (index) => lineOfRow(lines, present[index]!.row),
  };
}

/** The series of a column; null, and a finding, where its exchange has no calendar. */
function seriesOf(source: PriceFile, column: number, judged: JudgedRows, findings: FindingSink): SymbolPrices | null {
  const symbol = source.table.symbols[column]!;
  findings.looked('exchanges', 1);
  const calendar = knownCalendarOf(symbol);
  if (calendar !== null) return presentPrices(source, column, calendar, judged);
  findings.add('exchange_unknown', {
    file: source.file,
    symbol,
    message: `the exchange of ${JSON.stringify(symbol)} has no calendar`,
  });
  return null;
}

function auditSeries(series: SymbolPrices, { asOf, inactive = [] }: AuditInput, findings: FindingSink): void {
  auditCalendar(series, findings);
  auditValues(series, findings);
  auditFlatness(series, findings);
  auditSessions(series, findings);
  if (!inactive.includes(series.symbol)) auditFreshness(series, asOf, findings);
}

/** Rules 1: every column and every row of the file counts, and no move is looked at. */
function judgedUnderRules1(input: AuditInput): JudgedPrices {
  const findings = new Findings(integrityKindsV1, integrityPolicyV1);
  const wanted = input.symbols === undefined || input.symbols === null ? null : new Set(input.symbols);
  for (const source of input.files) {
    const judged = judgedRowsOfRules1(source, { ...input.range, to: input.range.to ?? input.asOf }, findings);
    source.table.symbols.forEach((symbol, column) => {
      if (wanted !== null && !wanted.has(symbol)) return;
      const series = seriesOf(source, column, judged, findings);
      if (series !== null) auditSeries(series, input, findings);
    });
  }
  return { verdict: findings.close(integrityPolicyV1), suspicions: judgeSuspicions([], []), benchmarkFaults: new Map() };
}

/**
 * Judges prices by the thresholds of the rules, and says what of it degrades a run. Errors and warnings count every occurrence; the
 * findings list the first few of each kind and symbol and say how many more there are, so that the verdict stays small enough for an event.
 */
export function judgePrices(input: AuditInput): JudgedPrices {
  if (input.rules < 2) return judgedUnderRules1(input);
  const { files, symbols = null, benchmarks = [], accepted = [] } = input;
  const findings = new Findings(integrityKinds, integrityPolicy);
  const wanted = symbols === null ? null : new Set([...symbols, ...benchmarks]);
  const unheld = new Set(benchmarks.filter((symbol) => symbols === null || !symbols.includes(symbol)));
  const range = { ...input.range, to: input.range.to ?? input.asOf };
  const all: Suspicion[] = [];
  const benchmarkFaults = new Map<string, string>();
  const outside = { rows: 0, defects: 0 };
  for (const source of files) {
    const judgedSymbols = source.table.symbols.filter((symbol) => wanted === null || wanted.has(symbol));
    // A file without anything to judge, such as one of symbols that were dropped, stops nothing.
    if (judgedSymbols.length === 0) continue;
    const [only] = judgedSymbols;
    const rowSink = judgedSymbols.every((symbol) => unheld.has(symbol)) ? benchmarkSink(findings, only!, benchmarkFaults) : findings;
    const judged = judgedRows(source, range, rowSink);
    outside.rows += judged.outside.rows;
    outside.defects += judged.outside.defects;
    source.table.symbols.forEach((symbol, column) => {
      if (wanted !== null && !wanted.has(symbol)) return;
      const sink = unheld.has(symbol) ? benchmarkSink(findings, symbol, benchmarkFaults) : findings;
      const series = seriesOf(source, column, judged, sink);
      if (series === null) return;
      auditSeries(series, input, sink);
      all.push(...suspectPrices(series, sink));
    });
  }
  const suspicions = judgeSuspicions(all, accepted);
  findings.looked('accepted_moves', accepted.length);
  for (const { line, message } of unmetLines(suspicions, accepted))
    findings.add('accepted_move_absent', { file: 'manifest', symbol: line.symbol, date: line.date ?? null, message });
  const verdict = findings.close(integrityPolicy);
  const isWhole = outside.rows === 0 && outside.defects === 0;
  return { verdict: isWhole ? verdict : { ...verdict, notJudged: outside }, suspicions, benchmarkFaults };
}

/** The verdict alone. */
export function auditPrices(input: AuditInput): IntegrityVerdict {
  return judgePrices(input).verdict;
}
