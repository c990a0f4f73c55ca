import { barText, grouped, ms, ratioText, table, tiny } from './document-sections.ts';
import { kindNames, solverNames } from './growth-drawing.ts';
import { loadMax } from './machine.ts';
import type { Timing } from './measure.ts';
import { type Solver, solverCases, type SolverPeer, solverPeers, solvers } from './solver-cases.ts';
import { countsAsEqual, fastestOf } from './solver-gap.ts';
import type { PeerOutcome, SolverOutcome, SolverRow, SolverRun } from './solver-results.ts';

const peerNames: Readonly<Record<SolverPeer, string>> = {
  clarabel: 'Clarabel',
  skfolio: 'skfolio',
  pyportfolioopt: 'PyPortfolioOpt',
  pyportfoliooptClarabel: 'PyPortfolioOpt with Clarabel',
  riskfolio: 'Riskfolio-Lib',
};

/** Of the medians or of the fastest repetitions, whichever is less. */
function ratioOf(own: Timing | null, theirs: Timing | null | undefined): number | null {
  if (own === null || theirs === null || theirs === undefined) return null;
  return Math.min(theirs.medianMs / own.medianMs, theirs.minMs / own.minMs);
}

const gapText = (gap: number | null): string => (gap === null ? '' : ` (${tiny(Math.max(0, gap))})`);

function cell(solver: Solver, { timing, gap, failure }: SolverOutcome): string {
  if (timing === null) return failure!.replaceAll('|', '/');
  const text = `${ms(timing.medianMs)} ms${gapText(gap)}`;
  return gap !== null && countsAsEqual(solver, gap) ? text : `*${text}*`;
}

/** A row is met by an answer as good as any, at the ratio asked for; without any peer that solves it there is nothing to be faster than. */
function judged(row: SolverRow, ratio: number | null): string {
  const isSolved = row.own.timing !== null && row.own.gap !== null && countsAsEqual(row.solver, row.own.gap);
  if (!isSolved) return barText(false, `${row.bar}x`);
  return ratio === null ? 'no peer' : barText(ratio >= row.bar, `${row.bar}x`);
}

const ratioCell = (ratio: number | null): string => (ratio === null ? '' : ratioText(ratio));

function comparisonOf(row: SolverRow, timeOf: (outcome: PeerOutcome) => Timing | null): { name: string; ratio: number | null } {
  const fastest = fastestOf(row, timeOf);
  return { name: fastest === null ? '' : peerNames[fastest.peer], ratio: ratioOf(row.own.timing, fastest?.timing) };
}

function rowCells(row: SolverRow, peers: readonly SolverPeer[]): string[] {
  const one = comparisonOf(row, ({ timing }) => timing);
  const two = comparisonOf(row, ({ twoThreads }) => twoThreads);
  return [
    `${kindNames[row.kind]}, n = ${grouped(row.columns)}${row.cap === null ? '' : `, cap ${row.cap * 100} %`}`,
    row.held === null ? '' : grouped(row.held),
    cell(row.solver, row.own),
    ...peers.map((peer) => {
      const outcome = row.peers[peer];
      return outcome === undefined ? '' : cell(row.solver, outcome);
    }),
    one.name,
    one.ratio === null ? '' : `**${ratioText(one.ratio)}**`,
    judged(row, one.ratio),
    ratioCell(two.ratio),
  ];
}

function solverTable(solver: Solver, rows: readonly SolverRow[]): string {
  const peers = solverPeers.filter((peer) => rows.some((row) => row.peers[peer] !== undefined));
  return `### ${solverNames[solver][0]!.toUpperCase()}${solverNames[solver].slice(1)}

${table(
  [
    'data',
    'held',
    'sleeve-ledger (gap)',
    ...peers.map((peer) => `${peerNames[peer]} (gap)`),
    'fastest',
    'ratio',
    'bar',
    'ratio, two threads',
  ],
  rows.map((row) => rowCells(row, peers)),
)}`;
}

