import { barText, ms, table } from './document-sections.ts';
import type { Timing } from './measure.ts';
import type { BacktestRun } from './results.ts';

/** Milliseconds, on one core. */
const allProfilesMsMax = 1_000;
const hrpMsMax = 100;
/** Times as fast as the peer, at least. */
const peerRatioMin = 100;

function row(name: string, { medianMs, minMs, maxMs }: Timing, msMax: number): string[] {
  return [name, `${ms(medianMs)} (${ms(minMs)} to ${ms(maxMs)})`, barText(medianMs < msMax, `under ${msMax} ms`)];
}

/** Backtests of a portfolio, out of sample at both tiers. */
export function backtestSection({ measuredAt, commit, machine, figures, memory, peer }: BacktestRun): string {
  const { sleeves, columns, windows, allProfiles, hrp, stacked, stackedWithBaselines } = figures;
  const ratio = peer.timing.medianMs / stacked.medianMs;
  const [few, many] = memory;
  return `## Recursive backtests

${sleeves} sleeves with ${columns} columns between them, ${windows} windows of 60 and 20 rows each, on one thread: every window of every
sleeve, the decisions of the portfolio, the book, and all baselines, flat ones included. Measured ${measuredAt.slice(0, 10)} at commit
\`${commit.slice(0, 12)}\`, load average ${machine.load.toFixed(2)}.

${table(['work', 'median', 'bar'], [row('8 profiles', allProfiles, allProfilesMsMax), row('HRP alone', hrp, hrpMsMax)])}

The peer is skfolio ${peer.versions['skfolio'] ?? ''}: \`cross_val_predict\` with \`WalkForward\` for each sleeve, and again on the returns
that came out. HRP, sample covariance, targets held day by day, no costs, no bounds on both sides; all returns and weights agree
within ${peer.largestGap.toExponential(0)}. This side also keeps the book of every asset, and takes
${ms(stackedWithBaselines.medianMs)} ms with all baselines.

${table(
  ['work', 'here', 'skfolio', 'ratio', 'bar'],
  [
    [
      'two tiers of HRP',
      ms(stacked.medianMs),
      ms(peer.timing.medianMs),
      `${ratio.toFixed(0)}x`,
      barText(ratio >= peerRatioMin, `at least ${peerRatioMin}x`),
    ],
  ],
)}

Peak resident memory of one backtest of HRP in a process of its own: ${few.peakMegabytes.toFixed(0)} MB for ${few.windows} windows,
${many.peakMegabytes.toFixed(0)} MB for ${many.windows}.`;
}
