import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { errorKinds, LedgerError } from '../../domain/shared/errors.ts';
import type { Compute } from '../../handlers/ports/ports.ts';
import type { SampleJobs } from '../support/compute/jobs.ts';

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

/** What every way of computing does. `make` gives one that works, each time another. */
export function computeContract(name: string, make: () => Compute<SampleJobs>): void {
  describe(`${name}: computing`, () => {
    let compute: Compute<SampleJobs>;
    beforeAll(() => {
      compute = make();
    });
    afterAll(() => compute.close());

    test('answers with what the job makes of its input, every bit of it', async () => {
      const values = Float64Array.of(Number.NaN, -0, 5e-324, 0.1 + 0.2, Number.MAX_VALUE, Number.NEGATIVE_INFINITY);
      const input = {
        values,
        zero: -0,
        nothing: null,
        missing: undefined,
        streams: new Map([['hrp', { rows: [1, 2.5] }]]),
        text: 'é\u2028',
      };
      const answer = (await compute.run('echo', input)) as typeof input;
      expect(Object.keys(answer)).toEqual(Object.keys(input));
      expect({ ...answer, values: null, streams: [...answer.streams] }).toEqual({ ...input, values: null, streams: [...input.streams] });
      expect(new Uint8Array(answer.values.buffer)).toEqual(new Uint8Array(values.buffer));
      expect(Object.is(answer.zero, -0)).toBe(true);
    });

    test('gives jobs the tools that they are promised', async () => {
      const hash = await compute.run('hash', 'abc');
      // FIPS 180-2, appendix B.1.
      expect(Buffer.from(hash).toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    });

    test('shares nothing: a job that changes its input changes a clone', async () => {
      const values = [1, 2, 3];
      const answer = await compute.run('change', { values });
      expect(answer).toEqual([1, 2, 3, 4]);
      expect(values).toEqual([1, 2, 3]);
    });

    test('gives each caller the answer to its own question, many at a time', async () => {
      const questions = Array.from({ length: 200 }, (_, index) => index);
      expect(await Promise.all(questions.map((question) => compute.run('echo', question)))).toEqual(questions);
    });

    test('carries a refusal with its code, evidence and place', async () => {
      const error = await failureOf(compute.run('refuse', { symbol: 'NYSE:AAA' }));
      expect(error).toBeInstanceOf(LedgerError);
      expect(error).toMatchObject({
        code: 'HistoryTooShort',
        message: 'ten rows hold no window',
        evidence: { symbol: 'NYSE:AAA', rows: 10 },
        at: { file: 'prices.csv', line: 7, path: 'backtest.train_window' },
        exitStatus: errorKinds.HistoryTooShort.exit,
      });
      expect([...((error as LedgerError).evidence['values'] as Float64Array)]).toEqual([Number.NaN, -0]);
    });

    test('reports a fault of a job as a fault of this program, with its stack, and computes on', async () => {
      const error = await failureOf(compute.run('fail', undefined));
      expect(error).toMatchObject({ code: 'Internal', message: 'the job fail failed: a fault of the job' });
      expect((error as LedgerError).evidence['stack']).toContain('test/support/compute/jobs.ts');
      expect(await compute.run('echo', 1)).toBe(1);
    });

    test('refuses an input that cannot be cloned, and computes on', async () => {
      expect(await failureOf(compute.run('echo', { call: () => 1 }))).toMatchObject({ name: 'DataCloneError' });
      expect(await compute.run('echo', 2)).toBe(2);
    });

    test('fails for an answer that cannot be cloned, and computes on', async () => {
      expect(await failureOf(compute.run('answerWithAFunction', undefined))).not.toBeNull();
      expect(await compute.run('echo', 3)).toBe(3);
    });

    test('begins nothing under a signal that is aborted', async () => {
      const error = await failureOf(compute.run('echo', 1, { signal: AbortSignal.abort() }));
      expect(error).toMatchObject({ code: 'Interrupted', exitStatus: 130 });
    });

    test('ends what waits and what runs when its signal aborts, and leaves the jobs of others alone', async () => {
      const stop = new AbortController();
      const stopped = Array.from({ length: compute.parallelism + 3 }, () =>
        failureOf(compute.run('thread', { holdMs: 300 }, { signal: stop.signal })),
      );
      const other = compute.run('echo', 'other');
      setTimeout(() => stop.abort(), 50);
      for (const error of await Promise.all(stopped)) expect(error).toMatchObject({ code: 'Interrupted' });
      expect(await other).toBe('other');
      expect(await compute.run('echo', 4)).toBe(4);
    });

    test('ends with what it has in hand when it is closed, and twice does no harm', async () => {
      const closing = make();
      const waiting = Array.from({ length: 3 }, () => failureOf(closing.run('thread', { holdMs: 200 })));
      await closing.close();
      await closing.close();
      const errors = await Promise.all(waiting);
      expect(errors.at(-1)).toMatchObject({ code: 'Interrupted' });
      expect(await failureOf(closing.run('echo', 1))).toMatchObject({ code: 'Interrupted' });
    });
  });
}
