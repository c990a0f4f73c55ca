/**
 * `npm run mutate -- [--half domain|handlers] [--mutants N] [--seed N] [--suites N] [--out FILE]`: draws mutants of each half of the
 * sources, runs the nearest suites of `npm test` on each, and writes what was noticed and what survived to docs/reliability.md.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { withSection } from '../page-section.ts';
import { type HalfResult, type Judged, mutantHeading, mutantSection } from './document.ts';
import { createNearestTests } from './nearest-tests.ts';
import type { Docket } from './judge.ts';
import { drawMutants, type Half, halves, keyOf, type Mutant } from './sample.ts';

const { values } = parseArgs({
  options: {
    half: { type: 'string' },
    mutants: { type: 'string' },
    seed: { type: 'string' },
    suites: { type: 'string' },
    out: { type: 'string' },
  },
});
const count = Number(values.mutants ?? 400);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const suitesMax = Number(values.suites ?? 24);
const scratch = '.stryker-tmp';
const pageFile = 'docs/reliability.md';

/** A range of Stryker's, which counts lines from 1. */
const rangeOf = ({ file, start, end }: Mutant): string => `${file}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;

interface StrykerResult extends Omit<Mutant, 'file' | 'start' | 'end'> {
  readonly id: string;
  readonly fileName: string;
  readonly location: Pick<Mutant, 'start' | 'end'>;
  readonly status: Judged['status'];
}

const place = ({ line, column }: Mutant['start']): Mutant['start'] => ({ line: line - 1, column: column - 1 });

/** Stryker's own results name files by whole paths, and count lines and columns from 1. */
function asMutant({ fileName, mutatorName, replacement, location: { start, end } }: StrykerResult): Mutant {
  return { file: relative(process.cwd(), fileName), mutatorName, replacement, start: place(start), end: place(end) };
}

async function stryker(half: Half, drawn: readonly Mutant[], command: string, reporters: string[]): Promise<StrykerResult[]> {
  const options: PartialStrykerOptions = {
    mutate: drawn.map(rangeOf),
    testRunner: 'command',
    commandRunner: { command },
    reporters,
    tempDirName: `${scratch}-${half}`,
    cleanTempDir: 'always',
    // Neither the sources that are compared as text nor what builds have left is copied.
    ignorePatterns: ['dist', 'coverage'],
    // It would be rewritten by an interface that the compiler in use no longer has; nothing outside the sandbox is named in it.
    tsconfigFile: 'none',
    disableTypeChecks: false,
    concurrency: 2,
    timeoutFactor: 0,
    timeoutMS: 300_000,
    dryRunTimeoutMinutes: 60,
    allowConsoleColors: false,
  };
  return (await new Stryker(options).runMutationTest()) as unknown as StrykerResult[];
}

async function judge(half: Half): Promise<HalfResult> {
  const { drawn, of } = await drawMutants(half, count, seed);
  const nearest = createNearestTests();
  const wanted = new Set(drawn.map(keyOf));
  const isDrawn = (result: StrykerResult): boolean => wanted.has(keyOf(asMutant(result)));
  // Ranges hold other mutants beside the drawn. The first pass runs no test: it is asked how Stryker numbers them.
  const numbered = (await stryker(half, drawn, 'true', [])).filter(isDrawn);
  const suites = Object.fromEntries(numbered.map((result) => [result.id, nearest(asMutant(result).file, suitesMax)]));
  const docket = resolve(`${scratch}-${half}.json`);
  writeFileSync(docket, JSON.stringify({ suites } satisfies Docket));
  const command = `node --import tsx bench/mutation/judge.ts ${docket}`;
  const judged = (await stryker(half, drawn, command, ['progress-append-only']))
    .filter(isDrawn)
    .map((result) => ({ ...asMutant(result), status: result.status, suites: suites[result.id]!.length }));
  rmSync(docket);
  if (judged.length !== drawn.length) throw new Error(`${drawn.length} mutants were drawn and ${judged.length} judged`);
  return { half, seed, of, suitesMax, judged };
}

const asked = values.half === undefined ? (Object.keys(halves) as Half[]) : [values.half as Half];
const results: HalfResult[] = [];
for (const half of asked) results.push(await judge(half));
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
const section = mutantSection(results, new Date().toISOString().slice(0, 10), commit);
if (values.out === undefined) writeFileSync(pageFile, withSection(readFileSync(pageFile, 'utf8'), mutantHeading, section));
else writeFileSync(values.out, section);
