/** A copy that dies at any write, before it or right after it, is completed by the same call. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type CopyEnd, copyLedger } from '../../../handlers/ledger/copy.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createMemoryStore, type MemoryStore } from '../../../infra/memory/memory-store.ts';
import { createProgress } from '../../../infra/system/progress.ts';
import { comparable, everything } from '../../contract/event-store-bench.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

const tools = { crypto: createNodeCrypto(), progress: createProgress(false) };
const never = new AbortController().signal;

/** Appends to three streams in any order, with or without an artifact before. */
const history = fc.array(
  fc.record({
    stream: fc.constantFrom('sleeveRun-a', 'metaRun-b', 'sleeve-c'),
    count: fc.integer({ min: 1, max: 3 }),
    artifact: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

type Appends = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

async function ledgerOf(appends: Appends): Promise<MemoryStore> {
  const memory = createMemoryStore();
  for (const [index, { stream, count, artifact }] of appends.entries()) {
    if (artifact) await memory.artifacts.put(Buffer.from(`artifact ${index}`));
    const last = (await memory.store.readStream(stream, { from: 1_000n, maxCount: 1, direction: 'backwards' }))[0];
    await memory.store.append(stream, sampleEvents({ stream, count, tail: tailOf(last) }), { expectedRevision: last?.revision ?? 'none' });
  }
  return memory;
}

class Killed extends Error {}

/** Lets some writes through, then dies at the next: before it reaches the store, or when it has. */
function dyingAfter(target: MemoryStore, writes: number, applied: boolean): CopyEnd & { readonly written: () => number } {
  let left = writes;
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left < 0) throw new Error('a write after the death');
    if (left-- > 0) return work();
    if (applied) await work();
    throw new Killed();
  };
  const { artifacts } = target;
  return {
    store: storeLike(target.store, { append: (...given) => write(() => target.store.append(...given)) }),
    artifacts: {
      put: (bytes) => artifacts.put(bytes),
      get: (address) => artifacts.get(address),
      has: (address) => artifacts.has(address),
      list: (options) => artifacts.list(options),
      putAll: (contents) => write(() => artifacts.putAll(contents)),
    },
    written: () => writes - left,
  };
}

const eventsIn = async ({ store }: MemoryStore): Promise<unknown[]> => (await store.readAll(everything)).map(comparable);

test('a copy killed at any of its writes is a beginning of the source with every artifact, and the next completes it', async () => {
  let kills = 0;
  await fc.assert(
    fc.asyncProperty(history, async (appends) => {
      const source = await ledgerOf(appends);
      const whole = await eventsIn(source);
      const plain = createMemoryStore();
      const unharmed = dyingAfter(plain, Number.MAX_SAFE_INTEGER, false);
      const { root } = await copyLedger(tools, source, unharmed, never);
      expect(await eventsIn(plain)).toEqual(whole);
      for (let writes = 0; writes < unharmed.written(); writes++) {
        for (const applied of [false, true]) {
          const target = createMemoryStore();
          await expect(copyLedger(tools, source, dyingAfter(target, writes, applied), never)).rejects.toThrow(Killed);
          kills++;
          const begun = await eventsIn(target);
          expect(begun).toEqual(whole.slice(0, begun.length));
          if (begun.length > 0) expect(await addressesIn(target.artifacts)).toEqual(await addressesIn(source.artifacts));
          const completed = await copyLedger(tools, source, target, never);
          expect(completed).toMatchObject({
            root,
            targetRoot: root,
            size: whole.length,
            alreadyThere: begun.length,
            events: whole.length - begun.length,
          });
          expect(await eventsIn(target)).toEqual(whole);
          expect(await addressesIn(target.artifacts)).toEqual(await addressesIn(source.artifacts));
        }
      }
    }),
    { numRuns: propertyRuns(40) },
  );
  expect(kills).toBeGreaterThan(100);
}, 60_000);
