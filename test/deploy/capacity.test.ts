import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, jest, test } from '@jest/globals';
import { RecordedInputs } from '../../handlers/runs/recorded-inputs.ts';
import { reallocate } from '../../handlers/reaction/reallocate.ts';
import { repository } from '../support/compose-file.ts';
import { openDesk } from '../support/desk/ledger.ts';
import { DeskMarket } from '../support/desk/market.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

jest.setTimeout(120_000);

const folder = temporaryDirectory();

/** Events, bytes of events, artifacts, bytes of artifacts, and of their chunks as they are kept: of a whole store. */
type Volume = readonly [number, number, number, number, number];

function volumeOf(file: string): Volume {
  const database = new Database(file, { readonly: true });
  const [events] = database.prepare('SELECT count(*), sum(length(bytes)) FROM events').raw().all() as [number, number][];
  const [artifacts] = database.prepare('SELECT count(*), sum(byte_count) FROM artifacts').raw().all() as [number, number][];
  const kept = database.prepare('SELECT sum(length(stored)) FROM artifact_chunks').pluck().get() as number;
  database.close();
  return [...events!, ...artifacts!, kept];
}

function perPiece(before: Volume, after: Volume, pieces: number): Volume {
  const [events, eventBytes, artifacts, artifactBytes, keptBytes] = after.map((value, index) => (value - before[index]!) / pieces);
  return [events!, eventBytes! / 1_000, artifacts!, artifactBytes! / 1_000, keptBytes! / 1_000];
}

/** The row of docs/operations.md, as numbers. */
function promised(row: string): number[] {
  const line = readFileSync(join(repository, 'docs/operations.md'), 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`| ${row} |`))!;
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => Number(cell.replace(' kB', '')));
}

describe('the capacity plan of docs/operations.md', () => {
  test('counts with what a result and a decision take in the store, to a twentieth', async () => {
    const size = { sleeves: 30, sessions: 4, seed: 1 };
    const market = new DeskMarket(size);
    const store = join(folder, 'ledger.sqlite');
    const desk = await openDesk({ store }, market);
    const empty = volumeOf(store);
    for (let session = 0; session < size.sessions; session++)
      for (let sleeve = 0; sleeve < size.sleeves; sleeve++) await desk.deliver(market.message({ sleeve, session, correction: 0 }));
    const taken = volumeOf(store);
    const loaded = new RecordedInputs(desk.session.ports);
    for (const meta of market.portfolios)
      expect(await reallocate(desk.session, loaded, meta)).toMatchObject({ decision: 'AllocationPublished' });
    const decided = volumeOf(store);
    await desk.close();
    const measured = {
      result: perPiece(empty, taken, size.sleeves * size.sessions),
      decision: perPiece(taken, decided, market.portfolios.length),
    };
    for (const [row, figures] of Object.entries(measured)) {
      const gaps = promised(row).map((figure, index) => Math.abs(figure / figures[index]! - 1));
      expect([row, figures, gaps.filter((gap) => !(gap <= 0.05))]).toEqual([row, figures, []]);
    }
  });
});
