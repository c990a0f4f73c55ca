import { setTimeout as sleep } from 'node:timers/promises';
import type { MemoryBroker } from './memory-broker.ts';
import { run, type Answered } from './program.ts';

interface Status {
  readonly portfolios: readonly { readonly state: string }[];
}

/** Looks without moving anything: at rest when nothing is pending and nothing was appended for a while. */
async function atRest(now: string, isDone: () => boolean, decides: boolean): Promise<void> {
  const limit = performance.now() + 30_000;
  let before: string | null = null;
  for (let still = 0; still < 4;) {
    if (performance.now() > limit) throw new Error('the worker does not come to rest');
    await sleep(120);
    const { answer } = await run(['runs'], { now });
    const { portfolios } = (await run(['status'], { now })).answer.result as unknown as Status;
    const rests = isDone() && answer.position === before && !(decides && portfolios.some(({ state }) => state === 'pending'));
    before = answer.position;
    still = rests ? still + 1 : 0;
  }
}

/** Lets a worker work until everything in hand is done, then stops it. */
export async function work(argv: readonly string[], now: string, broker: MemoryBroker, isDone: () => boolean): Promise<Answered> {
  const stop = new AbortController();
  const working = run(argv, { now, broker, signal: stop.signal });
  const roles = argv.indexOf('--roles');
  const decides = roles < 0 || argv[roles + 1]!.includes('react');
  try {
    await Promise.race([
      atRest(now, isDone, decides),
      working.then(({ answer }) => Promise.reject(new Error(`the worker ended by itself: ${JSON.stringify(answer)}`))),
    ]);
  } finally {
    stop.abort();
  }
  return working;
}
