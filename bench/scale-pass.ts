/** One pass over every event of a ledger in a process of its own: `scale-pass.ts bare|verify FILE`. Prints what it came to. */
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { openLedger } from '../bin/open-ledger.ts';
import { peakMegabytes } from './measure.ts';

export interface Pass {
  readonly events: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** Nothing but the events read and hashed: what no verification can do without. */
function bare(file: string): number {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  let count = 0;
  for (const bytes of database.prepare('SELECT bytes FROM events ORDER BY position').pluck().iterate() as IterableIterator<Uint8Array>) {
    if (createHash('sha256').update(bytes).digest().length === 32) count++;
  }
  database.close();
  return count;
}

async function verified(file: string): Promise<number> {
  const ledger = await openLedger({ store: file, actor: 'bench', logLevel: 'silent' });
  const { events, faults } = await ledger.verify();
  await ledger.close();
  if (faults.length > 0) throw new Error(`${faults.length} faults, the first ${JSON.stringify(faults[0])}`);
  return events;
}

const [mode, file] = process.argv.slice(2) as ['bare' | 'verify', string];
const started = performance.now();
const events = mode === 'bare' ? bare(file) : await verified(file);
const pass: Pass = { events, seconds: (performance.now() - started) / 1000, peakMegabytes: peakMegabytes() };
process.stdout.write(JSON.stringify(pass));
