/** A mark tells when answers about a portfolio may have changed: after each event of a ledger the answers are found anew, and compared. */
import { describe, expect, test } from '@jest/globals';
import { metaPortfolioStream } from '../../../domain/publication/stream.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { PortfolioNews } from '../../../handlers/live/portfolio-news.ts';
import type { Ports, StoredEvent } from '../../../handlers/ports/ports.ts';
import { currentAllocation } from '../../../handlers/queries/allocations.ts';
import { explainWeight } from '../../../handlers/queries/explain-weight.ts';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { listPublications } from '../../../handlers/queries/publications.ts';
import { createMemoryStore, type MemoryStore } from '../../../infra/memory/memory-store.ts';
import { deskOn } from '../../support/desk/ledger.ts';
import { DeskMarket, resultsInOrder } from '../../support/desk/market.ts';
import { memorySession } from '../../support/imported-run.ts';

const size = { sleeves: 9, sessions: 2, seed: 20_261_130, nested: true };
const market = new DeskMarket(size);

/** A ledger of a desk, event by event. */
async function recorded(): Promise<{ readonly ports: Ports; readonly events: readonly StoredEvent[] }> {
  const { session, deliver } = await deskOn(memorySession(), market.manifest({ withPolicies: false }), () => ({}));
  const loaded = new RecordedInputs(session.ports);
  for (const key of resultsInOrder(size)) {
    await deliver(market.message(key));
    for (const meta of market.portfolios) await reallocate(session, loaded, meta);
  }
  await switchPublication(session, 'HaltPublication', market.portfolios[0]!, 'a look at it');
  return { ports: session.ports, events: await session.ports.store.readAll({ after: null, maxCount: 1_000, types: null }) };
}

/** An answer without what it reflects, or why there is none. */
async function answered(question: () => Promise<object>): Promise<unknown> {
  try {
    const { position: _, ...answer } = (await question()) as { readonly position?: string | null };
    return answer;
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
}

async function answersOf(ports: Ports, meta: string): Promise<string> {
  const query = { meta, risk: 'hrp', asOf: null, knownAt: null };
  const weights = (await answered(() => currentAllocation(ports, query))) as { readonly assets?: readonly { readonly symbol: string }[] };
  const symbol = weights.assets?.[0]?.symbol ?? 'NONE';
  const rest = [
    await answered(() => explainWeight(ports, query, symbol)),
    await answered(async () => ({ all: await listPublications(ports, { meta, asOf: null, knownAt: null }) })),
  ];
  return JSON.stringify([weights, ...rest]);
}

async function append({ store }: Pick<MemoryStore, 'store'>, event: StoredEvent): Promise<void> {
  await store.append(event.stream, [event], { expectedRevision: event.revision === 0n ? 'none' : event.revision - 1n });
}

test('after every single event of a ledger, a portfolio of the same mark has the same answers', async () => {
  const { ports, events } = await recorded();
  const copy = createMemoryStore();
  const own: Ports = { ...ports, store: copy.store, readModels: copy.readModels };
  const news = new PortfolioNews(own.store);
  const before = new Map<string, { readonly mark: string; readonly answers: string }>();
  const counted = { same: 0, changed: 0 };
  await news.mark(market.portfolios[0]!);
  for (const event of events) {
    await append(copy, event);
    for (const meta of market.portfolios) {
      const known = before.get(meta);
      const mark = await news.mark(meta);
      const answers = await answersOf(own, meta);
      if (known?.mark === mark) {
        counted.same++;
        expect(answers).toBe(known.answers);
      } else if (known !== undefined && known.answers !== answers) counted.changed++;
      before.set(meta, { mark, answers });
    }
  }
  // Most events are about no portfolio or another, and some change an answer.
  expect(counted.same).toBeGreaterThan(events.length);
  expect(counted.changed).toBeGreaterThan(2 * market.portfolios.length);
}, 60_000);

describe('a mark', () => {
  const [first, other] = market.portfolios as [string, string];

  async function following() {
    const { events } = await recorded();
    const copy = createMemoryStore();
    const news = new PortfolioNews(copy.store);
    await news.mark(first);
    return { events, copy, news };
  }

  test('is another one after an event of the portfolio, and the same after one of another', async () => {
    const { events, copy, news } = await following();
    for (const event of events) {
      const [mark, others] = [await news.mark(first), await news.mark(other)];
      await append(copy, event);
      const of = metaPortfolioStream.idOf(event.stream);
      if (of === first) expect([(await news.mark(first)) === mark, (await news.mark(other)) === others]).toEqual([false, true]);
      if (of === other) expect([(await news.mark(first)) === mark, (await news.mark(other)) === others]).toEqual([true, false]);
    }
  });

  test('is another one after an event of a run that began before anybody looked: it may be of any portfolio', async () => {
    const { events, copy } = await following();
    const rest = events.findIndex(({ stream, revision }) => stream.startsWith('metaRun-') && revision === 1n);
    for (const event of events.slice(0, rest)) await append(copy, event);
    const late = new PortfolioNews(copy.store);
    const marks = [await late.mark(first), await late.mark(other)];
    await append(copy, events[rest]!);
    expect([await late.mark(first), await late.mark(other)].map((mark, index) => mark === marks[index])).toEqual([false, false]);
  });

  test('is another one after more than is looked through', async () => {
    const { events, news } = await following();
    const page = Array.from({ length: 1_000 }, (_, index) => ({ ...events[0]!, position: String(index + 1) }));
    let head = '0';
    const long = new PortfolioNews({ head: async () => head, readAll: async ({ maxCount }) => page.slice(0, maxCount) });
    const mark = await long.mark(first);
    expect(await long.mark(first)).toBe(mark);
    head = '5000';
    expect(await long.mark(first)).not.toBe(mark);
    expect(await news.mark(first)).toBe(await news.mark(first));
  });

  test('of one who waits behind a failure is looked for again', async () => {
    let fails = 1;
    const news = new PortfolioNews({
      head: async () => {
        if (fails-- > 0) throw new Error('away');
        return '1';
      },
      readAll: async () => [],
    });
    const asked = await Promise.allSettled([news.mark(first), news.mark(first)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});
