import { barText, grouped, ms, table } from './document-sections.ts';
import type { Percentiles } from './percentiles.ts';
import type { ReadersRun } from './readers.ts';

const workerRatioMax = 1.2;
const readMsMax = 150;

function row(what: string, without: Percentiles, beside: Percentiles): string[] {
  const ratio = beside.p99Ms / without.p99Ms;
  return [
    what,
    `${ms(without.p50Ms)} / ${ms(without.p99Ms)}`,
    `${ms(beside.p50Ms)} / ${ms(beside.p99Ms)}`,
    barText(ratio <= workerRatioMax, `p99 ${ratio.toFixed(2)}x, at most ${workerRatioMax}x`),
  ];
}

/** What many readers of the stream came to, and what the worker noticed. */
export function readersSection({ measuredAt, commit, machine, figures }: ReadersRun): string {
  const { readers, resultsPerSecond, seconds, without, beside, read, toldPerSecond } = figures;
  const place = `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)}, Node ${machine.node}`;
  return `### Readers of the stream

Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit \`${commit.slice(0, 12)}\`, ${place}. A worker takes \
${resultsPerSecond} results a second in, upon one file; the ledger is served by another process, and ${grouped(readers)} readers of \
\`/v1/stream\` in a third are told of everything. Rounds with and without readers take turns; ${seconds} s were read.

${table(
  ['the worker', 'without readers, p50 / p99, ms', 'with them, p50 / p99, ms', 'bar'],
  [
    row('result handed to the intake, to accepted', without.takeIn, beside.takeIn),
    row('accepted, to allocation published', without.toPublication, beside.toPublication),
  ],
)}

${table(
  ['the readers', 'measured', 'bar'],
  [
    [
      'from durable to read, p50 / p99 / longest',
      `${ms(read.latency.p50Ms)} / ${ms(read.latency.p99Ms)} / ${ms(read.latency.msMax)} ms`,
      barText(read.latency.p99Ms < readMsMax, `p99 below ${readMsMax} ms`),
    ],
    ['events told a second, to all together', grouped(toldPerSecond), ''],
    ['events missing, over all readers', grouped(read.missing), barText(read.missing === 0, 'none')],
  ],
)}`;
}
