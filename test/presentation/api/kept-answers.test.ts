import { describe, expect, test } from '@jest/globals';
import { idempotencyKeyOf, KeptAnswers, type KeptAnswersBounds } from '../../../presentation/api/kept-answers.ts';
import type { ApiAnswer } from '../../../presentation/ports/ports.ts';
import { deferred } from '../../support/deferred.ts';

const answerOf = (status: number, body = '{}'): ApiAnswer => ({ status, headers: { 'content-type': 'application/json' }, body });

/** Kept answers of which every new computation answers another number. */
class Bench {
  computed = 0;
  now = 0;
  readonly #answers: KeptAnswers;

  constructor(bounds: Partial<KeptAnswersBounds> = {}) {
    this.#answers = new KeptAnswers({ countMax: 100, ofOneMax: 100, bytesMax: 1_000_000, msMax: 1_000, ...bounds }, () => this.now);
  }

  async ask(key: string, status = 200, who = 'olga', fingerprint = 'same', size = 0): Promise<string> {
    const { body } = await this.#answers.once({ who, key, fingerprint }, async () =>
      answerOf(status, `${++this.computed}${' '.repeat(size)}`),
    );
    return (body as string).trim();
  }

  whole(key: string, compute: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    return this.#answers.once({ who: 'olga', key, fingerprint: 'same' }, compute);
  }
}

async function failing(): Promise<ApiAnswer> {
  throw new Error('once');
}

describe('kept answers', () => {
  test('the same request with the same key is answered as the first time, and says so', async () => {
    const bench = new Bench();
    const first = await bench.whole('k', async () => answerOf(200, 'done'));
    const again = await bench.whole('k', failing);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(again).toEqual({ ...first, headers: { ...first.headers, 'idempotent-replayed': 'true' } });
  });

  test('another request with the same key is refused, and another name has keys of its own', async () => {
    const bench = new Bench();
    await bench.ask('k');
    await expect(bench.ask('k', 200, 'olga', 'other')).rejects.toMatchObject({ code: 'IdempotencyKeyUsed' });
    expect(await bench.ask('k', 200, 'paul', 'other')).toBe('2');
    expect(bench.computed).toBe(2);
  });

  test('while the first is under way the same is told to wait, and another is refused', async () => {
    const bench = new Bench();
    const end = deferred<ApiAnswer>();
    const first = bench.whole('k', () => end.promise);
    await expect(bench.ask('k')).rejects.toMatchObject({ code: 'RequestUnderWay', evidence: { retryAfterSeconds: 1 } });
    await expect(bench.ask('k', 200, 'olga', 'other')).rejects.toMatchObject({ code: 'IdempotencyKeyUsed' });
    end.resolve(answerOf(200, 'late'));
    expect([(await first).body, await bench.ask('k')]).toEqual(['late', 'late']);
  });

  test.each([200, 201, 400, 404, 413, 422])('%i stays so', async (status) => {
    const bench = new Bench();
    expect([await bench.ask('k', status), await bench.ask('k', status)]).toEqual(['1', '1']);
  });

  test.each([401, 403, 408, 409, 429, 500, 503])('%i may be another the next time, and is tried again', async (status) => {
    const bench = new Bench();
    expect([await bench.ask('k', status), await bench.ask('k', status)]).toEqual(['1', '2']);
  });

  test('what fails is not kept', async () => {
    const bench = new Bench();
    await expect(bench.whole('k', failing)).rejects.toThrow('once');
    expect(await bench.ask('k')).toBe('1');
  });

  test('are forgotten after their time', async () => {
    const bench = new Bench({ msMax: 1_000 });
    await bench.ask('k');
    bench.now = 999;
    expect(await bench.ask('k')).toBe('1');
    bench.now = 1_000;
    expect(await bench.ask('k')).toBe('2');
  });

  test('are bounded in number: whoever fills them loses the oldest of their own', async () => {
    const bench = new Bench({ ofOneMax: 2 });
    await bench.ask('p', 200, 'paul');
    for (const key of ['a', 'b', 'c']) await bench.ask(key);
    expect([await bench.ask('c'), await bench.ask('b'), await bench.ask('p', 200, 'paul')]).toEqual(['4', '3', '1']);
    expect(await bench.ask('a')).toBe('5');
  });

  test('are bounded in number and bytes of all', async () => {
    const counted = new Bench({ countMax: 2 });
    for (const who of ['a', 'b', 'c']) await counted.ask('k', 200, who);
    expect([await counted.ask('k', 200, 'c'), await counted.ask('k', 200, 'a')]).toEqual(['3', '4']);
    const sized = new Bench({ bytesMax: 10_000 });
    for (const key of ['a', 'b']) await sized.ask(key, 200, 'olga', 'same', 3_000);
    expect([await sized.ask('b'), await sized.ask('a')]).toEqual(['2', '3']);
  });
});

describe('an idempotency key', () => {
  test.each([
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    // As the draft of the IETF writes it, a string of RFC 8941.
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['"two words"', 'two words'],
    [undefined, null],
  ])('%s is %s', (header, key) => {
    expect(idempotencyKeyOf({ 'idempotency-key': header })).toBe(key);
  });

  test.each(['', '""', '"a', 'a b', 'a, b', '"a"b"', 'ä', 'x'.repeat(256)])('%j is none', (header) => {
    expect(() => idempotencyKeyOf({ 'idempotency-key': header })).toThrow('idempotency-key: 1 to 255 visible characters');
  });
});
