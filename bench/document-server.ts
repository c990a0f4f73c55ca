import { barText, grouped, ms, table } from './document-sections.ts';
import type { Percentiles } from './percentiles.ts';
import type { ServerRun } from './results.ts';

const resultsMin = 200;
const publishedMsMax = 30;
const lagMsMax = 250;

const cells = ({ p50Ms, p99Ms, msMax }: Percentiles): string[] => [ms(p50Ms), ms(p99Ms), ms(msMax)];

/** What the storm and the single results came to on a server. */
export function serverSection(run: ServerRun | null): string {
  const title = '### On an EventStoreDB';
  if (run === null) return `${title}\n\nNot measured yet: \`npm run bench -- --server\`.`;
  const { measuredAt, commit, machine, storm, latency } = run;
  const { bare, calls, messages, tally } = storm;
  const each = (count: number): string => (count / messages).toFixed(1);
  const place = `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)}, Node ${machine.node}`;
  return `${title}

Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit \`${commit.slice(0, 12)}\`, ${place}. The server is \
a fake one in a process of its own that answers an append after 2 ms and a read after 1 ms, as a real one on the same machine did; \
calls that are under way together wait together.

${table(
  ['from, to', 'p50, ms', 'p99, ms', 'longest, ms', 'bar'],
  [
    ['result handed to the intake, to accepted', ...cells(latency.takeIn), ''],
    [
      '**accepted, to allocation published**',
      ...cells(latency.toPublication),
      barText(latency.toPublication.p99Ms < publishedMsMax, `p99 below ${publishedMsMax} ms`),
    ],
  ],
)}

${table(
  ['storm', 'measured', 'bar'],
  [
    [
      'results taken in a second, while portfolios are allocated',
      grouped(storm.resultsPerSecond),
      barText(storm.resultsPerSecond >= resultsMin, `at least ${resultsMin}`),
    ],
    ['lag p50 / p99', `${ms(storm.lagP50Ms)} / ${ms(storm.lagP99Ms)} ms`, barText(storm.lagP99Ms < lagMsMax, `p99 below ${lagMsMax} ms`)],
    ['the bare client, one append at a time', `${grouped(bare.oneAtATime)} appends/s`, ''],
    [`the bare client, ${bare.inFlight} appends in flight`, `${grouped(bare.together)} appends/s`, ''],
    ['appends a result, with what its publications append', each(calls.append + calls.batched), ''],
    ['- of those by a call of their own', each(calls.append), ''],
    ['reads a result, with what its publications read', each(calls.read), ''],
    ['processor time a result', `${storm.processorMsPerResult.toFixed(1)} ms`, ''],
    ['marks / looks / publications', `${grouped(storm.marks)} / ${grouped(storm.looks)} / ${grouped(storm.publications)}`, ''],
    ['peak memory', `${grouped(storm.peakMegabytes)} MB`, ''],
  ],
)}

${grouped(messages)} results; ${grouped(tally.accepted)} runs accepted, ${tally.acceptedTwice} accepted twice, \
${tally.allocatedTwice} allocated twice, ${tally.backwards} publications backwards, ${storm.faults} faults in \`ledger verify\`. \
Every portfolio came to what it came to in a fresh ledger which had seen the newest results only.`;
}
