/**
 * `npm run mutate -- [--half domain|handlers] [--mutants N] [--seed N] [--tiers A,B] [--minutes N] [--record FILE] [--out FILE]`: draws
 * mutants of each half of the sources, runs the suites of CI on them, and writes what was noticed and what survived to docs/reliability.md.
 * With a record, a run that was interrupted goes on where it was; after so many minutes no further suite is begun. `--below FOLDER --suites
 * N` judges the mutants of a folder by the nearest suites alone, and writes no page.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { withSection } from '../page-section.ts';
import { type HalfResult, type Judged, mutantHeading, mutantSection, survivorRow, isNoticed } from './document.ts';
import { noticedAmong } from './group.ts';
import { Judge } from './judging.ts';
import { createNearestTests, isOfNpmTest, tierOrder } from './nearest-tests.ts';
import { drawMutants, type Half, halves, keyOf, type Mutant } from './sample.ts';
import { makeSandbox, type Sandbox } from './sandbox.ts';

const { values } = parseArgs({
  options: {
    half: { type: 'string' },
    below: { type: 'string' },
    mutants: { type: 'string' },
    seed: { type: 'string' },
    suites: { type: 'string' },
    tiers: { type: 'string' },
    minutes: { type: 'string' },
    record: { type: 'string' },
    out: { type: 'string' },
  },
});
const count = Number(values.mutants ?? 400);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const tiers = values.tiers?.split(',') ?? tierOrder;
const suitesMax = Number(values.suites ?? Infinity);
const endsAt = performance.now() + 60_000 * Number(values.minutes ?? Infinity);
/** A look at one folder leaves the other core to whoever works beside it. */
const processes = values.below === undefined ? 2 : 1;
/** The nearest suites notice most mutants, and are run on one at a time; those further away on all that are left at once. */
const nearSizes = [1, 3];
/** Suites further away that one run of jest takes together; those of CI alone take long. */
const farSize = 6;
const pageFile = 'docs/reliability.md';
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

/** What an interrupted run did, in lines of a file; of another seed or commit it says nothing. */
class Progress {
  readonly #run = `${commit} ${seed} ${suitesMax} ${tiers.join(',')}`;
  readonly #done = new Map<string, string>();

  constructor() {
    if (values.record === undefined || !existsSync(values.record)) return;
    for (const line of readFileSync(values.record, 'utf8').split('\n').slice(0, -1)) {
      const { run, key, outcome } = JSON.parse(line) as { readonly run: string; readonly key: string; readonly outcome: string };
      if (run === this.#run) this.#done.set(key, outcome);
    }
  }

  outcomeOf(key: string): string | undefined {
    return this.#done.get(key);
  }

  add(key: string, outcome: string): void {
    this.#done.set(key, outcome);
    if (values.record !== undefined) appendFileSync(values.record, `${JSON.stringify({ run: this.#run, key, outcome })}\n`);
  }
}

/** Suites that fail without a mutant when they run in the sandbox: they are left out, and named on the page. */
const unsound = new Set<string>();

/** What a suite that was asked is called in a record, which also names mutants. */
const recordedName = (suite: string): string => `suite ${suite}`;

/** Does each piece of work in one of the processes that judge. */
async function withJudges<Item>(
  sandbox: Sandbox,
  items: readonly Item[],
  work: (judge: Judge, item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    const judge = new Judge(sandbox, unsound);
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(judge, next);
    } finally {
      judge.end();
    }
  };
  await Promise.all(Array.from({ length: processes }, lane));
}

