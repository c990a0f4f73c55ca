import { barText, grouped, ms, table } from './document-sections.ts';
import type { Percentiles } from './latency.ts';
import type { ReactionRun } from './results.ts';
import type { StormResult } from './storm.ts';

const embeddedMsMax = 25;
const kafkaMsMax = 100;
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

function stormRow(
  name: string,
  {
    messages,
    resultsPerSecond,
    secondsToTakeIn,
    secondsToSettle,
    lagP50Ms,
    lagP99Ms,
    loopDelayMsMax,
    marks,
    looks,
    publications,
    peakMegabytes,
  }: StormResult,
): string[] {
  return [
    name,
    grouped(messages),
    `${secondsToTakeIn.toFixed(0)} s`,
    grouped(resultsPerSecond),
    `${(secondsToSettle - secondsToTakeIn).toFixed(1)} s`,
    ms(lagP50Ms),
    ms(lagP99Ms),
    ms(loopDelayMsMax),
    `${grouped(marks)} / ${grouped(looks)} / ${grouped(publications)}`,
    `${grouped(peakMegabytes)} MB`,
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
    'settled after',
    'lag p50, ms',
    'lag p99, ms',
    'longest turn, ms',
    'marks / looks / publications',
    'peak memory',
  ],
  names.map((name) => stormRow(stormNames[name], storms[name])),
)}

300 sleeves, 33 sessions and 100 corrections; 100 portfolios of three sleeves, one in five with another below it; one in four does not \
wait for all its sleeves but gathers what arrives within two seconds. Intake, reaction and, through Kafka, relay share
one process. *Lag* is from the acceptance of the newest result that a publication rests on until the publication is durable, of the \
portfolios without a window. *Marks* are acceptances times the portfolios
that they concern. *Longest turn* is how long the event loop did not come round. At the end each portfolio's newest publication was \
compared with that of a fresh ledger which had seen
the newest results only: the same run, inputs and weights for all, or the benchmark fails.

${names.map((name) => stormFaults(stormNames[name], storms[name])).join('\n')}`;
}
