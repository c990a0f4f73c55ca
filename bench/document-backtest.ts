import { barText, ms, table } from './document-sections.ts';
import type { Timing } from './measure.ts';
import type { BacktestRun } from './results.ts';

/** Milliseconds, on one core. */
const allProfilesMsMax = 1_000;
const hrpMsMax = 100;

function row(name: string, { medianMs, minMs, maxMs }: Timing, msMax: number): string[] {
  return [name, `${ms(medianMs)} (${ms(minMs)} to ${ms(maxMs)})`, barText(medianMs < msMax, `under ${msMax} ms`)];
}

/** Backtests of a portfolio, out of sample at both tiers. */
export function backtestSection({ measuredAt, commit, machine, figures }: BacktestRun): string {
  const { sleeves, columns, windows, allProfiles, hrp, peakMegabytes } = figures;
  return `## Recursive backtests

${sleeves} sleeves with ${columns} columns between them, ${windows} windows of 60 and 20 rows each, on one thread: every window of every
sleeve, the decisions of the portfolio, the book, and all baselines, flat ones included. Measured ${measuredAt.slice(0, 10)} at commit
\`${commit.slice(0, 12)}\`, load average ${machine.load.toFixed(2)}; peak resident memory ${peakMegabytes.toFixed(0)} MB.

${table(['work', 'median', 'bar'], [row('8 profiles', allProfiles, allProfilesMsMax), row('HRP alone', hrp, hrpMsMax)])}`;
}