async function judgeDrawn(drawn: readonly Mutant[]): Promise<Pick<HalfResult, 'judged' | 'further'>> {
  const progress = new Progress();
  const suitesFor = createNearestTests(tiers);
  const suitesOf = new Map<string, readonly string[]>();
  for (const { file } of drawn) if (!suitesOf.has(file)) suitesOf.set(file, suitesFor(file).slice(0, suitesMax));
  const sandbox = await makeSandbox(drawn);
  const numberOf = (mutant: Mutant): string => sandbox.numbers.get(keyOf(mutant))!;
  const nearCount = nearSizes.reduce((sum, size) => sum + size, 0);
  const left = new Map<string, Mutant>();
  let further: readonly string[] = [];
  let [done, asked] = [0, 0];
  const say = (outcome: string, mutant: Mutant): void => {
    process.stderr.write(`${done} of ${drawn.length}, ${left.size} left: ${outcome} ${survivorRow(mutant)}\n`);
  };
  try {
    await withJudges(sandbox, drawn, async (judge, mutant) => {
      const key = keyOf(mutant);
      const suites = suitesOf.get(mutant.file)!;
      let outcome = progress.outcomeOf(key);
      for (let at = 0, from = 0; at < nearSizes.length && outcome === undefined; from += nearSizes[at++]!) {
        const nearest = suites.slice(from, from + nearSizes[at]!);
        if (nearest.length > 0) outcome = (await judge.noticing([numberOf(mutant)], nearest))?.how;
      }
      if (progress.outcomeOf(key) === undefined) progress.add(key, outcome ?? 'Left');
      if (outcome === undefined || outcome === 'Left') left.set(key, mutant);
      done++;
      say(outcome ?? 'Left', mutant);
    });
    further = [...new Set([...left.values()].flatMap(({ file }) => suitesOf.get(file)!.slice(nearCount)))];
    const waiting = further.filter((suite) => progress.outcomeOf(recordedName(suite)) === undefined);
    asked = further.length - waiting.length;
    const quick = waiting.filter(isOfNpmTest);
    const batches = [
      ...Array.from({ length: Math.ceil(quick.length / farSize) }, (_, at) => quick.slice(at * farSize, (at + 1) * farSize)),
      ...waiting.filter((suite) => !isOfNpmTest(suite)).map((suite) => [suite]),
    ];
    await withJudges(sandbox, batches, async (judge, batch) => {
      if (performance.now() > endsAt) return;
      const reached = (suite: string): Mutant[] =>
        [...left.values()].filter(({ file }) => suitesOf.get(file)!.slice(nearCount).includes(suite));
      // A mutant out of reach of a suite cannot change what it does.
      const together = [...new Set(batch.flatMap(reached))];
      const noticing = together.length > 0 ? ((await judge.noticing(together.map(numberOf), batch))?.suites ?? []) : [];
      for (const suite of noticing) {
        const noticed = await noticedAmong(reached(suite), async (some) => (await judge.noticing(some.map(numberOf), [suite])) !== null);
        for (const mutant of noticed) {
          left.delete(keyOf(mutant));
          progress.add(keyOf(mutant), 'Killed');
          say(`Killed by ${suite}`, mutant);
        }
      }
      for (const suite of batch) progress.add(recordedName(suite), 'done');
      asked += batch.length;
      process.stderr.write(`${asked} of ${further.length} suites further away, ${left.size} left\n`);
    });
  } finally {
    sandbox.remove();
  }
  const judged = drawn.map((mutant): Judged => {
    const outcome = progress.outcomeOf(keyOf(mutant));
    const status = suitesOf.get(mutant.file)!.length === 0 ? 'NoCoverage' : outcome === 'Left' ? 'Survived' : (outcome as Judged['status']);
    return { ...mutant, status, suites: suitesOf.get(mutant.file)!.length };
  });
  return { judged, further: { asked, of: further.length } };
}

if (values.below !== undefined) {
  const { drawn, of } = await drawMutants([values.below], count, seed);
  const { judged } = await judgeDrawn(drawn);
  const survivors = judged.filter((mutant) => !isNoticed(mutant));
  process.stdout.write(
    `${judged.length - survivors.length} of ${judged.length} noticed, of ${of}\n${survivors.map(survivorRow).join('\n')}\n`,
  );
} else {
  const asked = values.half === undefined ? (Object.keys(halves) as Half[]) : [values.half as Half];
  const results: HalfResult[] = [];
  for (const half of asked) {
    const { drawn, of } = await drawMutants(halves[half].folders, count, seed);
    results.push({ half, seed, of, ...(await judgeDrawn(drawn)) });
  }
  const section = mutantSection(results, {
    measuredOn: new Date().toISOString().slice(0, 10),
    commit,
    tiers,
    leftOut: [...unsound].toSorted(byCodeUnits),
  });
  if (values.out === undefined) writeFileSync(pageFile, withSection(readFileSync(pageFile, 'utf8'), mutantHeading, section));
  else writeFileSync(values.out, section);
}
