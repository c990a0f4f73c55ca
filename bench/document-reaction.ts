import { limits } from '../domain/shared/limits.ts';
import { barText, grouped, ms, table } from './document-sections.ts';
import type { Percentiles } from './percentiles.ts';
import type { ReactionRun } from './results.ts';
import type { StormResult } from './storm.ts';

const embeddedMsMax = 15;
const kafkaMsMax = 100;
const stormLagMsMax = 250;
const resultsPerSecondMin = 500;
/** Of what is consumed and appended without deciding anything. */
const consumedShareMin = 0.6;
/** Above this load average other work was going on beside the benchmark. */
const loadMax = 0.7;

const cells = ({ p50Ms, p99Ms, msMax }: Percentiles): string[] => [ms(p50Ms), ms(p99Ms), ms(msMax)];
const barCell = ({ p99Ms }: Percentiles, msMax: number): string => barText(p99Ms < msMax, `p99 below ${msMax} ms`);

const phaseNames = {
  notice: 'a worker begins to look',
  load: 'streams, runs and returns read',
  solve: 'computed',
  record: 'run recorded',
  publish: 'trade measured, publication recorded',
} as const;

function latencyTable({ embedded, kafka }: ReactionRun['latency']): string {
  const phases = (Object.keys(phaseNames) as (keyof typeof phaseNames)[]).map((phase) => [
    `- ${phaseNames[phase]}`,
    ...cells(embedded.phases[phase]),
    '',
  ]);
  return table(
    ['from, to', 'p50, ms', 'p99, ms', 'longest, ms', 'bar'],
    [
      ['result handed to the intake, to accepted', ...cells(embedded.takeIn), ''],
      [
        '**accepted, to allocation published**, one process and one file',
        ...cells(embedded.toPublication),
        barCell(embedded.toPublication, embeddedMsMax),
      ],
      ...phases,
      ...kafka.map(({ roles, endToEnd }, index) => [
        `${index === 0 ? '**sent to Kafka, to read from Kafka**' : 'the same'}, a worker of ${roles.join(', ')}`,
        ...cells(endToEnd),
        index === 0 ? barCell(endToEnd, kafkaMsMax) : '',
      ]),
    ],
  );
}

/** Runs of earlier builds measured no limits: their cells stay empty. */
function limitCells({ resultsPerSecond, lagP99Ms, bare }: StormResult): readonly [limits: string, bar: string] {
  if (bare === undefined) return ['', ''];
  const { appendsPerSecond, consumedPerSecond } = bare;
  const share = consumedPerSecond === null ? null : resultsPerSecond / consumedPerSecond;
  const isFast = resultsPerSecond >= resultsPerSecondMin || (share !== null && share >= consumedShareMin);
  const orShare = share === null ? '' : ` or ${100 * consumedShareMin} % of the bare rate (${(100 * share).toFixed(0)} %)`;
  const rate = `${resultsPerSecondMin}/s${orShare}`;
  const consumed = consumedPerSecond === null ? '' : `, ${grouped(consumedPerSecond)} consumed and appended`;
  return [
    `${grouped(appendsPerSecond)} appended${consumed}`,
    `${barText(isFast, rate)}; ${barText(lagP99Ms < stormLagMsMax, `lag p99 below ${stormLagMsMax} ms`)}`,
  ];
}

function stormRow(name: string, result: StormResult): string[] {
  const { messages, resultsPerSecond, secondsToTakeIn, secondsToSettle, marks, looks, publications } = result;
  const [bareRates, bar] = limitCells(result);
  return [
    name,
    grouped(messages),
    `${secondsToTakeIn.toFixed(0)} s`,
    grouped(resultsPerSecond),
    bareRates,
    `${(secondsToSettle - secondsToTakeIn).toFixed(1)} s`,
    ms(result.lagP50Ms),
    ms(result.lagP99Ms),
    ms(result.loopDelayMsMax),
    `${grouped(marks)} / ${grouped(looks)} / ${grouped(publications)}`,
    `${grouped(result.peakMegabytes)} MB`,
    bar,
  ];
}

function stormFaults(name: string, { tally, faults, relayed }: StormResult): string {
  const { accepted, acceptedTwice, allocatedTwice, backwards, events } = tally;
  const sent = relayed === null ? '' : `, ${relayed.missing} publications missing on the topic and ${relayed.repeated} there twice`;
  return (
    `- ${name}: ${grouped(events)} events, ${grouped(accepted)} runs accepted, ${acceptedTwice} accepted twice, ` +
    `${allocatedTwice} allocated twice, ${backwards} publications backwards, ${faults} faults in \`ledger verify\`${sent}.`
  );
}

const stormNames = {
  embedded: 'one process, one file',
  doubled: 'the same, every message twice and shuffled',
  kafka: 'through Kafka',
} as const;

/** What the storm and the single results came to. */
export function reactionSection(reaction: ReactionRun | null): string {
  const title = '## From a result to its publication';
  if (reaction === null) return `${title}\n\nNot measured yet: \`npm run bench -- --reaction\`.`;
  const { measuredAt, commit, machine, storms, latency } = reaction;
  const busy =
    machine.load > loadMax
      ? ` **The machine was busy** (load average ${machine.load.toFixed(1)}): the latencies above all are worse than on an idle one.`
      : '';
  const names = Object.keys(stormNames) as (keyof typeof stormNames)[];
  return `${title}

Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit \`${commit.slice(0, 12)}\`, ${machine.cpu}, ${machine.cores} cores, Node \
${machine.node}.${busy}

${latencyTable(latency)}

${grouped(latency.embedded.results)} results one after the other, behind ${latency.embedded.warmUps} unmeasured, each of which completes \
the quorum of a portfolio of three sleeves, 250 returns and two risk profiles a result. Sender and reader of the
Kafka figures are another process than the worker; the broker is Kafka 4.1 with one node on the same machine, \
\`group.coordinator.append.linger.ms=0\`. Every append is flushed to disk.

${table(
  [
    'storm',
    'messages',
    'taken in',
    'results/s',
    'bare, a second',
    'settled after',
    'lag p50, ms',
    'lag p99, ms',
    'longest turn, ms',
    'marks / looks / publications',
    'peak memory',
    'bar',
  ],
  names.map((name) => stormRow(stormNames[name], storms[name])),
)}

300 sleeves, 33 sessions and 100 corrections; 100 portfolios of three sleeves, one in five with another below it; one in four does not \
wait for all its sleeves but gathers what arrives within two seconds. As many results are in hand at once as a worker takes from a broker \
(${limits.resultsInFlightMax}). *Bare* is what the same disk allows in the same run: events of 1 kB flushed one by one, and, \
through Kafka, messages read by a bare kafkajs consumer and flushed one by one. Intake, reaction and, through Kafka, relay share
one process. *Lag* is from the acceptance of the newest result that a publication rests on until the publication is durable, of the \
portfolios without a window. *Marks* are acceptances times the portfolios
that they concern. *Longest turn* is how long the event loop did not come round. At the end each portfolio's newest publication was \
compared with that of a fresh ledger which had seen
the newest results only: the same run, inputs and weights for all, or the benchmark fails.

${names.map((name) => stormFaults(stormNames[name], storms[name])).join('\n')}`;
}
