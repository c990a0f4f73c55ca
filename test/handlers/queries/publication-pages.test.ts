/** Pages of publications: each once, in either order, and the newest without reading what stands before them. */
import { describe, expect, test } from '@jest/globals';
import { listPublications, publicationPage } from '../../../handlers/queries/publications.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { FactHistory, portfolioFacts } from '../../support/portfolio-events.ts';

const { defined, published } = portfolioFacts;
const count = 400;
const day = (number: number): string =>
  `2025-${String(1 + Math.floor(number / 28)).padStart(2, '0')}-${String(1 + (number % 28)).padStart(2, '0')}`;

const history = new FactHistory().portfolio('MetaPortfolioDefined', defined('desk', ['bonds']));
for (let number = 1; number <= count; number++) {
  // One as-of date for two of them in turn, as corrections have.
  const asOf = day(Math.floor(number / 2));
  history.portfolio('AllocationPublished', published('desk', number, { runId: `r${number}`, asOf }));
}
const everything = { meta: 'desk', asOf: null, knownAt: null };
const { ports } = await ledgerHolding(history);

/** The ports, and how many events were read of streams. */
function counted(): { readonly own: Ports; readonly read: () => number } {
  let events = 0;
  const store = storeLike(ports.store, {
    readStream: async (...asked) => {
      const page = await ports.store.readStream(...asked);
      events += page.length;
      return page;
    },
  });
  return { own: { ...ports, store }, read: () => events };
}

describe('pages of publications', () => {
  test.each([
    [true, null],
    [false, null],
    [true, day(100)],
    [false, day(100)],
  ])('newest first: %p, as of %p, hold each once', async (newestFirst, asOf) => {
    const all = await listPublications(ports, { ...everything, asOf });
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: asOf === null ? count : 201 }, (_, index) => index + 1));
    const numbers: number[] = [];
    for (let after: number | null = null; ;) {
      const { publications, next } = await publicationPage(ports, { ...everything, asOf, newestFirst, after, maxCount: 67 });
      expect(publications).toEqual(publications.map(({ number }) => all[number - 1]));
      numbers.push(...publications.map(({ number }) => number));
      if (next === null) break;
      expect(publications).toHaveLength(67);
      after = next;
    }
    const expected = all.map(({ number }) => number);
    expect(numbers).toEqual(newestFirst ? expected.toReversed() : expected);
  });

  test('that end with the last one name no other page', async () => {
    const page = { ...everything, maxCount: count };
    for (const newestFirst of [true, false]) expect((await publicationPage(ports, { ...page, newestFirst })).next).toBeNull();
  });

  test('of the newest do not read the rest', async () => {
    const { own, read } = counted();
    const { publications } = await publicationPage(own, { ...everything, newestFirst: true, maxCount: 5 });
    expect(publications.map(({ number }) => number)).toEqual([400, 399, 398, 397, 396]);
    expect(publications.at(-1)!.changes.against).toBe(395);
    expect(read()).toBeLessThan(50);
  });
});
