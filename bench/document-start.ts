import { barText, grouped, table } from './document-sections.ts';
import type { StartBarsRun, StartRow } from './start-bars.ts';

const times = (ratio: number): string => `${ratio.toFixed(2)}x`;
const megabytes = (amount: number): string => `${grouped(amount)} MB`;

function bars({ ratio, ratioMax, peakMegabytes, megabytesMax }: StartRow): string {
  return [
    ...(ratioMax === null ? [] : [barText(ratio <= ratioMax, `at most ${ratioMax}x`)]),
    ...(megabytesMax === null ? [] : [barText(peakMegabytes < megabytesMax, `below ${megabytesMax} MB`)]),
  ].join('; ');
}

/** Short commands of the shipped build against bare Node. */
export function startBarsSection(run: StartBarsRun | null): string {
  const title = '## A command that starts at once';
  if (run === null) return `${title}\n\nNot measured yet: \`npm run bench -- --start\`.`;
  const { measuredAt, commit, machine, figures } = run;
  const { node, rows, events, rounds } = figures;
  return `${title}

Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit \`${commit.slice(0, 12)}\`, ${machine.cpu}, ${machine.cores} cores, Node \
${machine.node}, load average ${machine.load.toFixed(1)}.

${table(
  ['command', 'processor time', 'of bare Node', 'peak resident memory', 'bar'],
  [
    ['`node --eval 0`', `${node.cpuMs.toFixed(0)} ms`, '1.00x', megabytes(node.peakMegabytes), ''],
    ...rows.map((row) => [`\`${row.command}\``, `${row.cpuMs.toFixed(0)} ms`, times(row.ratio), megabytes(row.peakMegabytes), bars(row)]),
  ],
)}

The build as it is shipped, without a compile cache where Node has none (before 22). ${rounds} rounds, each command once a round and bare \
Node among them; medians of processor time, user and system, which a busy machine moves less than the time by the clock. The ledger has
${grouped(events)} events and read models that are up to date; \`flow production\` has 48 columns of 500 rows, three times.`;
}
