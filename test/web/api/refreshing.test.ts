/** What the page asks again when there is news, and when. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type Answers, refresh } from '../../../web/src/api/refreshing.ts';

interface Observer {
  subscribe(listener: () => void): () => void;
  getCurrentResult(): { readonly data: unknown };
}
interface Queries {
  readonly QueryClient: new () => Answers;
  readonly QueryObserver: new (client: Answers, options: object) => Observer;
}
/** Its types are those of a browser, which are not those of Node. */
const library: string = '@tanstack/preact-query';
const { QueryClient, QueryObserver } = (await import(library)) as Queries;

let questions = 0;

/** A question that somebody looks at: how often it was asked, and how it is answered. */
function shown(client: Answers, meta: Record<string, unknown> = {}) {
  const answers: (() => void)[] = [];
  const queryKey = ['answer', `/v1/${questions++}`];
  let asked = 0;
  const queryFn = async (): Promise<number> => {
    const number = ++asked;
    await new Promise<void>((resolve) => answers.push(resolve));
    return number;
  };
  const observe = (of: Record<string, unknown>) =>
    new QueryObserver(client, { queryKey, queryFn, meta: of, retry: false, staleTime: 5_000 });
  const observer = observe(meta);
  const hide = observer.subscribe(() => undefined);
  return {
    hide,
    alsoShown: (of: Record<string, unknown>) => void observe(of).subscribe(() => undefined),
    asked: () => asked,
    answered: () => observer.getCurrentResult().data,
    answer: async () => {
      while (answers.length === 0) await sleep(1);
      answers.shift()!();
      await sleep(1);
    },
  };
}

async function begun(meta: Record<string, unknown> = {}) {
  const client = new QueryClient();
  const question = shown(client, meta);
  await question.answer();
  expect([question.asked(), question.answered()]).toEqual([1, 1]);
  return { client, question };
}

/** Longer than a question rests whose answer came at once. */
const restedMs = 60;

describe('a question', () => {
  test('is asked again at news', async () => {
    const { client, question } = await begun();
    refresh(client);
    await question.answer();
    expect(question.answered()).toBe(2);
  });

  test('that is being answered is asked once more afterwards, however much news there was', async () => {
    const { client, question } = await begun();
    for (let news = 0; news < 5; news++) refresh(client);
    await sleep(restedMs);
    expect(question.asked()).toBe(2);
    await question.answer();
    expect(question.answered()).toBe(2);
    while (question.asked() < 3) await sleep(1);
    await question.answer();
    await sleep(restedMs);
    expect([question.asked(), question.answered()]).toEqual([3, 3]);
  });

  test('that was being asked for the first time when there was news is asked once more', async () => {
    const client = new QueryClient();
    const question = shown(client);
    refresh(client);
    await question.answer();
    while (question.asked() < 2) await sleep(1);
    await question.answer();
    await sleep(restedMs);
    expect([question.asked(), question.answered()]).toEqual([2, 2]);
  });

  test('rests for as long as its answer took', async () => {
    const { client, question } = await begun();
    refresh(client);
    await sleep(150);
    refresh(client);
    await question.answer();
    const answeredAt = performance.now();
    while (question.asked() < 3) await sleep(1);
    expect(performance.now() - answeredAt).toBeGreaterThan(100);
  });

  test('that cannot be answered otherwise is not asked again', async () => {
    const { client, question } = await begun({ again: 'never' });
    refresh(client);
    await sleep(restedMs);
    expect(question.asked()).toBe(1);
  });

  test('that is asked seldom is asked at the first news, and rests', async () => {
    const { client, question } = await begun({ again: 'seldom' });
    refresh(client);
    await question.answer();
    refresh(client);
    await sleep(restedMs);
    expect([question.asked(), question.answered()]).toEqual([2, 2]);
  });

  test.each([
    ['of its portfolio', ['p', null], 2],
    ['of another', ['q', null], 1],
    ['of nobody knows what', undefined, 2],
  ])('that only a portfolio changes is asked again at news %s', async (_, portfolios, asked) => {
    const { client, question } = await begun({ about: 'p', again: 'never' });
    refresh(client, portfolios);
    await sleep(restedMs);
    expect(question.asked()).toBe(asked);
  });

  test('that rests for long is asked at once at news of its portfolio', async () => {
    const { client, question } = await begun({ about: 'p', again: 'seldom' });
    refresh(client, [null]);
    await question.answer();
    refresh(client, [null]);
    await sleep(restedMs);
    expect(question.asked()).toBe(2);
    refresh(client, ['p']);
    await sleep(restedMs);
    expect(question.asked()).toBe(3);
  });

  test('is asked as often as the most eager of those who look at it wants', async () => {
    const { client, question } = await begun({ again: 'seldom' });
    question.alsoShown({});
    for (let asked = 2; asked <= 4; asked++) {
      refresh(client);
      while (question.asked() < asked) await sleep(1);
      await question.answer();
      await sleep(restedMs);
    }
    expect(question.answered()).toBe(4);
  });

  test('that nobody looks at any more is asked when somebody does', async () => {
    const { client, question } = await begun();
    question.hide();
    refresh(client);
    await sleep(restedMs);
    expect(question.asked()).toBe(1);
    question.alsoShown({});
    await question.answer();
    expect(question.asked()).toBe(2);
  });
});
