/** `--known-at` is a look-up; a fold of the events up to the cut is the oracle, for every projection, at any instant and any position. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { domainEvent } from '../../domain/catalogue.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { decodeEnvelope, type DraftEvent } from '../../domain/shared/envelope.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { StoredEvent } from '../../handlers/ports/ports.ts';
import { isPosition } from '../../handlers/read-models/position.ts';
import { FoldedRows, viewOf } from '../../handlers/read-models/views.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { createLog } from '../../infra/system/log.ts';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { fixedClock } from '../../infra/system/clock.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { allProjections } from '../../projections/all.ts';
import { tileKey, treeTiles } from '../../projections/tree-tiles.ts';
import type { Projection } from '../../projections/projection.ts';
import { Workbench } from '../support/cli.ts';
import { appendBatch, onDay, type RecordedBatch, recordedBatches } from '../support/grown-ledger.ts';
import { everyFact } from '../support/portfolio-events.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
const crypto = createNodeCrypto();
const log = createLog('silent', false);
let day: readonly RecordedBatch[] = [];
const facts: readonly RecordedBatch[] = everyFact().stored.map(({ stream, bytes }) => {
  const { type, schemaVersion, data } = decodeEnvelope(bytes);
  return { stream, drafts: [{ type, schemaVersion, data } satisfies DraftEvent] };
});

beforeAll(async () => {
  const bench = new Workbench(scratch);
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve);
  for (const argv of [
    ['flow', 'meta', '--profile', 'whole', '--risk', 'all'],
    ['flow', 'meta', '--profile', 'pair'],
  ]) {
    const { error } = await bench.json([...argv, '--no-seal']);
    if (error !== undefined) throw new Error(error.message);
  }
  day = recordedBatches(await bench.events());
}, 60_000);

/** A clock that now and then stands in the past or the future. */
const anyTime = fc
  .integer({ min: 0, max: 200 })
  .map((minute) => new Date(Date.parse('2026-11-01T08:00:00.000Z') + minute * 60_000).toISOString());
const anyHistory = fc.record({
  days: fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 8, maxLength: 14 }),
  times: fc.array(anyTime, { minLength: 40, maxLength: 40 }),
  instants: fc.array(anyTime, { minLength: 6, maxLength: 6 }),
  places: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
});

function cutOf(stored: readonly StoredEvent[], knownAt: string): readonly StoredEvent[] {
  if (isPosition(knownAt)) return stored.filter(({ position }) => BigInt(position) <= BigInt(knownAt));
  const end = stored.findIndex(({ recordedAt }) => recordedAt > knownAt);
  return end < 0 ? stored : stored.slice(0, end);
}

function folded(projection: Projection, events: readonly StoredEvent[]): string {
  const rows = new FoldedRows();
  for (const { type, bytes, position } of events)
    if ((projection.types as readonly string[]).includes(type)) rows.apply(projection, domainEvent(decodeEnvelope(bytes), position));
  return canonicalJson([...rows.rows].toSorted(([left], [right]) => byCodeUnits(left, right)).map(([, value]) => value));
}

describe.each(['memory', 'SQLite'] as const)('as known at any point, in %s', (kind) => {
  test('every view holds what a fold of the events up to that point comes to, whatever has been recorded since', async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ days, times, instants, places }) => {
        const ledger =
          kind === 'memory'
            ? createMemoryStore()
            : openSqlite(join(scratch, `known-at-${files++}.sqlite`), { access: 'write', create: true });
        const ports = { ...ledger, crypto, log, clock: fixedClock('2027-01-01T00:00:00.000Z') };
        const batches = days.flatMap((number, index) => [...onDay(day, number), ...facts.slice(index * 3, index * 3 + 3)]);
        for (const half of [batches.slice(0, batches.length / 2), batches.slice(batches.length / 2)]) {
          for (const [index, batch] of half.entries()) await appendBatch(ports.store, batch, times[index % times.length]!);
          const stored = await ports.store.readAll({ after: null, maxCount: 1000, types: null });
          expect(stored.length).toBeLessThan(1000);
          const positions = places.map((place) => stored[Math.floor(place * (stored.length - 1))]!.position);
          for (const knownAt of [...instants, ...positions, '2026-10-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z']) {
            for (const projection of allProjections) {
              const view = await viewOf(ports, projection, knownAt);
              expect(`${projection.name} ${canonicalJson(await view.rows(''))}`).toBe(
                `${projection.name} ${folded(projection, cutOf(stored, knownAt))}`,
              );
            }
          }
        }
        // More than one part of the log, so that the row of a whole part is met as well.
        expect(await ports.readModels.row(treeTiles, tileKey(0, 0), null)).not.toBeNull();
        await ports.store.close();
      }),
      { numRuns: propertyRuns(3) },
    );
  }, 120_000);
});
