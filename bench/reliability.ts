import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { jestArguments } from './jest-command.ts';
import { mutantHeading } from './mutation/document.ts';
import { sectionOf, withSection } from './page-section.ts';
import { judgeSabotages, sabotageHeading, sabotageSection } from './sabotage.ts';

/**
 * Runs the fault, abuse and truth tests and writes their figures to docs/reliability.md. `npm run reliability` as the suite has them,
 * `npm run reliability -- --long` with the trials of a night's run, `-- --sabotage` what was done wrong on purpose.
 * `--from FIGURES REPORT` takes what a run of the suite has left: its FIGURES_FILE and jest's JSON report.
 */

interface Figures {
  readonly test: string;
  readonly seed: number | null;
  readonly trials: number;
  readonly [figure: string]: unknown;
}

const long = process.argv.includes('--long');
const environment = long ? { FAULT_TRIALS: '1000', PROPERTY_RUNS: '10000' } : {};
const command = long ? 'npm run reliability -- --long' : 'npm run reliability';
const pageFile = 'docs/reliability.md';

function linesOf(file: string): Figures[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Figures);
}

/** Tests whose figure is that all of them hold: by the place or the name that they carry. */
const counted: readonly (readonly [label: string, file: RegExp, name: RegExp])[] = [
  ['C3 decision table of the stores (memory, SQLite, EventStoreDB client)', /test\/infra\//, /decision table of append/],
  ['C4 redelivery of every command, on memory and SQLite', /test\//, /redelivery/],
  ['C4 every message twice, five times, in any order', /test\/handlers\/intake\//, /C4|twice|five times/],
  ['C5 results in any order', /test\/handlers\/intake\//, /C5|order/],
  ['C6 poison', /test\/handlers\/intake\//, /C6|poison/i],
  ['C12 an EventStoreDB that misbehaves', /test\/infra\/eventstoredb\/(?:misbehaviour|groups|traps|group-traps)/, /./],
  ['C7-C9 the Kafka adapter and a real broker', /test\/infra\/kafka\//, /./],
  ['A4 HTTP abuse', /test\/fault\/http-abuse/, /./],
  ['I4 split view', /test\/domain\/audit\//, /split view/],
  [
    'I6 vectors: RFC 6962, RFC 8785, RFC 8032, C2SP',
    /test\/(domain\/(audit\/(merkle|signed-note|checkpoint)|shared\/canonical-json)|infra\/crypto)/,
    /./,
  ],
  ['A2 path traversal', /test\/fault\/import-paths/, /./],
  ['A3 parquet and JSON bombs', /test\/fault\/(?:import-(?:parquet|text)|parsing-process)/, /./],
  ['P2 order changes no byte', /test\//, /P2:|order of sleeves|column order|permutation/i],
  ['P3 nested portfolios', /test\//, /P3:|nest/i],
  ['P4 bounded simplex', /test\/property\/risk-bounds/, /./],
  ['P5 optimisers against peers and papers', /test\/domain\/risk\//, /./],
  ['P5 the whole job against a second implementation', /test\/oracle\//, /./],
  ['P6 deciders', /test\/domain\/(sleeve|meta)\/decider/, /./],
  ['P8 projections: prefix and rest, rebuild, known-at', /test\/projections\//, /./],
  ['bad input, interruption, full disk, two processes', /test\/fault\/cli-/, /./],
  ['attack: a takeover without the key', /test\/attack\/(?:takeover|key-file)/, /./],
  ['attack: rows of every table edited', /test\/attack\/(?:rows)/, /./],
  ['attack: edited read models and decisions', /test\/attack\/(?:read-models)/, /./],
  ['attack: exports and bundles that lack or exchange something', /test\/attack\/(?:exports)/, /./],
  ['attack: a witness that is missing, forked, replaced or away', /test\/attack\/(?:witness-path|remote-witness|git-witness)/, /./],
  ['attack: a witness server under attack', /test\/attack\/(?:witness-server)/, /./],
  ['attack: outputs onto ledgers, keys and checkpoints', /test\/attack\/(?:files-overwritten)/, /./],
  ['attack: a store deleted or replaced under a worker', /test\/attack\/(?:store-replaced)/, /./],
  ['attack: people who are one person', /test\/attack\/(?:maker-checker|claimed-names)/, /./],
  ['attack: weights of another size', /test\/attack\/(?:weights)/, /./],
  ['attack: clocks years ahead', /test\/attack\/(?:clock)/, /./],
  ['attack: ledger time and corrections', /test\/attack\/(?:known-at)/, /./],
  ['attack: bombs in files, manifests, exports and texts', /test\/attack\/(?:bombs)/, /./],
  ['attack: signals during hostile imports', /test\/attack\/(?:hostile-imports)/, /./],
  ['attack: floods of letters', /test\/attack\/(?:letters-flood)/, /./],
  ['attack: erasure of letters', /test\/attack\/(?:erasure)/, /./],
  ['attack: letters that circle', /test\/attack\/(?:topics-that-loop)/, /./],
  ['attack: hostile text in every verb', /test\/attack\/(?:hostile-text)/, /./],
  ['attack: credentials and hosts', /test\/attack\/(?:hosts-and-credentials)/, /./],
];

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function countedTests(report: JestReport): Figures[] {
  return counted.map(([test, file, name]) => {
    const found = report.testResults
      .filter((suite) => file.test(suite.name))
      .flatMap((suite) => suite.assertionResults.filter(({ fullName }) => name.test(fullName)));
    const of = (status: string): number => found.filter((result) => result.status === status).length;
    return { test, seed: null, trials: found.length, passed: of('passed'), failed: of('failed'), skipped: of('pending') };
  });
}

function ofARun(figuresFile: string, reportFile: string): Figures[] {
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport & { readonly numFailedTests: number };
  const figures = linesOf(figuresFile);
  const tests = countedTests(report);
  if (report.numFailedTests > 0) throw new Error('a test failed: no figures are written');
  if (figures.length === 0 || tests.some(({ trials }) => trials === 0))
    throw new Error(`no figure was reported by ${tests.find(({ trials }) => trials === 0)?.test ?? 'any test'}`);
  return [...figures, ...tests];
}

function measured(): Figures[] {
  const folder = mkdtempSync(join(tmpdir(), 'sleeve-ledger-figures-'));
  const figuresFile = join(folder, 'figures.jsonl');
  const results = join(folder, 'jest.json');
  const jest = [...jestArguments, '-w', '1', '--json', '--outputFile', results];
  const run = spawnSync(process.execPath, jest, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment, FIGURES_FILE: figuresFile },
  });
  if (run.status !== 0) throw new Error('a test failed: no figures are written');
  const figures = ofARun(figuresFile, results);
  rmSync(folder, { recursive: true });
  return figures;
}

/** Lines measured by hand take the place of the suite's lines of the same test. */
function withMeasuredByHand(suite: readonly Figures[]): Figures[] {
  const at = process.argv.indexOf('--with');
  if (at < 0) return [...suite];
  const byHand = linesOf(process.argv[at + 1]!);
  const replaced = new Set(byHand.map(({ test }) => test));
  return [...suite.filter(({ test }) => !replaced.has(test)), ...byHand];
}

function shown(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(3)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function page(all: readonly Figures[]): string {
  const rows = all
    .toSorted((left, right) => (left.test < right.test ? -1 : left.test > right.test ? 1 : 0))
    .map(
      ({ test, seed, trials, ...figures }) =>
        `| ${test} | ${trials} | ${seed ?? ''} | ${Object.entries(figures)
          .map(([name, value]) => `${name} ${shown(value)}`)
          .join(', ')
          .replaceAll('|', '\\|')} |`,
    );
  return `<!-- Generated by \`${command}\`. -->
# Reliability

What was injected, how often, and what came of it. Each row is one line of a test's own figures; the bar of every row is asserted by the \
test. Reproduce with
\`${command}\`, or one test with \`SEED=... FAULT_TRIALS=... npm run jest -- test/fault/NAME\`. Measured on \
${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), \
${Math.round(totalmem() / 2 ** 30)} GiB.

| test | trials | seed | figures |
|---|---|---|---|
${rows.join('\n')}

P7 (upcasters) has nothing to measure yet: no event version has been retired.

Not claimed from such a machine: power loss, for a virtual disk may lie about flushes.

${keptSections()}`;
}

/** Sabotages and mutants are judged by themselves: their sections stay as they are. */
function keptSections(): string {
  const before = existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '';
  return [sabotageHeading, mutantHeading].map((heading) => sectionOf(before, heading)).join('\n');
}

function sabotage(): void {
  const word = process.argv[process.argv.indexOf('--sabotage') + 1] ?? null;
  const all = judgeSabotages(word);
  const before = readFileSync(pageFile, 'utf8');
  writeFileSync(pageFile, withSection(before, sabotageHeading, sabotageSection(all, sectionOf(before, sabotageHeading))));
  if (all.some(({ outcome }) => outcome === 'NOT CAUGHT')) process.exitCode = 1;
}

if (process.argv.includes('--sabotage')) sabotage();
else {
  const from = process.argv.indexOf('--from');
  const suite = from < 0 ? measured() : ofARun(process.argv[from + 1]!, process.argv[from + 2]!);
  writeFileSync(pageFile, page(withMeasuredByHand(suite)));
}
