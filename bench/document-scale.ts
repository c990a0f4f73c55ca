import { barText, grouped, ms, table } from './document-sections.ts';
import type { ScaleRun } from './results.ts';
import type { Pass } from './scale-pass.ts';
import { type ScaledFigures, type ScaleWork, scaleWorks } from './scale-questions.ts';

/** Between the fastest size and the slowest. */
const spreadMax = 1.5;
const verifyMegabytesMax = 300;
const bareShareMin = 0.6;
/** Above this load average other work was going on beside the benchmark. */
const loadMax = 0.7;
/** What the bars speak of. */
const eventsOfBars = 1_000_000;

const workNames: Readonly<Record<ScaleWork, string>> = {
  seal: 'append one event and seal',
  prove: '`ledger prove`',
  weights: '`weights`',
  status: '`status`',
  explain: '`explain`',
};

/** The slowest of the sizes against the fastest. */
function spreadOf(values: readonly number[]): number {
  return Math.max(...values) / Math.min(...values);
}

/** A run that has not seen the size that the bars speak of can miss them, and meet them only so far. */
function judged(met: boolean, text: string, largest: number): string {
  return met && largest < eventsOfBars ? `${text}: met up to ${grouped(largest)} events` : barText(met, text);
}

function workRow(sizes: readonly ScaledFigures[], work: ScaleWork): string[] {
  const timings = sizes.map((size) => size.timings[work]);
  const spreads = [spreadOf(timings.map(({ p50Ms }) => p50Ms)), spreadOf(timings.map(({ p99Ms }) => p99Ms))];
  const shown = spreads.map((spread) => `${spread.toFixed(2)}x`).join(' / ');
  return [
    workNames[work],
    ...timings.map(({ p50Ms, p99Ms }) => `${ms(p50Ms)} / ${ms(p99Ms)}`),
    shown,
    judged(Math.max(...spreads) <= spreadMax, `${spreadMax}x`, sizes.at(-1)!.size),
    grouped(timings[0]!.repetitions),
  ];
}

const shareOf = (pass: Pass, bare: Pass): number => bare.seconds / bare.events / (pass.seconds / pass.events);

function passRow(name: string, pass: Pass, bare: Pass, bar: string): string[] {
  const share = `${(shareOf(pass, bare) * 100).toFixed(0)} %`;
  const { events, seconds } = pass;
  return [
    name,
    grouped(events),
    seconds.toFixed(1),
    grouped(events / seconds),
    pass === bare ? '' : share,
    `${grouped(pass.peakMegabytes)} MB`,
    bar,
  ];
}

/** Ledgers from a thousand events to a million. */
export function scaleSection(scale: ScaleRun | null): string {
  const title = '## Ledgers of a thousand events to a million';
  if (scale === null) return `${title}\n\nNot measured yet: \`npm run bench -- --scale\`.`;
  const { measuredAt, commit, machine, figures } = scale;
  const { sizes, passes, fileMegabytes } = figures;
  const busy =
    machine.load > loadMax
      ? ` **The machine was busy** (load average ${machine.load.toFixed(1)}): p99 above all tells of its other work too.`
      : '';
  const largest = sizes.at(-1)!.size;
  const partly =
    largest < eventsOfBars
      ? ` **Measured up to ${grouped(largest)} events only**: the bars speak of ${grouped(eventsOfBars)}, which this run says nothing of.`
      : '';
  return `${title}

Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit \`${commit.slice(0, 12)}\`, ${machine.cpu}, ${machine.cores} cores, Node \
${machine.node}.${busy}${partly}

${table(
  ['p50 / p99, ms', ...sizes.map(({ size }) => `${grouped(size)} events`), 'slowest / fastest size', 'bar', 'times'],
  scaleWorks.map((work) => workRow(sizes, work)),
)}

Each ledger repeats one real day (three sleeve runs, their acceptances, a run of the portfolio above them and its publication) under later \
dates, sealed every 10,000 events. One process holds all ledgers open,
asks handlers and not the command line, warm and with the read models up to date, and takes the sizes in turns. The event to be proved is \
another each time, from the first leaf to the last. \
Questions that take less than a millisecond meet V8's collection of young garbage about once in a hundred calls: whether p99 is such a \
call differs from run to run.

${table(
  ['pass over every event', 'events', 'seconds', 'events/s', 'of the bare rate', 'peak memory', 'bar'],
  [
    passRow('read and SHA-256', passes.bare, passes.bare, ''),
    passRow(
      'stored bytes verified: both hashes, chains, columns',
      passes.bytes,
      passes.bare,
      judged(shareOf(passes.bytes, passes.bare) >= bareShareMin, `${bareShareMin * 100} % of the bare rate`, largest),
    ),
    passRow('the same with tree, seals and the artifacts referred to', passes.scan, passes.bare, ''),
    passRow(
      '`ledger verify`',
      passes.verify,
      passes.bare,
      judged(passes.verify.peakMegabytes < verifyMegabytesMax, `below ${verifyMegabytesMax} MB`, largest),
    ),
  ],
)}

Each pass is a process of its own over the same file of ${grouped(fileMegabytes)} MB, compiled and with the file in the operating system's \
cache; the first three take turns, and the fastest of three counts. All read through the same store port, so that the bare pass is what no
verification of these bytes can do without. \`ledger verify\` does all that it does by hand: it looks at every artifact, folds every read \
model anew, compares the rows with their versions, checks that every row is canonical text, and has SQLite
check its pages and indexes.`;
}
