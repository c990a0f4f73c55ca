import { backtestSection } from './document-backtest.ts';
import { appendSection, comparisonSection, kernelSection, ledgerSection, memorySection, startSection } from './document-sections.ts';
import { combinationSection } from './document-combination.ts';
import { selectionSection } from './document-selection.ts';
import { executionSection } from './document-execution.ts';
import { startBarsSection } from './document-start.ts';
import { reactionSection } from './document-reaction.ts';
import { apiSection } from './api/document.ts';
import { serverSection } from './document-server.ts';
import { scaleSection } from './document-scale.ts';
import { solverSection } from './document-solvers.ts';
import { loadMax } from './machine.ts';
import type { Results, Run } from './results.ts';

function day(run: Pick<Run, 'measuredAt'>): string {
  return run.measuredAt.slice(0, 16).replace('T', ' ') + ' UTC';
}

function machineOf({ machine }: Pick<Run, 'machine'>): string {
  return (
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes.toFixed(0)} GB, ${machine.system}, Node ${machine.node} ` +
    `(V8 ${machine.v8})`
  );
}

const versionsOf = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

function conditions({ newest, compared }: Results): string {
  const lines = [
    `- This side: ${day(newest)}, commit \`${newest.commit.slice(0, 12)}\`; ${machineOf(newest)}; load average ` +
      `${newest.machine.load.toFixed(2)} when the run began.`,
    `- Libraries: ${versionsOf(newest.versions)}, SQLite ${newest.append.sqlite}; files on ${newest.append.fileSystem}.`,
  ];
  if (compared === null) lines.push('- Peers: not measured yet.');
  else {
    const note =
      compared.measuredAt === newest.measuredAt
        ? 'in the same run'
        : `earlier, with this side as it then was: ${day(compared)}, commit \`${compared.commit.slice(0, 12)}\`; ${machineOf(compared)}`;
    lines.push(
      `- Peers: measured ${note}; ${versionsOf(compared.peers!.versions)}; threads left at their defaults ` +
        `(${compared.peers!.threads.join(', ')}). This side computes on one thread.`,
    );
  }
  const busiest = Math.max(newest.machine.load, compared?.machine.load ?? 0);
  if (busiest > loadMax)
    lines.push(
      `- **The machine was busy** (load average ${busiest.toFixed(1)}): medians, above all those of the peers, whose linear algebra ` +
        `shares the cores, are worse than on an idle one.`,
    );
  return lines.join('\n');
}

/** `docs/benchmarks.md`, from the stored results alone. */
export function benchmarksDocument(results: Results): string {
  const {
    newest,
    compared,
    reaction,
    scale,
    solvers,
    execution,
    server = null,
    backtest = null,
    combinations = null,
    selection = null,
    api = null,
    startBars = null,
  } = results;
  const sections = [
    comparisonSection(compared),
    solverSection(solvers),
    combinationSection(combinations),
    kernelSection(newest),
    executionSection(execution),
    appendSection(newest.append),
    ledgerSection(newest.ledger),
    startSection(newest.start),
    startBarsSection(startBars),
    memorySection(newest, compared),
    reactionSection(reaction),
    serverSection(server),
    ...(api === null ? [] : [apiSection(api)]),
    scaleSection(scale),
    ...(backtest === null ? [] : [backtestSection(backtest)]),
    ...(selection === null ? [] : [selectionSection(selection)]),
  ];
  return `# Benchmarks

Written by \`npm run bench\`, not by hand. \`npm run bench -- --peers\` makes \`.bench-venv\` with the Python peers in the versions of
\`bench/requirements.txt\` and measures them as well (or set \`ORACLE_PYTHON\`); without them their last figures are kept, together with
this side's of the same run. \`npm run bench -- --compare\` writes nothing and fails when a figure is a fifth worse than the stored one of \
the same machine.
\`npm run bench -- --reaction\` measures the way from a result to its publication, and that alone;
\`npm run bench -- --server\` the same on an EventStoreDB, and that alone;
\`npm run bench -- --start\` what a short command takes beside bare Node, and that alone;
\`npm run bench -- --scale\` ledgers of up to a million events, and that alone (\`--scale-part\`: of up to a hundred thousand);
\`npm run bench -- --solvers\` every solver on every kind of data beside the Python peers, and that alone (\`--solvers-part\`: of up to a \
hundred columns);
\`npm run bench -- --execution\` paths of weights and overlays, and that alone;
\`npm run bench -- --combinations\` the allocator beside general solvers, and that alone;
\`npm run bench -- --selection\` selections beside NumPy and SciPy on one core, and that alone;
\`npm run bench -- --api\` the HTTP API, its readers and its page beside a worker, and that alone.

${conditions(results)}

Method: each section runs in a process of its own, one after the other. Work is run a few times unmeasured (that of a few \
milliseconds 50 times) and then repeated; tables give the median, with the fastest and slowest repetition in brackets. A ratio divides \
medians. Figures are of one machine and move by a tenth or two between runs.

${sections.join('\n\n')}
`;
}
