/** What the process that reads files does with what it is told, in this process: its parent is a list of what was sent. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Answer, FileKinds, FileReader } from '../../../infra/parsing/messages.ts';

const time: unknown[] = [];
const guarded: number[] = [];
jest.unstable_mockModule('../../../infra/parsing/guard.ts', () => ({
  guardProcess: async (bytesMax: number) => {
    guarded.push(bytesMax);
    return {
      begin: (ms: number) => time.push(['begin', ms]),
      extend: (ms: number) => time.push(['extend', ms]),
      end: () => time.push(['end']),
    };
  },
}));
const { serveParsing } = await import('../../../infra/parsing/serve.ts');

const long = new Float64Array(524_288);
const readers: Readonly<Record<string, FileReader>> = {
  say: (bytes, file, question) => ({ bytes: [...bytes], file, asked: question }),
  columns: () => ({ a: Float64Array.of(1, 2), b: [async () => Float64Array.of(3)], c: null }),
  long: () => [long, long.subarray(1), Float64Array.of(1)],
  refuse: (_, file) => {
    throw new LedgerError('PriceFileUnreadable', 'no', { evidence: { a: 1 }, at: { file } });
  },
  fail: () => {
    throw new TypeError('a fault');
  },
  throwText: () => {
    throw 'text';
  },
};
const kinds: FileKinds = Object.fromEntries(
  Object.entries(readers).map(([name, reader]) => [name, { load: async () => reader, msPerMebibyte: 200 }]),
);

let sent: Answer[] = [];
const collected = jest.fn();
const before = {
  send: process.send,
  gc: globalThis.gc,
  listeners: ['message', 'disconnect', 'SIGINT', 'SIGTERM'].map((name) => process.listeners(name as 'exit')),
};

const send = (answer: Answer, ...rest: unknown[]): boolean => {
  sent.push(answer);
  (rest.at(-1) as () => void)();
  return true;
};

beforeAll(async () => {
  Object.assign(process, { send });
  Object.assign(globalThis, { gc: collected });
  await serveParsing(kinds);
});
afterAll(() => {
  Object.assign(process, { send: before.send });
  Object.assign(globalThis, { gc: before.gc });
  for (const [at, name] of ['message', 'disconnect', 'SIGINT', 'SIGTERM'].entries())
    for (const listener of process.listeners(name as 'exit'))
      if (!before.listeners[at]!.includes(listener)) process.removeListener(name, listener);
});
beforeEach(() => {
  time.length = 0;
  collected.mockClear();
});

/** Sends a file in pieces; answers what came back, and leaves nothing of it. */
async function asked(reader: string, pieces: readonly (readonly number[])[], question: unknown = null): Promise<Answer[]> {
  const emit = process.emit.bind(process) as unknown as (name: string, message: unknown) => boolean;
  time.length = 0;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  emit('message', { kind: 'read', reader, file: 'a.csv', asked: question, length });
  for (const piece of pieces) emit('message', { kind: 'piece', bytes: Uint8Array.from(piece) });
  for (let turn = 0; turn < 100 && !time.some((step) => (step as unknown[])[0] === 'end'); turn++)
    await new Promise((resolve) => setImmediate(resolve));
  return sent.splice(0);
}

describe('the process that reads files', () => {
  test('is guarded, takes no notice of a terminal, and says that it is ready', () => {
    expect([guarded, sent.splice(0)]).toEqual([[268_435_456], [{ kind: 'ready' }]]);
    expect(['SIGINT', 'SIGTERM'].map((name, at) => process.listenerCount(name) - before.listeners[at + 2]!.length)).toEqual([1, 1]);
  });

  test('reads a file once all its pieces are there, in the time of its length', async () => {
    expect(await asked('say', [[1, 2], [3], [], [4]], { x: 1 })).toEqual([
      { kind: 'value', value: { bytes: [1, 2, 3, 4], file: 'a.csv', asked: { x: 1 } }, columns: 0 },
    ]);
    expect(time).toEqual([['begin', 1_000 + (200 * 4) / 1_048_576], ['end']]);
    expect(collected).toHaveBeenCalledTimes(1);
    expect(await asked('say', [])).toEqual([{ kind: 'value', value: { bytes: [], file: 'a.csv', asked: null }, columns: 0 }]);
  });

  test('sends columns one by one behind their value, and each earns time for the next', async () => {
    expect(await asked('columns', [[1]])).toEqual([
      { kind: 'value', value: { a: { 'column of numbers': 0 }, b: [{ 'column of numbers': 1 }], c: null }, columns: 2 },
      { kind: 'column', values: Float64Array.of(1, 2) },
      { kind: 'column', values: Float64Array.of(3) },
    ]);
    expect(time).toEqual([['begin', 1_000 + 200 / 1_048_576], ['extend', 5 + 2 / 500], ['extend', 5 + 1 / 500], ['end']]);
  });

  test('collects what it has sent after each four MiB', async () => {
    expect(await asked('long', [[1]])).toHaveLength(4);
    // Once for the file; once for the first column; the two after it are a number short of four MiB, and reach it together.
    expect(collected).toHaveBeenCalledTimes(3);
  });

  test('says what is refused and what failed, and ends its time', async () => {
    const answers: Answer[] = [];
    for (const reader of ['refuse', 'fail', 'throwText', 'none']) {
      time.length = 0;
      answers.push(...(await asked(reader, [[1]])));
      expect(time.at(-1)).toEqual(['end']);
    }
    expect(answers).toEqual([
      { kind: 'refused', refusal: { code: 'PriceFileUnreadable', message: 'no', evidence: { a: 1 }, at: { file: 'a.csv' } } },
      { kind: 'failed', why: 'a fault' },
      { kind: 'failed', why: 'text' },
      { kind: 'failed', why: 'there is no reader none' },
    ]);
  });

  test('ends when its parent lets go of it', () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as () => never);
    (process.emit as (name: string) => boolean)('disconnect');
    expect(exit.mock.calls).toEqual([[0]]);
    exit.mockRestore();
  });
});
