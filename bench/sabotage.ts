import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { jestArguments } from './jest-command.ts';
import type { Sabotage } from './sabotage-kind.ts';
import { sabotages } from './sabotages.ts';

/**
 * `npm run reliability -- --sabotage [WORD]`: does one thing wrong at a time in a copy of the sources, runs the test that has to notice,
 * and says which sabotages were caught. WORD takes those whose row has it. Ends with 1 where one was not caught.
 */

type Outcome = 'caught' | 'NOT CAUGHT' | 'left out';

export interface Judged {
  readonly sabotage: Sabotage;
  readonly outcome: Outcome;
  readonly why: string;
}

const referenceData = resolve('../shared');

/** A copy of what git knows and does not ignore, with the packages of this one, and the reference data beside it. */
function copyOfSources(): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'sleeve-ledger-sabotage-')), 'sources');
  // The kernels are made from their sources, and git does not keep them.
  const asked = [['-co'], ['-oi', 'domain']].map(([flags, ...below]) => ['ls-files', flags!, '--exclude-standard', '-z', ...below]);
  const listed = asked.map((words) => spawnSync('git', words, { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout).join('');
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(file, join(copy, file));
  }
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  if (existsSync(referenceData)) symlinkSync(referenceData, join(dirname(copy), 'shared'));
  return copy;
}

interface JestReport {
  readonly numFailedTests: number;
  readonly numPassedTests: number;
  readonly numFailedTestSuites: number;
}

function jest(copy: string, { test, named, environment }: Sabotage): JestReport | null {
  const report = join(copy, 'jest-report.json');
  rmSync(report, { force: true });
  const names = named === undefined ? [] : ['-t', named];
  const flags = [...jestArguments, '-w', '1', '--json', '--outputFile', report];
  spawnSync(process.execPath, [...flags, ...names, '--', test], {
    cwd: copy,
    stdio: 'ignore',
    timeout: 600_000,
    env: { ...process.env, ...environment },
  });
  return existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as JestReport) : null;
}

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const present: Readonly<Record<NonNullable<Sabotage['needs']>, () => boolean>> = {
  kafka: () => has('java'),
  strace: () => has('strace'),
  python: () => has('python3'),
  'reference data': () => existsSync(referenceData),
};

/** Each test passes as things are, or its failure says nothing. */
function judged(copy: string, sabotage: Sabotage, passing: Map<string, boolean>): Judged {
  const { file, from, to, needs } = sabotage;
  if (needs !== undefined && !present[needs]()) return { sabotage, outcome: 'left out', why: `${needs} is not here` };
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2)
    return {
      sabotage,
      outcome: 'NOT CAUGHT',
      why: 'the text that it changes does not stand in the file once: bring the sabotage up to date',
    };
  const key = JSON.stringify([sabotage.test, sabotage.named, sabotage.environment]);
  if (!passing.has(key)) {
    const report = jest(copy, sabotage);
    passing.set(key, report !== null && report.numPassedTests > 0 && report.numFailedTests + report.numFailedTestSuites === 0);
  }
  if (passing.get(key) !== true) return { sabotage, outcome: 'NOT CAUGHT', why: 'the test does not pass as things are' };
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  try {
    const report = jest(copy, sabotage);
    const failed = report === null ? 0 : report.numFailedTests;
    if (report === null) return { sabotage, outcome: 'caught', why: 'the tests did not come to an end' };
    if (failed === 0 && report.numFailedTestSuites > 0) return { sabotage, outcome: 'NOT CAUGHT', why: 'the sabotaged sources do not run' };
    return failed > 0
      ? { sabotage, outcome: 'caught', why: `${failed} tests failed` }
      : { sabotage, outcome: 'NOT CAUGHT', why: 'every test passed' };
  } finally {
    writeFileSync(path, source);
  }
}

export function judgeSabotages(word: string | null): Judged[] {
  const copy = copyOfSources();
  const passing = new Map<string, boolean>();
  try {
    return sabotages
      .filter(({ row }) => word === null || row.includes(word))
      .map((sabotage) => {
        const found = judged(copy, sabotage, passing);
        process.stderr.write(`${found.outcome}: ${sabotage.row}: ${sabotage.what} (${found.why})\n`);
        return found;
      });
  } finally {
    rmSync(dirname(copy), { recursive: true, force: true });
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

const lineOf = ({ row, what, test }: Sabotage): string => `| ${cell(row)} | ${cell(what)} | ${cell(test)} |`;

/** The section of docs/reliability.md. Sabotages that were not tried now keep what was found before. */
/** What begins the section of the page that sabotages fill. */
export const sabotageHeading = '## Sabotages';

export function sabotageSection(all: readonly Judged[], before: string): string {
  const found = new Map(all.map(({ sabotage, outcome }) => [lineOf(sabotage), outcome as string]));
  const rows = sabotages.map((sabotage) => {
    const line = lineOf(sabotage);
    const kept = before.split('\n').find((old) => old.startsWith(line));
    return { line, outcome: found.get(line) ?? kept?.slice(line.length).replace('|', '').trim() ?? 'not tried' };
  });
  const tried = rows.filter(({ outcome }) => outcome !== 'left out' && outcome !== 'not tried');
  const caught = tried.filter(({ outcome }) => outcome === 'caught');
  return `${sabotageHeading}

What a test is worth shows when the program is wrong. \`npm run reliability -- --sabotage\` does one thing wrong at a time in a copy of \
the sources, and runs the test that has to notice. Caught ${caught.length} of ${tried.length}. What was tried, not noticed and \
exchanged for another is [written down](decisions/0111-a-test-is-sabotaged.md).

| row | what was done | test | outcome |
|---|---|---|---|
${rows.map(({ line, outcome }) => `${line} ${outcome} |`).join('\n')}
`;
}
