import { median, type Timing } from './measure.ts';
import { dataSets } from './returns.ts';
import type { AppendContender, AppendFigures, Comparison, KernelCase, LedgerFigures, Peer, Run, StartFigures } from './results.ts';

const labels: Readonly<Record<KernelCase, string>> = {
  hrp20: 'HRP, n = 20, T = 2263, from returns',
  hrp20Plain: 'HRP with the plain leaf order, n = 20, from returns',
  hrp500: 'HRP, n = 500, T = 1000, from returns',
  hrp500Plain: 'HRP with the plain leaf order, n = 500, from returns',
  riskParity500: 'equal risk contribution, n = 500, from returns',
  riskParity500Given: 'equal risk contribution, n = 500, covariance given',
  minVariance500: 'minimum variance, n = 500, from returns',
  minVariance500Given: 'minimum variance, n = 500, covariance given',
  walkForwardMinVariance: 'walk-forward, minimum variance',
  walkForwardHrp: 'walk-forward, HRP',
  walkForwardRiskParity: 'walk-forward, equal risk contribution',
};

const peerNames: Readonly<Record<Peer, string>> = { skfolio: 'skfolio', pyportfolioopt: 'PyPortfolioOpt' };

/** Least ratios that the project holds itself to. */
const bars: Readonly<Record<Peer, Partial<Record<KernelCase, number>>>> = {
  skfolio: {
    hrp20: 30,
    hrp500: 25,
    riskParity500: 45,
    riskParity500Given: 40,
    walkForwardMinVariance: 100,
    walkForwardHrp: 250,
    walkForwardRiskParity: 100,
  },
  pyportfolioopt: { minVariance500: 3.5 },
};
const bareShareMin = 0.75;
const verifiedPerSecondMin = 150_000;

export const grouped = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
export const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : grouped(value));
const spread = (timing: Timing): string => `${ms(timing.medianMs)} ms (${ms(timing.minMs)} - ${ms(timing.maxMs)})`;
export const tiny = (value: number): string => (value === 0 ? '0' : value.toExponential(0));
export const ratioText = (ratio: number): string => `${ratio >= 20 ? ratio.toFixed(0) : ratio.toFixed(1)}x`;
export const barText = (met: boolean, text: string): string => `${text}: ${met ? 'met' : 'missed'}`;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function missText({ miss }: Comparison): string {
  return miss === null ? 'closed form' : `${tiny(Math.max(0, miss.ours))} / ${tiny(Math.max(0, miss.theirs))}`;
}

function comparisonRow(run: Run, comparison: Comparison): string[] {
  const { kernel, peer, timing, largestGap } = comparison;
  const own = run.kernels.timings[kernel];
  const ratio = timing.medianMs / own.medianMs;
  const ofFastest = timing.minMs / own.minMs;
  const bar = bars[peer][kernel];
  return [
    labels[kernel],
    peerNames[peer],
    spread(own),
    spread(timing),
    `**${ratioText(ratio)}**`,
    ratioText(ofFastest),
    bar === undefined ? '' : barText(Math.min(ratio, ofFastest) >= bar, `${bar}x`),
    tiny(largestGap),
    kernel.startsWith('walkForward') ? 'per window' : missText(comparison),
  ];
}

export function comparisonSection(compared: Run | null): string {
  const intro = '## Kernels against skfolio and PyPortfolioOpt';
  if (compared === null) return `${intro}\n\nNot measured yet: \`npm run bench -- --peers\`.`;
  const { small, large } = dataSets;
  return `${intro}

${table(
  ['work', 'peer', 'sleeve-ledger', 'peer takes', 'ratio', 'of the fastest', 'bar', 'largest gap', 'miss, ours / theirs'],
  compared.peers!.comparisons.map((comparison) => comparisonRow(compared, comparison)),
)}

Both sides read the same file of simulated returns (seeds ${small.seed} and ${large.seed}: one market, five sectors, own noise) and \
estimate the sample covariance
without shrinkage or ridge (a bar counts as met when the ratio of the medians and that of the fastest repetitions both reach it); the \
default estimator here, Ledoit-Wolf, costs this side about 1 ms more at n = 500. *Largest gap* is the greatest absolute
difference between any two weights, in a walk-forward between any two weights of any window or any two daily out-of-sample returns. The \
benchmark
fails when it exceeds 1e-9 (HRP) or 5e-3 (programs, whose peers stop at their solvers' tolerances). *Miss* says who is nearer to the \
optimum: for equal risk contribution
the largest deviation of a contribution from 1/n, as a share of 1/n; for minimum variance the volatility in excess of the least found \
here, as a share of it.

What the ratios compare: the time from returns in memory (a DataFrame there, a Float64Array here) to weights, through each library's \
public function, checks
included: here the certificate with its condition number, there the validation of estimators and models. *Covariance given* leaves \
estimation out on both
sides (skfolio is handed its own moments through a prior that does nothing; PyPortfolioOpt takes a matrix).
HRP is Ward linkage on d = sqrt((1 - correlation) / 2), with the optimal leaf order against skfolio and with the plain one against
PyPortfolioOpt, which has no other. The walk-forward is 110 windows of 60 training and 20 test days over ${small.columns} columns, \
\`cross_val_predict\` with \`WalkForward\` there, \`walkForward\` with \`solveProfile\` here,
trading back to the target daily and without costs, as skfolio does.

Of equal risk contribution there are two bars, ${bars.skfolio.riskParity500Given}x for the optimisation with the covariance given and \
${bars.skfolio.riskParity500}x from returns: there most of
this side's time is the covariance of 500 columns, 125 million multiplications and additions on one thread, which NumPy hands to its \
linear algebra library.

What they do not compare: other solvers or parallel folds of the peers (\`n_jobs\`), models that only the peers have, their start \
(importing skfolio takes seconds), reading
files, or recording anything. Much of the peers' time is the general modelling that lets them solve far more than these programs; \
PyPortfolioOpt has neither a walk-forward nor equal risk contribution.`;
}

