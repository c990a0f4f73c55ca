import { existsSync, readFileSync } from 'node:fs';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { foreignReaders, type ForeignReader } from './foreign-readers.ts';
import type { Measured } from './bombs.ts';

/**
 * Reads one foreign file in this process, as the program reads it, and prints what became of it, in how many seconds, and the most memory
 * that the process ever had. What the reader needs is loaded before the clock starts.
 */
const [reader, file] = process.argv.slice(2) as [ForeignReader, string];
const read = await foreignReaders[reader]();
const bytes = readFileSync(file).length;
const started = performance.now();
const startedCpu = process.cpuUsage();

/** Of a report about a file. */
function faultsIn(answer: unknown): number | null {
  const faults: unknown = typeof answer === 'object' && answer !== null && 'faults' in answer ? answer.faults : null;
  return Array.isArray(faults) ? faults.length : null;
}

async function outcome(): Promise<Pick<Measured, 'code' | 'message' | 'at' | 'faults'>> {
  try {
    return { code: null, message: 'read', at: {}, faults: faultsIn(await read(file)) };
  } catch (error) {
    if (error instanceof LedgerError) return { code: error.code, message: error.message.slice(0, 1_000), at: error.at, faults: null };
    throw error;
  }
}

const found = await outcome();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(startedCpu);
// The greatest size that the system knows of a process begins with that of the one which started it, unless the system says it apart.
const apart = existsSync('/proc/self/status') ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) : null;
const megabytes = (apart === null ? process.resourceUsage().maxRSS : Number(apart[1])) / 1024;
process.stdout.write(JSON.stringify({ ...found, bytes, seconds, cpuSeconds: (user + system) / 1e6, megabytes } satisfies Measured));
process.exit(0);
