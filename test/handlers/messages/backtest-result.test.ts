/** Messages of jobs and their results: written, read back, and refused by place. */
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { type BacktestJob, backtestJobMessage, readBacktestJob } from '../../../handlers/messages/backtest-job.ts';
import { type BacktestResult, backtestResultMessage, readBacktestResult } from '../../../handlers/messages/backtest-result.ts';
import type { MessageToSend } from '../../../handlers/ports/ports.ts';
import { refusalOf } from '../../support/refusal.ts';

const ledgerId = '9b2f6c1e-4c7a-5d1e-8f3a-2a6b1c0d9e8f';
const time = '2026-01-02T03:04:05.678Z';
const job: BacktestJob = { key: 'a'.repeat(64), job: 'echo', engine: 'build', asker: 'asker-1', ledgerId };
const result: BacktestResult = {
  ...job,
  worker: 'worker-1',
  outcome: 'done',
  answer: 'b'.repeat(64),
  reason: null,
};

const received = ({ value, headers }: Pick<MessageToSend, 'value' | 'headers'>) => ({
  value,
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
});
const textOf = ({ value }: MessageToSend): unknown => JSON.parse(Buffer.from(value).toString('utf8'));

const around = { specversion: '1.0', datacontenttype: 'application/json', source: `/sleeve-ledger/${ledgerId}`, time, subject: 'echo' };

const refused = (change: Readonly<Record<string, unknown>>) => {
  const { code, message, at } = refusalOf(() => readBacktestResult(received(backtestResultMessage({ ...result, ...change }, time))));
  return { code, message, at };
};

test('a job is its key, whoever asks, and comes back as it was', () => {
  const message = backtestJobMessage(job, time);
  expect(message.key).toBe(job.key);
  expect(textOf(message)).toEqual({ ...around, id: job.key, type: 'io.sleeve-ledger.backtest-job.v1', data: job });
  expect(readBacktestJob(received(message))).toEqual(job);
});

test.each([
  ['done', job.key],
  ['failed', `${job.key}-asker-1`],
  ['refused', `${job.key}-asker-1`],
] as const)('a result that is %s is known by its job, and an error by who asked, too', (outcome, id) => {
  const told = { ...result, outcome };
  const message = backtestResultMessage(told, time);
  expect(message.key).toBe(job.key);
  expect(textOf(message)).toEqual({ ...around, id, type: 'io.sleeve-ledger.backtest-result.v1', data: told });
  expect(readBacktestResult(received(message))).toEqual(told);
});

describe('refused is', () => {
  test.each([
    ['key', 'A'.repeat(64)],
    ['key', 'a'.repeat(65)],
    ['job', 'x'.repeat(101)],
    ['engine', 'x'.repeat(301)],
    ['worker', ''],
    ['asker', 'x'.repeat(301)],
    ['ledgerId', 'x'],
    ['outcome', 'known'],
    ['answer', 'b'],
    ['reason', 'x'.repeat(2_001)],
  ])('a result whose %s is %j', (name, value) => {
    expect(refused({ [name]: value })).toEqual({
      code: 'MessageInvalid',
      message: expect.stringMatching(new RegExp(`^${name}: `)),
      at: { path: name },
    });
  });

  test('one with more than is known', () => {
    expect(refused({ more: 1 })).toMatchObject({ code: 'MessageInvalid', message: expect.stringContaining('more'), at: {} });
  });

  test('one kind for another', () => {
    expect(refusalOf(() => readBacktestJob(received(backtestResultMessage(result, time)))).message).toBe(
      'type: io.sleeve-ledger.backtest-result.v1 is not read here, only io.sleeve-ledger.backtest-job.v1',
    );
  });

  test('one that is longer than a small message, unread', () => {
    const max = limits.inlineDataBytesMax;
    const message = backtestJobMessage(job, time);
    const ofLength = (length: number) =>
      received({ ...message, value: Buffer.from(Buffer.from(message.value).toString('utf8').padEnd(length)) });
    expect(readBacktestJob(ofLength(max))).toEqual(job);
    expect(refusalOf(() => readBacktestJob(ofLength(max + 1))).message).toBe(`${max + 1} bytes, at most ${max}`);
    expect(refusalOf(() => readBacktestJob({ value: null, headers: {} })).message).toBe('the message has no value');
  });
});
