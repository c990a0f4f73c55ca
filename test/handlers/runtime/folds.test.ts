import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draftEvent } from '../../../domain/catalogue.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { type Fold, foldStream, StreamFolds } from '../../../handlers/runtime/folds.ts';
import type { EventStore, ReadStreamOptions } from '../../../handlers/ports/ports.ts';
import { appendAtTail, foldOf, readWholeStream } from '../../../handlers/runtime/record.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { memoryLedger } from '../replay/world.ts';

/** Numbers of the events in order: whatever is skipped, doubled or turned round shows. */
const numbers: Fold<readonly number[]> = {
  initialState: [],
  evolve: (seen, event) => (event.type === 'PublicationHalted' ? [...seen, event.data.number] : seen),
};
const count: Fold<number> = { initialState: 0, evolve: (seen) => seen + 1 };

class Writer {
  readonly #session: Session = memoryLedger().session;
  readonly reads: ReadStreamOptions[] = [];

  /** Appends facts with the next numbers. */
  async append(stream: string, howMany: number): Promise<void> {
    const { state, tail } = await foldOf(this.#session, stream, count);
    const drafts = Array.from({ length: howMany }, (_, index) =>
      draftEvent('PublicationHalted', { meta: 'desk', number: state + index + 1, who: 'ann', why: 'x' }),
    );
    await appendAtTail(this.#session, tail, { stream, drafts, command: [stream, state], correlation: stream });
  }

  /** The store, seen from a process that keeps its folds. */
  get store(): EventStore {
    const { store } = this.#session.ports;
    return new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (name === 'readStream') {
          return (stream: string, options: ReadStreamOptions) => {
            this.reads.push(options);
            return store.readStream(stream, options);
          };
        }
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('a folded stream', () => {
  test('that nobody wrote to is the initial state, behind revision -1', async () => {
    expect(await foldStream(new Writer().store, 'metaPortfolio-desk', numbers)).toMatchObject({ state: [], tail: { revision: -1 } });
  });

  test('has every event in order, over pages, with the tail that an append goes behind', async () => {
    const writer = new Writer();
    for (const howMany of [600, 600, 1]) await writer.append('metaPortfolio-desk', howMany);
    const { state, tail } = await foldStream(writer.store, 'metaPortfolio-desk', numbers);
    const stored = await readWholeStream(writer.store, 'metaPortfolio-desk');
    expect(state).toEqual(upTo(1201));
    expect(tail).toEqual({ revision: 1200, hash: stored.at(-1)!.hash, recordedAt: stored.at(-1)!.recordedAt });
  });

  test('that ends with its page is read to its end', async () => {
    const writer = new Writer();
    await writer.append('metaPortfolio-desk', limits.readPageEventsMax);
    expect((await foldStream(writer.store, 'metaPortfolio-desk', numbers)).state).toHaveLength(limits.readPageEventsMax);
  });
});

describe('kept folds', () => {
  test('read only what was appended since', async () => {
    const writer = new Writer();
    const folds = new StreamFolds(writer.store);
    await writer.append('metaPortfolio-desk', 3);
    expect((await folds.current('metaPortfolio-desk', numbers)).state).toEqual([1, 2, 3]);
    await writer.append('metaPortfolio-desk', 2);
    expect((await folds.current('metaPortfolio-desk', numbers)).state).toEqual(upTo(5));
    expect((await folds.current('metaPortfolio-desk', numbers)).state).toEqual(upTo(5));
    expect(writer.reads.map(({ from }) => from)).toEqual([0n, 3n, 5n]);
  });

  test('of one stream under two folds, and of two streams, do not mix', async () => {
    const writer = new Writer();
    const folds = new StreamFolds(writer.store);
    await writer.append('metaPortfolio-desk', 2);
    await writer.append('metaPortfolio-other', 1);
    expect((await folds.current('metaPortfolio-desk', numbers)).state).toEqual([1, 2]);
    expect((await folds.current('metaPortfolio-desk', count)).state).toBe(2);
    expect((await folds.current('metaPortfolio-other', numbers)).state).toEqual([1]);
  });

  test('asked for many times at once are each as new as the store was when asked', async () => {
    const writer = new Writer();
    const folds = new StreamFolds(writer.store);
    await writer.append('metaPortfolio-desk', 2);
    const early = [1, 2, 3].map(() => folds.current('metaPortfolio-desk', numbers));
    await writer.append('metaPortfolio-desk', 1);
    const late = folds.current('metaPortfolio-desk', numbers);
    for (const { state } of await Promise.all(early)) expect([upTo(2), upTo(3)]).toContainEqual(state);
    expect((await late).state).toEqual(upTo(3));
    expect((await folds.current('metaPortfolio-desk', numbers)).state).toEqual(upTo(3));
  });

  test('property: are at any time what a fold from the beginning is', async () => {
    const step = fc.oneof(
      fc.record({ stream: fc.constantFrom('metaPortfolio-a', 'metaPortfolio-b'), append: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ stream: fc.constantFrom('metaPortfolio-a', 'metaPortfolio-b'), append: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const writer = new Writer();
        const folds = new StreamFolds(writer.store);
        for (const { stream, append } of steps) {
          if (append > 0) await writer.append(stream, append);
          expect(await folds.current(stream, numbers)).toEqual(await foldStream(writer.store, stream, numbers));
        }
      }),
      { numRuns: propertyRuns(30) },
    );
  });
});