/** The rows that have bars of their own: each names its peer. */
function headlines(rows: readonly SolverRow[]): string[][] {
  const shown: [string, SolverPeer, SolverRow][] = rows.flatMap((row): [string, SolverPeer, SolverRow][] => {
    if (row.solver === 'minVarianceCapped' && row.kind === 'fiveFactors' && row.columns === 500)
      return [['minimum variance, five factors, n = 500, cap 5 %', 'clarabel', row]];
    if (row.columns > 1000) return [[`HRP, five factors, n = ${grouped(row.columns)}, T = ${grouped(row.rows)}`, 'skfolio', row]];
    return [];
  });
  return shown.map(([name, peer, row]) => {
    const outcome = row.peers[peer]!;
    const ratio = ratioOf(row.own.timing, outcome.timing);
    return [
      name,
      cell(row.solver, row.own),
      peerNames[peer],
      cell(row.solver, outcome),
      ratioCell(ratio),
      judged(row, ratio),
      ratioCell(ratioOf(row.own.timing, outcome.twoThreads)),
    ];
  });
}

function summary(rows: readonly SolverRow[]): string {
  const judgements = rows.map((row) => judged(row, comparisonOf(row, ({ timing }) => timing).ratio));
  const met = judgements.filter((text) => text.endsWith('met')).length;
  const missed = judgements.filter((text) => text.endsWith('missed')).length;
  const alone = rows.length - met - missed;
  return `${met} of ${rows.length} rows meet their bar, ${missed} miss it${alone === 0 ? '' : `, ${alone} have no peer that solves them`}.`;
}

/** Every solver on every kind of data. */
export function solverSection(run: SolverRun | null): string {
  const title = '## Every solver on every kind of data';
  if (run === null) return `${title}\n\nNot measured yet: \`npm run bench -- --solvers\`.`;
  const { measuredAt, commit, machine, versions, rows } = run;
  const busy =
    machine.load > loadMax
      ? ` **The machine was busy** (load average ${machine.load.toFixed(1)}): ratios may move by more than a tenth or two.`
      : '';
  const isPart = rows.length < solverCases(false).length;
  const partly = isPart ? ' **Measured in part**: the large cases are missing.' : '';
  return `${title}

Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit \`${commit.slice(0, 12)}\`, ${machine.cpu}, ${machine.cores} cores, Node \
${machine.node}; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.${busy}${partly}

![Time against the number of columns, one panel a solver](benchmarks-growth.svg)

${summary(rows)}

${table(
  ['row with a bar of its own', 'sleeve-ledger (gap)', 'peer', 'peer takes (gap)', 'ratio', 'bar', 'ratio, two threads'],
  headlines(rows),
)}

${solvers
  .map((solver) =>
    solverTable(
      solver,
      rows.filter((row) => row.solver === solver),
    ),
  )
  .join('\n\n')}

${method}`;
}

const method = `Both sides read the same raw doubles: returns simulated from a seed (T = 2n days, at least 1,000), and for the programs \
their yearly sample moments, which are given and not timed. HRP starts from
returns. *One factor*: a market with betas around 1 and little risk of the columns' own. *Five factors*: betas of either sign and much \
risk of their own, so that most columns are held. *Independent*: nothing in common. *Near-copies*:
groups of five columns that are one another but for a hundredth to a thousandth of their deviation, over one market. *Held* are the \
weights above a millionth.

Every peer is called through its public function: Clarabel through its Python interface with matrices that it takes as they are, the \
others as their guides do. Each has a process of its own and one thread
(\`OPENBLAS_NUM_THREADS\`, \`OMP_NUM_THREADS\` and their like, Clarabel's \`max_threads\`). *Two threads* is the ratio to the fastest peer \
with two; peers that take more than twice the fastest with one are not asked again, for two threads
halve a time at best, and neither is work of more than 10 s. This side has one thread in both columns. PyPortfolioOpt is measured with \
OSQP, which it takes by default, and with \
Clarabel, and knows the plain leaf order only; skfolio knows the optimal one only.

Times are medians of three to 100 repetitions within 0.4 s (work of more than a second is repeated until 4 s are spent, so that slower \
work runs once; a peer is stopped after 60 s, at n = 2,000 after 600 s). A ratio is that of the medians or that of the fastest repetitions,
whichever is less. *Gap* is the distance from the optimum: for minimum variance the excess of the variance over the least that any side \
found, for maximum Sharpe that of the inverse ratio, for equal risk
contribution the largest deviation of a contribution as a share of the mean one, for HRP, a closed form, the largest difference of a \
weight between the sides. Peers have tolerances of 1e-10 where their defaults leave
more. An answer in *italics* is further from the optimum than 1e-7 (contributions: 1e-4, of which the square counts in the objective; \
HRP: 1e-9) and is no contender for the fastest. Weights of peers are first put within their bounds and to the sum of one.`;
