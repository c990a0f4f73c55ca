import { barText, grouped, table, tiny } from './document-sections.ts';
import { type SelectionRun, selectionSize, walked, zeroShare } from './selection.ts';

const ratioMax = 1;
const megabytesMax = 1500;
const walkSecondsMax = 3;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

export function selectionSection(run: SelectionRun): string {
  const { own, peer, measuredAt, commit } = run;
  const ratio = own.whole.cpuMs / peer.cpuMs;
  const megabytes = own.whole.peakMegabytes;
  const row = [
    seconds(own.whole.cpuMs),
    seconds(peer.cpuMs),
    `**${ratio.toFixed(2)}**`,
    `${megabytes.toFixed(0)} MB`,
    tiny(peer.largestGap),
  ];
  const sizes =
    `All features, vetoes, scores and clusters of ${grouped(selectionSize.symbols)} symbols on ${selectionSize.rows} rows, ` +
    `${zeroShare * 100} % of the returns exactly zero`;
  const bars = [
    barText(ratio <= ratioMax, 'at most the time of NumPy'),
    barText(megabytes < megabytesMax, `${grouped(megabytesMax)} MB`),
  ].join(', ');
  const walkMs = own.walkForward.cpuMs;
  const walkBar = barText(walkMs < 1000 * walkSecondsMax, `${walkSecondsMax} s`);
  return `## Selecting

${table(['sleeve-ledger', 'NumPy and SciPy', 'ratio of times', 'memory here', 'largest gap'], [row])}

${sizes}, processor time on one core for both. ${bars}. Measured ${measuredAt.slice(0, 10)}, commit \`${commit.slice(0, 12)}\`.

A walk-forward of ${walked.windows} selections among ${walked.symbols} symbols takes ${seconds(walkMs)}. ${walkBar}.`;
}
