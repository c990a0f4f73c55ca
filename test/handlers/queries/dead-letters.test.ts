/** Lists of dead letters: which letters a page holds, in which order, and what of them can be read. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { EventData } from '../../../domain/catalogue.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { type DeadLetterQuestion, letterRow, listDeadLetters, type ListedLetter } from '../../../handlers/queries/dead-letters.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { FactHistory, sampleSealed, sleeveFacts } from '../../support/portfolio-events.ts';
import { sampleId } from '../../support/sample-events.ts';
import { memoryLedger } from '../replay/world.ts';

const { session, memory } = memoryLedger();
const { ports } = session;
const id = (name: string): string => sampleId(`letter ${name}`);

interface Written {
  readonly at?: number;
  readonly partition?: number;
  readonly offset?: string;
}

function letter(name: string, sleeve: string | null, { at = 0, partition = 0, offset = '7' }: Written, change: object = {}) {
  const told = sleeveFacts.rejected(sleeve);
  const data: EventData<'SleeveRunRejected'> = { ...told, letterId: id(name), source: { ...told.source, partition, offset }, ...change };
  return [`intake-${name}`, 'SleeveRunRejected', data, `2026-01-02T03:04:0${at}.000Z`] as const;
}

const plain = {
  payload: { bytes: 3, sha256: 'a'.repeat(64), document: null, whole: true, sealed: null },
  reason: 'not JSON',
  path: 'weights',
};
const long = { ...sampleSealed, document: { ...sampleSealed.document, bytes: limits.inlineDataBytesMax + 1 } };
const fits = { ...sampleSealed, document: { ...sampleSealed.document, bytes: limits.inlineDataBytesMax } };

beforeAll(async () => {
  const sealed = (kept: typeof long) => ({ payload: { bytes: 3, sha256: null, document: null, whole: true, sealed: kept } });
  const resolved = { ...sleeveFacts.resolved('gold'), letterId: id('resolved') };
  const erased = { letterId: id('erased'), sleeve: 'gold', who: 'ann', why: 'a name in it' };
  const many = sleeveFacts.refusedTogether('gold');
  const history = new FactHistory()
    .add(...letter('late', 'gold', { at: 5 }))
    .add(...letter('plain', 'bonds', { at: 1 }, plain))
    .add(...letter('resolved', 'gold', { at: 2 }))
    .add('sleeve-gold', 'DeadLetterResolved', resolved)
    .add(...letter('erased', 'gold', { at: 3 }))
    .add('sleeve-gold', 'DeadLetterErased', erased)
    .add(...letter('long', null, { at: 4 }, sealed(long)))
    .add(...letter('fits', null, { at: 4, partition: 1 }, sealed(fits)))
    .add('intake-many', 'MessagesRefused', { ...many, letterId: id('many') }, '2026-01-02T03:04:04.000Z')
    .add(...letter('tenth', 'bonds', { at: 1, offset: '10' }, plain))
    .sleeve('SleeveResultHeld', sleeveFacts.held('gold'));
  await recordHistory(memory, history);
});

const asked: DeadLetterQuestion = { sleeve: null, resolved: false, knownAt: null, after: null, maxCount: 100 };
const names = new Map(['late', 'plain', 'resolved', 'erased', 'long', 'fits', 'many', 'tenth'].map((name) => [id(name), name]));
const shown = (letters: readonly ListedLetter[]) => letters.map(({ letterId, text }) => [names.get(letterId), text]);

describe('a list of dead letters', () => {
  test('has the open ones in the order in which they were written, with what can be read of them', async () => {
    const list = await listDeadLetters(ports, asked);
    expect(shown(list.letters)).toEqual([
      ['plain', 'plain'],
      ['tenth', 'plain'],
      ['erased', 'erased'],
      ['long', 'long'],
      ['many', 'many'],
      ['fits', 'key missing'],
      ['late', 'key missing'],
    ]);
    expect(list).toMatchObject({ next: null, open: 7, waiting: [{ sleeve: 'gold', waiting: 1 }], position: (await ports.store.head())! });
    expect(list.letters[0]).toMatchObject({ reason: 'not JSON', path: 'weights' });
  });

  test('has every letter where those that were resolved are asked for too', async () => {
    const list = await listDeadLetters(ports, { ...asked, resolved: true });
    expect(shown(list.letters).map(([name]) => name)).toEqual(['plain', 'tenth', 'resolved', 'erased', 'long', 'many', 'fits', 'late']);
    expect(list.open).toBe(7);
  });

  test('of one sleeve has its letters, its count and its waiting results', async () => {
    const bonds = await listDeadLetters(ports, { ...asked, sleeve: 'bonds' });
    expect(shown(bonds.letters).map(([name]) => name)).toEqual(['plain', 'tenth']);
    expect(bonds).toMatchObject({ next: null, open: 2, waiting: [] });
    const gold = await listDeadLetters(ports, { ...asked, sleeve: 'gold' });
    expect(gold).toMatchObject({ open: 3, waiting: [{ sleeve: 'gold', waiting: 1 }] });
    expect(await listDeadLetters(ports, { ...asked, sleeve: 'silver' })).toMatchObject({ letters: [], next: null, open: 0, waiting: [] });
  });

  test.each([
    [false, 7],
    [true, 8],
  ])('comes in pages that hold each letter once (resolved ones: %s)', async (resolved, count) => {
    for (const maxCount of [1, 2, 3, count - 1, count]) {
      const seen: string[] = [];
      let pages = 0;
      for (let after: string | null = null; ; pages++) {
        const { letters, next } = await listDeadLetters(ports, { ...asked, resolved, maxCount, after });
        expect(letters.length).toBeLessThanOrEqual(maxCount);
        seen.push(...letters.map(({ letterId }) => letterId));
        if (next === null) break;
        after = next;
      }
      expect(seen.length).toBe(count);
      expect(new Set(seen).size).toBe(count);
      expect(pages + 1).toBe(Math.ceil(count / maxCount));
    }
  });

  test('as it was known at a position has the letters of then', async () => {
    const all = await ports.store.readAll({ after: null, maxCount: 100, types: null });
    const list = await listDeadLetters(ports, { ...asked, resolved: true, knownAt: all[2]!.position });
    expect(shown(list.letters).map(([name]) => name)).toEqual(['plain', 'resolved', 'late']);
    expect(list).toMatchObject({ next: null, open: 3, waiting: [], position: all[2]!.position });
    expect((await listDeadLetters(ports, { ...asked, knownAt: '2020-01-01T00:00Z' })).letters).toEqual([]);
  });

  test('behind a letter that nobody wrote begins with the first where every one is asked for', async () => {
    const list = await listDeadLetters(ports, { ...asked, resolved: true, after: 'nobody' });
    expect(list.letters).toHaveLength(8);
  });
});

test('a letter by its id is the row of it, and null where there is none', async () => {
  expect(await letterRow(ports, id('late'))).toMatchObject({ letterId: id('late'), number: 0, sleeve: 'gold' });
  expect(await letterRow(ports, 'nobody')).toBeNull();
});
