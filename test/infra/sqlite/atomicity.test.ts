/** A transaction made to fail at its last statement, by a trigger, leaves nothing of those before it. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { tamper } from '../../support/flip-bytes.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { p, written } from '../../support/rows.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';

function failing(name: string, trigger: string): SqliteLedger {
  const file = join(directory, name);
  const ledger = openSqlite(file, { access: 'write', create: true });
  tamper(file, `CREATE TRIGGER fails BEFORE ${trigger} BEGIN SELECT RAISE(ABORT, 'made to fail'); END`);
  return ledger;
}

describe('a write that fails half-way', () => {
  test('leaves no event of its batch', async () => {
    const ledger = failing('events.sqlite', 'INSERT ON events WHEN NEW.revision = 2');
    await expect(ledger.store.append(stream, sampleEvents({ stream, count: 3 }), { expectedRevision: 'none' })).rejects.toMatchObject({
      code: 'Internal',
    });
    expect(await ledger.store.head()).toBeNull();
    await expect(ledger.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' })).resolves.toMatchObject({
      already: false,
    });
    ledger.close();
  });

  test('leaves no row of a projection whose checkpoint was not written', async () => {
    const ledger = failing('checkpoint.sqlite', "INSERT ON projection_checkpoints WHEN NEW.position = '9'");
    await ledger.readModels.commit(p, [written('k', { n: 1 }, '8')], '8', null);
    await expect(ledger.readModels.commit(p, [written('k', { n: 2 }, '9')], '9', '8')).rejects.toMatchObject({ code: 'Internal' });
    expect(await ledger.readModels.row(p, 'k', null)).toEqual({ n: 1 });
    expect(await ledger.readModels.checkpoint(p)).toBe('8');
    ledger.close();
  });

  test('leaves no row deleted when a reset does not reach the checkpoint', async () => {
    const ledger = failing('reset.sqlite', 'DELETE ON projection_checkpoints');
    await ledger.readModels.commit(p, [written('k', { n: 1 }, '8')], '8', null);
    await expect(ledger.readModels.reset(p)).rejects.toMatchObject({ code: 'Internal' });
    expect(await ledger.readModels.row(p, 'k', null)).toEqual({ n: 1 });
    ledger.close();
  });

  test('leaves none of the artifacts put at once', async () => {
    const ledger = failing('artifacts.sqlite', 'INSERT ON artifacts WHEN NEW.byte_count = 3');
    await expect(ledger.artifacts.putAll([Buffer.alloc(1), Buffer.alloc(2), Buffer.alloc(3)])).rejects.toMatchObject({ code: 'Internal' });
    expect(await addressesIn(ledger.artifacts)).toEqual([]);
    ledger.close();
  });

  test('leaves no artifact whose last chunk was not written', async () => {
    const ledger = failing('artifact.sqlite', 'INSERT ON artifact_chunks WHEN NEW.seq = 2');
    await expect(ledger.artifacts.put(Buffer.alloc(1_500_000))).rejects.toMatchObject({ code: 'Internal' });
    expect(await addressesIn(ledger.artifacts)).toEqual([]);
    ledger.close();
  });
});
