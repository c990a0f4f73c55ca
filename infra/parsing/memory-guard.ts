import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Looks at the resident memory of the process from a thread of its own, which goes on while the main thread is busy, and ends the process
 * when there is too much of it. Typed arrays count, which the limits of V8 leave out. A process whose parent is gone ends as well: a busy
 * one would not notice.
 */
const watch = `
  const { parentPort, workerData } = require('node:worker_threads');
  const parent = process.ppid;
  setInterval(() => {
    if (process.memoryUsage.rss() > workerData.bytesMax || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, workerData.everyMs);
  parentPort.postMessage('watching');
`;

const everyMs = 5;

/** Resolves when the process is watched. */
export async function guardMemory(bytesMax: number): Promise<void> {
  const guard = new Worker(watch, { eval: true, workerData: { bytesMax, everyMs }, execArgv: [] });
  guard.unref();
  await once(guard, 'message');
}
