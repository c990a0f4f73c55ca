/**
 * `npm run mutate -- [--half domain|handlers] [--mutants N] [--seed N] [--suites N] [--record FILE] [--out FILE]`: draws mutants of each
 * half of the sources, runs the nearest suites of `npm test` on each, and writes what was noticed and what survived to
 * docs/reliability.md. With a record, a run that was interrupted goes on where it was.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withSection } from '../page-section.ts';
import { type HalfResult, type Judged, mutantHeading, mutantSection, survivorRow, isNoticed } from './document.ts';
import { Judge } from './judging.ts';
import { createNearestTests } from './nearest-tests.ts';
import { drawMutants, type Half, halves, keyOf } from './sample.ts';
import { makeSandbox } from './sandbox.ts';

const { values } = parseArgs({
  options: {
    half: { type: 'string' },
    mutants: { type: 'string' },
    seed: { type: 'string' },
    suites: { type: 'string' },
    record: { type: 'string' },
    out: { type: 'string' },
  },
});
const count = Number(values.mutants ?? 400);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const suitesMax = Number(values.suites ?? 24);
const processes = 2;
const pageFile = 'docs/reliability.md';
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

/** What an interrupted run judged, by the key of the mutant; of another seed or commit it says nothing. */
function judgedBefore(run: string): ReadonlyMap<string, Judged> {
  if (values.record === undefined || !existsSync(values.record)) return new Map();
  const lines = readFileSync(values.record, 'utf8').split('\n').slice(0, -1);
  const entries = lines.map((line) => JSON.parse(line) as { readonly run: string; readonly judged: Judged });
  return new Map(entries.filter((entry) => entry.run === run).map(({ judged }) => [keyOf(judged), judged]));
}

async function judgeHalf(half: Half): Promise<HalfResult> {
  const run = `${commit} ${seed} ${suitesMax}`;
  const before = judgedBefore(run);
  const { drawn, of } = await drawMutants(half, count, seed);
  const nearest = createNearestTests();
  const sandbox = await makeSandbox(drawn);
  const waiting = drawn.map((mutant, at) => ({ mutant, at }));
  const judged: Judged[] = [];
  let noticed = 0;
  const work = async (): Promise<void> => {
    const judge = new Judge(sandbox);
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const key = keyOf(next.mutant);
        const suites = nearest(next.mutant.file, suitesMax);
        const told = before.get(key);
        const one = told ?? { ...next.mutant, status: await judge.judge(sandbox.numbers.get(key)!, suites), suites: suites.length };
        judged[next.at] = one;
        if (told === undefined && values.record !== undefined) appendFileSync(values.record, `${JSON.stringify({ run, judged: one })}\n`);
        if (isNoticed(one)) noticed++;
        const done = drawn.length - waiting.length;
        process.stderr.write(`${done} of ${drawn.length}, ${noticed} noticed: ${one.status} ${survivorRow(one)}\n`);
      }
    } finally {
      judge.end();
    }
  };
  try {
    await Promise.all(Array.from({ length: processes }, work));
  } finally {
    sandbox.remove();
  }
  return { half, seed, of, suitesMax, judged };
}

const asked = values.half === undefined ? (Object.keys(halves) as Half[]) : [values.half as Half];
const results: HalfResult[] = [];
for (const half of asked) results.push(await judgeHalf(half));
const section = mutantSection(results, new Date().toISOString().slice(0, 10), commit);
if (values.out === undefined) writeFileSync(pageFile, withSection(readFileSync(pageFile, 'utf8'), mutantHeading, section));
else writeFileSync(values.out, section);
