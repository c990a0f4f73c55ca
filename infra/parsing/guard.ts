import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Looks at the resident memory and the processor time of the process from a thread of its own, which goes on while the main thread is
 * busy, and ends the process when there is too much of either. Typed arrays count, which the limits of V8 leave out. Processor time is what
 * counts, as a busy machine lets much more pass. A process whose parent is gone ends as well: a busy one would not notice.
 */
const watch = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { constants } = require('node:os');
  const parent = process.ppid;
  const allowedMs = new Float64Array(workerData.allowedMs);
  const outOfTime = constants.signals.SIGVTALRM === undefined ? 'SIGKILL' : 'SIGVTALRM';
  setInterval(() => {
    if (process.memoryUsage.rss() > workerData.bytesMax || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    const { user, system } = process.cpuUsage();
    if ((user + system) / 1000 > allowedMs[0]) process.kill(process.pid, outOfTime);
  }, workerData.everyMs);
  parentPort.postMessage('watching');
`;

const everyMs = 5;

/** Processor time that the process may take for a file. */
export interface TimeAllowance {
  /** Begins anew with so much from now on. */
  begin(ms: number): void;
  /** For work that was done: so much more. */
  extend(ms: number): void;
  end(): void;
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Resolves when the process is watched. */
export async function guardProcess(bytesMax: number): Promise<TimeAllowance> {
  const allowedMs = new Float64Array(new SharedArrayBuffer(8)).fill(Infinity);
  const guard = new Worker(watch, { eval: true, workerData: { bytesMax, everyMs, allowedMs: allowedMs.buffer }, execArgv: [] });
  guard.unref();
  await once(guard, 'message');
  return {
    begin: (ms) => void (allowedMs[0] = usedMs() + ms),
    extend: (ms) => void (allowedMs[0]! += ms),
    end: () => void (allowedMs[0] = Infinity),
  };
}
