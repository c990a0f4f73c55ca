/** Writes that are asked for together share a transaction and its flush. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { p } from '../../support/rows.ts';

const directory = scratchDirectory();
const walHeaderBytes = 32;
const frameHeaderBytes = 24;

/** Transactions in the log of a database: a frame that ends one says how many pages the database has (sqlite.org/fileformat2.html, 4.1). */
function commitsIn(file: string): number {
  const log = readFileSync(`${file}-wal`);
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8);
  let commits = 0;
  for (let at = walHeaderBytes; at + frameBytes <= log.length; at += frameBytes) if (log.readUInt32BE(at + 4) !== 0) commits++;
  return commits;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const streamAt = (index: number): string => `sleeveRun-${index}`;

function append({ store }: SqliteLedger, index: number): Promise<unknown> {
  const stream = streamAt(index);
  const artifacts = [Buffer.from(`artifact ${index}`)];
  return store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none', artifacts });
}

function open(name: string): { readonly file: string; readonly ledger: SqliteLedger } {
  const file = join(directory, name);
  return { file, ledger: openSqlite(file, { access: 'write', create: true }) };
}

describe('writes that are asked for together', () => {
  test('are one transaction, whatever they are', async () => {
    const { file, ledger } = open('one.sqlite');
    const before = commitsIn(file);
    await Promise.all([
      ...numbers(40).map((index) => append(ledger, index)),
      ledger.artifacts.put(Buffer.from('another')),
      ledger.checkpoints.write('relay-a', { position: '1' }, 'none'),
      ledger.readModels.commit(p, [], '1', null),
    ]);
    expect(commitsIn(file) - before).toBe(1);
    ledger.close();
  });

  test('are one transaction for each sixty-four', async () => {
    const { file, ledger } = open('many.sqlite');
    const before = commitsIn(file);
    await Promise.all(numbers(200).map((index) => append(ledger, index)));
    expect(commitsIn(file) - before).toBe(4);
    ledger.close();
  });

  test('one after the other are each a transaction of their own', async () => {
    const { file, ledger } = open('alone.sqlite');
    const before = commitsIn(file);
    for (const index of numbers(5)) await append(ledger, index);
    expect(commitsIn(file) - before).toBe(5);
    ledger.close();
  });

  test('get their positions in the order in which they were asked for', async () => {
    const { ledger } = open('order.sqlite');
    await Promise.all(numbers(100).map((index) => append(ledger, index)));
    const stored = await ledger.store.readAll({ after: null, maxCount: 1_000, types: null });
    expect(stored.map(({ stream }) => stream)).toEqual(numbers(100).flatMap((index) => [streamAt(index), streamAt(index)]));
    ledger.close();
  });

  test('one that fails undoes its own changes only, its artifacts among them', async () => {
    const { ledger } = open('apart.sqlite');
    await append(ledger, 1);
    const conflicting = sampleEvents({ stream: streamAt(1), count: 3, commandId: 'another command' });
    const lost = Buffer.from('of the refused append');
    const [first, refused, last] = await Promise.allSettled([
      append(ledger, 0),
      ledger.store.append(streamAt(1), conflicting, { expectedRevision: 'none', artifacts: [lost] }),
      append(ledger, 2),
    ]);
    expect([first.status, last.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'WrongExpectedRevision' } });
    expect(await ledger.artifacts.list({ after: null, limit: 10 })).toHaveLength(3);
    ledger.close();
  });

  test('are still written when the store is closed before they are', async () => {
    const { file, ledger } = open('closed.sqlite');
    const asked = Promise.all(numbers(100).map((index) => append(ledger, index)));
    ledger.close();
    await asked;
    await expect(append(ledger, 100)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    const again = openSqlite(file, { access: 'write', create: false });
    expect(await again.store.readAll({ after: null, maxCount: 1_000, types: null })).toHaveLength(200);
    again.close();
  });
});
