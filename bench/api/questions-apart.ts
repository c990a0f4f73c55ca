/**
 * Asks at a steady pace: `questions-apart.ts ASKING`. The clock of each question starts when it was due, so that a server that falls behind
 * cannot hide it, or when it was asked where a timer came a moment early. It asks for a few seconds before that counts, as its own code is
 * compiled meanwhile; says so; and begins when it is told to.
 */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Percentiles, percentilesOf } from '../percentiles.ts';

export interface Asking {
  readonly url: string;
  readonly paths: { readonly weights: readonly string[]; readonly explanations: readonly string[] };
  readonly askedPerSecond: number;
  /** What is asked first, once told to begin, and does not count. */
  readonly settledSeconds: number;
  readonly seconds: number;
}

export interface AskedFigures {
  readonly weights: Percentiles;
  readonly explanations: Percentiles;
  /** Questions that were not answered with 200. */
  readonly failed: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => answer.resume().once('end', () => resolve(answer.statusCode!))).once('error', reject);
  });
}

const { url, paths, askedPerSecond, settledSeconds, seconds } = JSON.parse(process.argv[2]!) as Asking;
/** What is asked before the clock starts. */
const warmUpSeconds = 5;

async function asked(forSeconds: number): Promise<AskedFigures> {
  const times = { weights: [] as number[], explanations: [] as number[] };
  let failed = 0;
  const started = performance.now();
  const answers: Promise<void>[] = [];
  for (let index = 0; index < askedPerSecond * forSeconds; index++) {
    const due = started + (index * 1_000) / askedPerSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const kind = index % 2 === 0 ? 'weights' : 'explanations';
    const from = Math.min(due, performance.now());
    const path = paths[kind][(index >> 1) % paths[kind].length]!;
    answers.push(
      statusOf(url + path).then((status) => {
        times[kind].push(performance.now() - from);
        if (status !== 200) failed++;
      }),
    );
  }
  await Promise.all(answers);
  return { weights: percentilesOf(times.weights), explanations: percentilesOf(times.explanations), failed };
}

await asked(warmUpSeconds);
const told = once(process, 'message');
process.send!('warm');
await told;
await asked(settledSeconds);
const figures = await asked(seconds);
process.send!(figures, () => process.exit(0));
