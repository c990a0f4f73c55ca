import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { incompressible } from '../../support/figures.ts';
import { copyDatabase, pageCount, replacePage, tamper } from '../../support/flip-bytes.ts';
import { chainFaults, sampleEvents, tailOf } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { p, written } from '../../support/rows.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';
let files = 0;

async function filled(): Promise<{ file: string; ledger: SqliteLedger }> {
  const file = join(directory, `${files++}.sqlite`);
  const ledger = openSqlite(file, { access: 'write', create: true });
  await ledger.store.append(stream, sampleEvents({ stream, count: 200 }), { expectedRevision: 'none' });
  await ledger.artifacts.put(incompressible(1_500_000));
  await ledger.readModels.commit(p, [written('k', { n: 1 }, '200')], '200', null);
  return { file, ledger };
}

/** Findings of a ledger after something was done to its file at rest. */
async function findingsAfter(damage: (file: string) => void): Promise<readonly { kind: string; detail: string }[]> {
  const { file, ledger } = await filled();
  ledger.close();
  damage(file);
  const damaged = openSqlite(file, { access: 'read', create: false });
  try {
    return damaged.integrity();
  } finally {
    damaged.close();
  }
}

describe('low-level integrity of a SQLite store', () => {
  test('finds nothing in a sound ledger, at rest or in use', async () => {
    expect(await findingsAfter(() => {})).toEqual([]);
    const { ledger } = await filled();
    expect(ledger.integrity()).toEqual([]);
    ledger.close();
  });

  test('names missing positions, one and many', async () => {
    const findings = await findingsAfter((file) => tamper(file, 'DELETE FROM events WHERE position IN (1, 50, 70, 71, 72)'));
    expect(findings).toEqual([
      { kind: 'position_missing', detail: 'position 1' },
      { kind: 'position_missing', detail: 'position 50' },
      { kind: 'position_missing', detail: 'positions 70 to 72' },
    ]);
  });

  test('names a missing chunk, a chunk without its artifact, a shortened one', async () => {
    expect(await findingsAfter((file) => tamper(file, 'DELETE FROM artifact_chunks WHERE seq = 1'))).toMatchObject([
      { kind: 'artifact_incomplete', detail: expect.stringContaining(`${1_500_000 - 524_288} of 1500000 bytes`) as unknown },
    ]);
    expect(await findingsAfter((file) => tamper(file, 'DELETE FROM artifacts'))).toHaveLength(3);
    expect(
      await findingsAfter((file) => tamper(file, 'UPDATE artifact_chunks SET stored = substr(stored, 1, 9) WHERE seq = 0')),
    ).toHaveLength(1);
  });

  test.each([
    ['CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END', 'trigger t: not ours'],
    ['CREATE TABLE extra (x)', 'table extra: not ours'],
    ['DROP INDEX events_by_type', 'index events_by_type: missing'],
  ])('names what was changed in the schema: %s', async (sql, detail) => {
    expect(await findingsAfter((file) => tamper(file, sql))).toEqual([{ kind: 'schema_changed', detail }]);
  });

  test('names an index that no longer agrees with its table', async () => {
    const findings = await findingsAfter((file) => {
      const raw = new Database(file);
      raw.unsafeMode(true);
      raw.pragma('writable_schema = ON');
      raw.exec("UPDATE sqlite_schema SET sql = 'CREATE INDEX events_by_type ON events (id)' WHERE name = 'events_by_type'");
      raw.close();
    });
    expect(findings.map((finding) => finding.kind)).toEqual(expect.arrayContaining(['database_damaged', 'schema_changed']));
  });

  test('a zeroed page, whichever it is, is found, or the file is no longer opened (page 0 holds the header)', async () => {
    const { file, ledger } = await filled();
    ledger.close();
    const pages = pageCount(file);
    // The last pages of the artifact hold its bytes alone: their damage is seen by its hash, not here.
    const structural = Array.from({ length: 30 }, (_, page) => page);
    expect(pages).toBeGreaterThan(100);
    for (const page of structural) {
      const copy = join(directory, `zeroed-${page}.sqlite`);
      copyDatabase(file, copy);
      replacePage(copy, page, 'zeros');
      let seen: string;
      try {
        const damaged = openSqlite(copy, { access: 'read', create: false });
        seen = damaged.integrity()[0]?.kind ?? 'nothing';
        damaged.close();
      } catch (error) {
        seen = (error as { code: string }).code;
      }
      expect(`page ${page}: ${seen}`).toMatch(/: (database_damaged|NotALedger|StoreIo)$/);
    }
  });

  test("a read that meets a damaged page is StoreIo with SQLite's own words", async () => {
    const { file, ledger } = await filled();
    ledger.close();
    const raw = new Database(file, { readonly: true });
    const root = Number(raw.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").pluck().get());
    raw.close();
    replacePage(file, root - 1, 'zeros');
    const damaged = openSqlite(file, { access: 'write', create: false });
    await expect(damaged.store.readAll({ after: null, maxCount: 9, types: null })).rejects.toMatchObject({
      code: 'StoreIo',
      evidence: { sqlite: 'SQLITE_CORRUPT' },
    });
    damaged.close();
  });
});

describe('backup of a SQLite store', () => {
  test('is a ledger of its own with the same events, and the source goes on', async () => {
    const { ledger } = await filled();
    const target = join(directory, 'backup.sqlite');
    const { bytes } = await ledger.backup(target);
    expect(bytes).toBeGreaterThan(1_500_000);
    await ledger.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'later' }), { expectedRevision: 199n });
    const copy = openSqlite(target, { access: 'read', create: false });
    const events = await copy.store.readAll({ after: null, maxCount: 1_000, types: null });
    expect(events).toEqual(await ledger.store.readAll({ after: null, maxCount: 200, types: null }));
    expect(chainFaults(events)).toEqual({ gaps: 0, chainBreaks: 0 });
    expect(copy.integrity()).toEqual([]);
    expect(await copy.readModels.row(p, 'k', null)).toEqual({ n: 1 });
    copy.close();
    ledger.close();
  });

  test('taken while the same store writes, it is a prefix of history', async () => {
    const { ledger } = await filled();
    const target = join(directory, 'backup-live.sqlite');
    const done = ledger.backup(target);
    let last = (await ledger.store.readStream(stream, { from: 999n, maxCount: 1, direction: 'backwards' }))[0];
    for (let index = 0; index < 100; index++) {
      const answer = await ledger.store.append(stream, sampleEvents({ stream, count: 1, tail: tailOf(last) }), {
        expectedRevision: last!.revision,
      });
      last = answer.events[0];
      if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
    const copy = openSqlite(target, { access: 'read', create: false });
    const events = await copy.store.readAll({ after: null, maxCount: 1_000, types: null });
    expect(events.length).toBeGreaterThanOrEqual(200);
    expect(chainFaults(events)).toEqual({ gaps: 0, chainBreaks: 0 });
    expect(copy.integrity()).toEqual([]);
    copy.close();
    ledger.close();
  });

  test('overwrites nothing, needs its folder, and leaves no half copy behind', async () => {
    const { ledger } = await filled();
    const taken = join(directory, 'taken.txt');
    writeFileSync(taken, 'mine');
    await expect(ledger.backup(taken)).rejects.toMatchObject({ code: 'LedgerExists' });
    await expect(ledger.backup(join(directory, 'no-such-folder', 'x'))).rejects.toMatchObject({ code: 'FileMissing' });
    ledger.close();
    const late = join(directory, 'late.sqlite');
    await expect(ledger.backup(late)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(existsSync(late)).toBe(false);
    expect(readdirSync(directory).filter((name) => name.includes('.partial'))).toEqual([]);
  });
});
