import { readFileSync } from 'node:fs';
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

async function outcome(): Promise<Pick<Measured, 'code' | 'message' | 'at'>> {
  try {
    await read(file);
    return { code: null, message: 'read', at: {} };
  } catch (error) {
    if (error instanceof LedgerError) return { code: error.code, message: error.message, at: error.at };
    throw error;
  }
}

const found = await outcome();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(startedCpu);
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ ...found, bytes, seconds, cpuSeconds: (user + system) / 1e6, megabytes } satisfies Measured));
process.exit(0);
