/**
 * Imported before a program: measures each turn of its event loop by the processor time that it took, and writes them when it ends, to the
 * file that TURN_TIMES_FILE names. The time of the clock would measure the machine, which may let others run in between. Linux tells both.
 */
import { openSync, readSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

export interface Turn {
  /** When it ended: milliseconds since 1970. */
  readonly at: number;
  /** Processor time of the thread, and how long it was ready and another one ran. */
  readonly processorMs: number;
  readonly waitedMs: number;
}

const file = process.env['TURN_TIMES_FILE'];
if (isMainThread && file !== undefined) {
  const statistics = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(128);
  const nowMs = (): [number, number] => {
    const length = readSync(statistics, buffer, 0, buffer.length, 0);
    const [processor, waited] = buffer.toString('latin1', 0, length).split(' ').map(Number);
    return [processor! / 1e6, waited! / 1e6];
  };
  const turns: Turn[] = [];
  let last = nowMs();
  setInterval(() => {
    const now = nowMs();
    turns.push({ at: performance.timeOrigin + performance.now(), processorMs: now[0] - last[0], waitedMs: now[1] - last[1] });
    last = now;
  }, 1).unref();
  process.on('exit', () => writeFileSync(file, JSON.stringify(turns)));
}
