/** Pages of a damaged file may point at each other: reading page after page of the log never ended, and `ledger verify` with it. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from '@jest/globals';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { pageCount, replacePage } from '../support/flip-bytes.ts';
import { sampleEvents } from '../support/sample-events.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
const whole = join(directory, 'whole.sqlite');
const eventCount = 400;
const stream = 'sleeveRun-walked';

async function filled(): Promise<number> {
  const { store, close } = openSqlite(whole, { access: 'write', create: true });
  await store.append(stream, sampleEvents({ stream, count: eventCount }), { expectedRevision: 'none' });
  close();
  const database = new Database(whole);
  database.pragma('wal_checkpoint(TRUNCATE)');
  const root = database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'events'`).pluck().get() as number;
  database.close();
  return root;
}

/** How a walk over the whole log ends, and one over its stream. */
async function walked(file: string): Promise<'ended' | 'refused' | 'in a circle'> {
  const { store, close } = openSqlite(file, { access: 'read', create: false });
  const maxCount = 20;
  const stepsMax = (2 * eventCount) / maxCount;
  try {
    for (let [after, steps] = [null as string | null, 0]; ; steps++) {
      const page = await store.readAll({ after, maxCount, types: null });
      if (page.length === 0) break;
      if (steps > stepsMax) return 'in a circle';
      after = page.at(-1)!.position;
    }
    for (let [from, steps] = [0n, 0]; ; steps++) {
      const page = await store.readStream(stream, { from, maxCount, direction: 'forwards' });
      if (page.length === 0) return 'ended';
      if (steps > stepsMax) return 'in a circle';
      from = page.at(-1)!.revision + 1n;
    }
  } catch {
    return 'refused';
  } finally {
    close();
  }
}

test('a walk over a log whose pages lead back to its root ends, whichever page it is', async () => {
  const root = await filled();
  expect(await walked(whole)).toBe('ended');
  const ends: string[] = [];
  for (let page = 1; page < pageCount(whole); page++) {
    const file = join(directory, 'circle.sqlite');
    copyFileSync(whole, file);
    replacePage(file, page, root - 1);
    ends.push(await walked(file));
  }
  expect(ends.filter((end) => end === 'in a circle')).toEqual([]);
  expect(ends).toContain('refused');
});
