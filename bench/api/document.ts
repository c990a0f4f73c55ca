import { barText, grouped, ms, table } from '../document-sections.ts';
import type { Percentiles } from '../percentiles.ts';
import type { HttpIntakeFigures } from './intake.ts';
import type { PageFigures } from './page.ts';
import type { QuestionFigures } from './questions.ts';
import type { ReaderFigures } from './readers.ts';
import type { ApiRun } from './results.ts';

const answeredMsMax = 10;
const workerRatioMax = 1.2;
const readMsMax = 150;
const shareOfKafkaMin = 0.6;
const toPageMsMax = 150;
const firstLoadMsMax = 1_500;
const scriptKilobytesMax = 250;

const all = ({ p50Ms, p99Ms, msMax }: Percentiles): string => `${ms(p50Ms)} / ${ms(p99Ms)} / ${ms(msMax)}`;
const two = ({ p50Ms, p99Ms }: Percentiles): string => `${ms(p50Ms)} / ${ms(p99Ms)}`;

function questionRow(what: string, quiet: Percentiles, busy: Percentiles): string[] {
  return [what, all(quiet), all(busy), barText(busy.p99Ms < answeredMsMax, `p99 below ${answeredMsMax} ms`)];
}

function workerRow(what: string, none: Percentiles, many: Percentiles, bare: Percentiles | undefined): string[] {
  const ratio = many.p99Ms / none.p99Ms;
  const bar = barText(ratio <= workerRatioMax, `p99 ${ratio.toFixed(2)}x, at most ${workerRatioMax}x`);
  return [what, two(none), two(many), bare === undefined ? '' : `${two(bare)} (${(bare.p99Ms / none.p99Ms).toFixed(2)}x)`, bar];
}

function questionsTable({ askedPerSecond, resultsPerSecond, seconds, alone, beside, worker, bare }: QuestionFigures): string {
  const failed = alone.failed + beside.failed;
  return `**Questions.** ${askedPerSecond} a second for ${seconds} s, half of them weights and half explanations, from the time each was \
due; first alone, then while the worker takes ${resultsPerSecond} results a second in.

${table(
  ['question', 'alone, p50 / p99 / longest, ms', 'beside the worker, ms', 'bar'],
  [
    questionRow('weights', alone.weights, beside.weights),
    questionRow('explanation', alone.explanations, beside.explanations),
    ...(bare === undefined
      ? []
      : [
          [
            `a bare server: the same ${grouped(bare.characters)} characters for every question`,
            all(bare.alone.weights),
            all(bare.beside.weights),
            '',
          ],
        ]),
    ['not answered', grouped(failed), '', barText(failed === 0, 'none')],
  ],
)}

The worker meanwhile: accepted in ${two(worker.takeIn)} ms, published in ${two(worker.toPublication)} ms (p50 / p99).`;
}

function readersTables({ readers, resultsPerSecond, seconds, without, beside, bare, read, toldPerSecond }: ReaderFigures): string {
  return `**Readers of the stream.** ${grouped(readers)} readers of \`/v1/stream\` in a process of their own are told of everything, while \
the worker takes ${resultsPerSecond} results a second in. Rounds with and without readers take turns; ${seconds} s were read. A bare \
server tells as many readers as many characters in as many pieces, and looks nothing up.

${table(
  ['the worker', 'without readers, p50 / p99, ms', 'with them, p50 / p99, ms', 'with those of a bare server, ms', 'bar'],
  [
    workerRow('result handed to the intake, to accepted', without.takeIn, beside.takeIn, bare?.takeIn),
    workerRow('accepted, to allocation published', without.toPublication, beside.toPublication, bare?.toPublication),
  ],
)}

${table(
  ['the readers', 'measured', 'bar'],
  [
    [
      'from durable to read, p50 / p99 / longest',
      `${all(read.latency)} ms`,
      barText(read.latency.p99Ms < readMsMax, `p99 below ${readMsMax} ms`),
    ],
    ['events told a second, to all together', grouped(toldPerSecond), ''],
    ['events missing, over all readers', grouped(read.missing), barText(read.missing === 0, 'none')],
  ],
)}`;
}

function intakeTable(http: HttpIntakeFigures, kafkaPerSecond: number): string {
  const share = http.resultsPerSecond / kafkaPerSecond;
  const { tally, faults, failed, messages } = http;
  return `**Intake.** The storm of ${grouped(messages)} results: through Kafka into one process that takes in, reacts and relays, and over \
HTTP, ${http.inFlight} requests at once, into a server beside a process that reacts.

${table(
  ['intake', 'results a second', 'bar'],
  [
    ['through Kafka', grouped(kafkaPerSecond), ''],
    [
      'over HTTP',
      grouped(http.resultsPerSecond),
      barText(share >= shareOfKafkaMin, `at least ${100 * shareOfKafkaMin} % of it (${(100 * share).toFixed(0)} %)`),
    ],
    ['answered, p50 / p99 / longest', `${all(http.answered)} ms`, ''],
  ],
)}

${grouped(tally.accepted)} runs accepted, ${tally.acceptedTwice} accepted twice, ${failed} requests refused, ${faults} faults in \
\`ledger verify\`.`;
}

function pageTable({ line, loads, firstLoad, scriptBytes, publications, toPage }: PageFigures): string {
  const kilobytes = scriptBytes / 1_000;
  return `**The page.** In Chromium. The first load with an empty cache, ${line.megabitsPerSecond} Mbit/s, a round trip of \
${line.roundTripMs} ms and a processor ${line.processorSlowdown} times slower, ${loads} times; then the page of one portfolio is open at \
full speed, while the worker takes results in.

${table(
  ['the page', 'measured', 'bar'],
  [
    [
      'first load, until the portfolios are shown, p50 / longest',
      `${ms(firstLoad.p50Ms)} / ${ms(firstLoad.msMax)} ms`,
      barText(firstLoad.msMax < firstLoadMsMax, `below ${firstLoadMsMax / 1_000} s`),
    ],
    [
      'script until then, compressed',
      `${kilobytes.toFixed(0)} kB`,
      barText(kilobytes <= scriptKilobytesMax, `at most ${scriptKilobytesMax} kB`),
    ],
    [
      `from durable to shown, p50 / p99 / longest of ${grouped(publications)} publications`,
      `${all(toPage)} ms`,
      barText(toPage.p99Ms < toPageMsMax, `p99 below ${toPageMsMax} ms`),
    ],
  ],
)}`;
}

/** What the HTTP API and its page came to. */
export function apiSection(run: ApiRun): string {
  const { measuredAt, commit, machine, questions, readers, intake, kafka, page } = run;
  const place = `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)}, Node ${machine.node}`;
  return `## HTTP API and page

Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit \`${commit.slice(0, 12)}\`, ${place}. One SQLite file, of which a worker \
and \`sleeve-ledger serve\` have a process each; whoever asks has a third, on the same machine.

${questionsTable(questions)}

${readersTables(readers)}

${intakeTable(intake, kafka.resultsPerSecond)}

${pageTable(page)}`;
}
