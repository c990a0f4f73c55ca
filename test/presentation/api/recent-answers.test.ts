import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { RecentAnswers, type RecentAnswersBounds } from '../../../presentation/api/recent-answers.ts';
import type { ApiAnswer } from '../../../presentation/ports/ports.ts';
import { deferred } from '../../support/deferred.ts';

const answerOf = (body: ApiAnswer['body']): ApiAnswer => ({ status: 200, headers: {}, body });

/** One computation that is shared, and how it is asked. */
class Bench {
  begun = 0;
  signals: AbortSignal[] = [];
  readonly end = deferred<ApiAnswer>();
  readonly answers: RecentAnswers;

  constructor(bounds: RecentAnswersBounds = {}) {
    this.answers = new RecentAnswers(bounds);
  }

  ask(signal: AbortSignal, target = '/a', head = '1'): Promise<ApiAnswer> {
    return this.answers.answer(target, head, signal, (own) => {
      this.begun += 1;
      this.signals.push(own);
      own.addEventListener('abort', () => this.end.reject(new Error('nobody waits')));
      return this.end.promise;
    });
  }

  async said(target: string, body: ApiAnswer['body']): Promise<void> {
    await this.answers.answer(target, '1', new AbortController().signal, async () => {
      this.begun += 1;
      return answerOf(body);
    });
  }
}

describe('recent answers', () => {
  test('one who leaves takes the answer from nobody else', async () => {
    const bench = new Bench();
    const [leaving, staying] = [new AbortController(), new AbortController()];
    const first = bench.ask(leaving.signal);
    const second = bench.ask(staying.signal);
    leaving.abort();
    expect(bench.signals.map(({ aborted }) => aborted)).toEqual([false]);
    bench.end.resolve(answerOf('both'));
    expect([(await first).body, (await second).body]).toEqual(['both', 'both']);
    expect(bench.begun).toBe(1);
  });

  test('the computation ends when all have left, and the next one begins anew', async () => {
    const bench = new Bench();
    const askers = [new AbortController(), new AbortController()];
    const waiting = askers.map(({ signal }) => bench.ask(signal));
    for (const asker of askers) asker.abort();
    expect(bench.signals.map(({ aborted }) => aborted)).toEqual([true]);
    for (const one of waiting) await expect(one).rejects.toThrow('nobody waits');
    await bench.said('/a', 'anew');
    expect(bench.begun).toBe(2);
  });

  test('are asked for again when the ledger has grown', async () => {
    const bench = new Bench();
    bench.end.resolve(answerOf('old'));
    await bench.ask(new AbortController().signal, '/a', '1');
    await bench.ask(new AbortController().signal, '/a', '1');
    expect(bench.begun).toBe(1);
    await bench.ask(new AbortController().signal, '/a', '2');
    expect(bench.begun).toBe(2);
  });

  test.each([
    ['are asked for again after a while, whatever the ledger does', 5, 2],
    ['last as long as it is said', 60_000, 1],
  ])('%s', async (_, keptMsMax, begun) => {
    const bench = new Bench({ keptMsMax });
    bench.end.resolve(answerOf('said'));
    await bench.ask(new AbortController().signal);
    await sleep(20);
    await bench.ask(new AbortController().signal);
    expect(bench.begun).toBe(begun);
  });

  test('hold a bounded number of characters: the oldest go, and one that is larger is not kept', async () => {
    const bench = new Bench({ sizeMax: 10 });
    for (const target of ['/a', '/b', '/b']) await bench.said(target, '123456');
    expect(bench.begun).toBe(2);
    await bench.said('/a', '123456');
    expect(bench.begun).toBe(3);
    for (let time = 0; time < 2; time++) await bench.said('/large', '12345678901');
    expect(bench.begun).toBe(5);
  });

  test('a stream has one reader', async () => {
    const bench = new Bench();
    for (let time = 0; time < 2; time++) await bench.said('/stream', new Uint8Array(3));
    expect(bench.begun).toBe(2);
  });
});
