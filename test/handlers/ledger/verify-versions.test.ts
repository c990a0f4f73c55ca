/** Whether stored rows are those of a fresh fold, told without holding either. */
import { describe, expect, test } from '@jest/globals';
import { assert, asyncProperty, array, integer } from 'fast-check';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { type ComparedRows, compareFolds } from '../../../handlers/ledger/row-fold.ts';
import { VersionFold } from '../../../handlers/ledger/verify-version-rows.ts';
import type { RowChange } from '../../../handlers/ports/ports.ts';
import { catchUp } from '../../../handlers/read-models/projector.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import type { Projection } from '../../../projections/projection.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const crypto = createNodeCrypto();
const total = 'total';

/** Adds numbers up; a multiple of three deletes the last row of its own, and a multiple of seven the sum. */
const sums: Projection = {
  name: 'sums',
  version: 1,
  types: ['SleeveQuarantined'],
  keysFor: () => [total],
  apply: (event, rows) => {
    const { number } = event.data as unknown as { readonly number: number };
    const sum = ((rows(total) as { readonly sum: number } | null)?.sum ?? 0) + number;
    return [
      { key: total, value: number % 7 === 0 ? null : { sum } },
      { key: `own/${number}`, value: number % 3 === 0 ? null : { number } },
    ];
  },
};

async function ledgerOf(numbers: readonly number[]) {
  const { store, readModels } = createMemoryStore();
  const data = (index: number): JsonObject => ({ sleeve: 'a', number: numbers[index]!, why: 'for the test' });
  if (numbers.length > 0)
    await store.append('sleeve-a', sampleEvents({ stream: 'sleeve-a', count: numbers.length, type: 'SleeveQuarantined', data }), {
      expectedRevision: 'none',
    });
  const ports = { store, readModels, crypto };
  const checkpoint = (await catchUp(ports, sums)) ?? '0';
  return { ports, checkpoint, versions: await readModels.versions(sums, { after: null, limit: 1_000 }) };
}

/** As many rows are remembered as there are, or hardly any, so that what a fold reads is looked up. */
const memories = [1_000, 1] as const;

async function comparedSums(
  ports: Awaited<ReturnType<typeof ledgerOf>>['ports'],
  until: string,
  stored: readonly RowChange[],
  memory: number,
): Promise<ComparedRows> {
  const [compared] = await compareFolds(ports, [{ fold: new VersionFold(ports, sums, memory), until }], async function* () {
    yield* stored;
  });
  return compared!;
}

describe.each(memories)('rows compared by their digest, %i of them remembered', (memory) => {
  test('are the same after any events, whatever was changed again or deleted', async () => {
    await assert(
      asyncProperty(array(integer({ min: 1, max: 30 }), { maxLength: 40 }), async (numbers) => {
        const { ports, checkpoint, versions } = await ledgerOf(numbers);
        const { same, reached } = await comparedSums(ports, checkpoint, versions, memory);
        expect({ same, reached }).toEqual({ same: true, reached: numbers.length === 0 ? null : checkpoint });
      }),
      { numRuns: 40 },
    );
  });

  test('are not the same where any one version is lacking, altered, moved or stored beside the others', async () => {
    const { ports, checkpoint, versions } = await ledgerOf([1, 2, 3, 7, 2, 5]);
    expect(versions.length).toBeGreaterThan(8);
    for (const [index, version] of versions.entries()) {
      const changed: readonly (readonly RowChange[])[] = [
        versions.toSpliced(index, 1),
        versions.with(index, { ...version, value: { other: 1 } }),
        versions.with(index, { ...version, position: `${version.position}0` }),
        [...versions, { ...version, key: 'beside' }],
        [...versions, version],
      ];
      for (const given of changed) expect((await comparedSums(ports, checkpoint, given, memory)).same).toBe(false);
    }
  });

  test('are not the same where all later versions follow from one that was altered', async () => {
    const { ports, checkpoint, versions } = await ledgerOf([1, 2, 4, 5]);
    const raised = versions.map((version) =>
      version.key === total ? { ...version, value: { sum: (version.value as { readonly sum: number }).sum + 1_000 } } : version,
    );
    await ports.readModels.reset(sums);
    await ports.readModels.commit(
      sums,
      raised.toSorted((left, right) => Number(left.position) - Number(right.position)),
      checkpoint,
      null,
    );
    const stored = await ports.readModels.versions(sums, { after: null, limit: 1_000 });
    expect(stored).toEqual(raised);
    expect((await comparedSums(ports, checkpoint, stored, memory)).same).toBe(false);
  });
});