export function kernelSection(run: Run): string {
  return `## Kernels

${table(
  ['work', 'median (fastest - slowest)', 'repetitions'],
  (Object.keys(labels) as KernelCase[]).map((name) => [
    labels[name],
    spread(run.kernels.timings[name]),
    String(run.kernels.timings[name].repetitions),
  ]),
)}`;
}

const contenders: Readonly<Record<AppendContender, string>> = {
  append: 'store port, events encoded beforehand',
  encodeAndAppend: 'store port, encoding included',
  bareSameTable: 'bare better-sqlite3, our table and indexes',
  bareTwoUnique: 'bare better-sqlite3, two unique indexes (stream and revision; id)',
};

function appendRow(figures: AppendFigures, contender: AppendContender): string[] {
  const cell = (mode: 'single' | 'batched'): string[] => {
    const rates = figures.rates[mode][contender];
    const share = median(rates) / median(figures.rates[mode].bareSameTable);
    return [
      `${grouped(median(rates))} (${grouped(Math.min(...rates))} - ${grouped(Math.max(...rates))})`,
      contender === 'bareSameTable' ? '' : `${(share * 100).toFixed(0)} %`,
    ];
  };
  return [contenders[contender], ...cell('single'), ...cell('batched')];
}

export function appendSection(figures: AppendFigures): string {
  const { append, bareSameTable, bareTwoUnique } = figures.rates.single;
  const share = median(append) / Math.max(median(bareSameTable), median(bareTwoUnique));
  return `## Durable appends

${table(
  ['writer', 'one by one, events/s', 'of bare', `in batches of ${figures.batch}, events/s`, 'of bare'],
  (Object.keys(contenders) as AppendContender[]).map((contender) => appendRow(figures, contender)),
)}

Bar: single appends at least ${bareShareMin * 100} % of the faster bare writer. \
${barText(share >= bareShareMin, `${(share * 100).toFixed(0)} %`)}.

Events of ${grouped(figures.meanEventBytes)} bytes, a flush per append (WAL, \`synchronous=FULL\`) for all writers, the same pragmas; \
${figures.rounds} interleaved rounds of ${figures.perRound.single} single and ${grouped(figures.perRound.batched)} batched
events in one process, another writer first in each. The bare writer binds values made beforehand and checks nothing; the port checks the \
batch, the expected revision and the
beginning of the stream and answers with the stored events. Encoding validates the data, derives the ids, writes RFC 8785 text twice to \
prove the round trip, and hashes it.
Not compared: several processes, a full or slow disk, power loss (a virtual disk may acknowledge a flush early).`;
}

export function ledgerSection(figures: LedgerFigures): string {
  const verification = figures.steps.find(({ name }) => name.startsWith('verify the stored'))!;
  const perSecond = (verification.events / verification.timing.medianMs) * 1000;
  return `## Verification and projection

${table(
  ['work', 'events', 'events/s', 'median (fastest - slowest)'],
  figures.steps.map(({ name, events, timing }) => [name, grouped(events), grouped((events / timing.medianMs) * 1000), spread(timing)]),
)}

Bar: stored bytes verified at ${grouped(verifiedPerSecondMin)} events/s or more. \
${barText(perSecond >= verifiedPerSecondMin, `${grouped(perSecond)}/s`)}.

One SQLite file of ${figures.fileMegabytes.toFixed(0)} MB, ${grouped(figures.events)} events of ${grouped(figures.meanEventBytes)} bytes \
in 100 streams, read in pages with the file in the operating system's cache. Verification recomputes both hashes of every
event and compares every column with the bytes; it does not parse the data, and \`ledger verify\` checks artifacts, seals and read models \
besides. The projection decodes and validates every
event; rebuilding also reads and writes one row or two per event, transaction by transaction.`;
}

export function startSection(figures: StartFigures): string {
  return `## Start

${table(
  ['command', 'median (fastest - slowest)'],
  [
    ['`node --eval 0`', spread(figures.node)],
    ['`sleeve-ledger --version`, compiled', spread(figures.compiledVersion)],
    ['`sleeve-ledger --version` from source through tsx', spread(figures.sourceVersion)],
  ],
)}`;
}

export function memorySection(newest: Run, compared: Run | null): string {
  const megabytes = (value: number): string => `${grouped(value)} MB`;
  const rows = [
    ['a process that has loaded the benchmark and does nothing', megabytes(newest.idleMegabytes)],
    ['kernels, all cases', megabytes(newest.kernels.peakMegabytes)],
    [
      `filling, verifying and projecting ${grouped(newest.ledger.events)} events in SQLite`,
      megabytes(newest.ledger.peakMegabytesStreaming),
    ],
    ['the same with all events and an audit log held in memory', megabytes(newest.ledger.peakMegabytes)],
  ];
  if (compared !== null) rows.push(['Python with both peers, all cases', megabytes(compared.peers!.peakMegabytes)]);
  return `## Memory

${table(['section', 'peak resident memory'], rows)}`;
}
