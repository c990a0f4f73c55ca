/** How the process that reads files is asked, and what each of its ends means, with a process that does what its reader is called. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { createParsingProcess, type ParsingProcess } from '../../../infra/parsing/parsing-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { toldBy } from '../../support/told.ts';

const directory = temporaryDirectory();
const entry = join(directory, 'reader.mjs');
writeFileSync(
  entry,
  `
let asked = null;
let pieces = [];
const value = (of, columns) => process.send({ kind: 'value', value: of, columns });
const column = (...numbers) => process.send({ kind: 'column', values: Float64Array.from(numbers) });
const place = (number) => ({ 'column of numbers': number });
const readers = {
  say: () => {
    const { execArgv: flags, argv, env, pid } = process;
    value({ asked, pieces, flags, arguments: argv.slice(2), environment: Object.keys(env), pid }, 0);
  },
  columns: () => { value({ a: place(0), b: [place(1)] }, 2); column(1, NaN); column(2); },
  early: () => { column(1); value({ a: place(0) }, 1); },
  refuse: () => {
    const refusal = { code: 'PriceFileUnreadable', message: 'no', evidence: { a: 1 }, at: { file: 'f', line: 7 } };
    process.send({ kind: 'refused', refusal });
  },
  fail: () => process.send({ kind: 'failed', why: 'a fault' }),
  exit: () => process.exit(3),
  shell: () => process.exit(134),
  silent: () => undefined,
};
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message.kind === 'read') [asked, pieces] = [message, []];
  else pieces.push(message.bytes.length);
  if (pieces.reduce((sum, length) => sum + length, 0) < asked.length) return;
  if (asked.reader.startsWith('SIG')) process.kill(process.pid, asked.reader);
  else readers[asked.reader]();
});
process.send({ kind: 'ready' });
`,
);
const some = Uint8Array.of(1, 2, 3);
const started: ParsingProcess[] = [];
const processes = (more: { deadlineMs?: (bytes: number) => number; idleMs?: number } = {}): ParsingProcess => {
  const parsing = createParsingProcess({ entry, execArgv: ['--no-warnings'], deadlineMs: () => 60_000, ...more });
  started.push(parsing);
  return parsing;
};
afterAll(() => started.forEach((parsing) => parsing.stop()));
afterEach(() => void jest.restoreAllMocks());

interface Said {
  readonly asked: unknown;
  readonly pieces: readonly number[];
  readonly flags: readonly string[];
  readonly arguments: readonly string[];
  readonly environment: readonly string[];
  readonly pid: number;
}

const ended = (why: string): unknown => ({
  code: 'FileUnreadable',
  message: `a.csv: the process that reads files ended with ${why}`,
  evidence: {},
  at: { file: 'a.csv' },
});

const interrupted = (file: string): unknown => ({
  code: 'Interrupted',
  message: `${file}: interrupted before it was read`,
  evidence: {},
  at: { file },
});

describe('a file', () => {
  const parsing = processes();
  const say = async (bytes: Uint8Array, asked?: unknown): Promise<Said> => (await parsing.read('say', bytes, 'a.csv', asked)) as Said;

  test('is asked for with what is asked of it, and follows in pieces of a MiB', async () => {
    const said = await say(new Uint8Array(2_500_000), { decimal: ',' });
    expect({ ...said, pid: 0 }).toEqual({
      asked: { kind: 'read', reader: 'say', file: 'a.csv', asked: { decimal: ',' }, length: 2_500_000 },
      pieces: [1_048_576, 1_048_576, 402_848],
      // Half of what the process may take altogether, in MiB.
      flags: ['--max-old-space-size=128', '--max-semi-space-size=2', '--expose-gc', '--no-warnings'],
      arguments: [],
      environment: [],
      pid: 0,
    });
    expect((await say(new Uint8Array(1_048_576))).pieces).toEqual([1_048_576]);
    expect(await say(new Uint8Array(0))).toMatchObject({ asked: { asked: null, length: 0 }, pieces: [] });
  });

  test('after another is read by the same process, in the order in which they were asked for', async () => {
    const order: number[] = [];
    const pids = await Promise.all(
      [1, 2, 3].map(async (number) => {
        const { pid } = await say(some);
        order.push(number);
        return pid;
      }),
    );
    expect([new Set(pids).size, order]).toEqual([1, [1, 2, 3]]);
    expect(pids[0]).not.toBe(process.pid);
  });

  test('has its columns of numbers in their places, whatever comes first', async () => {
    expect(await parsing.read('columns', some, 'f')).toEqual({ a: Float64Array.of(1, Number.NaN), b: [Float64Array.of(2)] });
    expect(await parsing.read('early', some, 'f')).toEqual({ a: Float64Array.of(1) });
  });

  test('that is refused says so as the reader did, a fault is no refusal, and the next one is read', async () => {
    expect(await toldBy(parsing.read('refuse', some, 'f'))).toEqual({
      code: 'PriceFileUnreadable',
      message: 'no',
      evidence: { a: 1 },
      at: { file: 'f', line: 7 },
    });
    await expect(parsing.read('fail', some, 'a.csv')).rejects.toThrow(new Error('a.csv: a fault'));
    expect((await say(some)).pieces).toEqual([3]);
  });

  const memory = {
    code: 'LimitExceeded',
    message: 'a.csv: reading it takes more than 268435456 bytes of memory',
    evidence: { max: 268_435_456 },
    at: { file: 'a.csv' },
  };
  test.each([
    ['SIGKILL', memory],
    ['SIGABRT', memory],
    ['shell', memory],
    [
      'SIGVTALRM',
      {
        code: 'LimitExceeded',
        message: 'a.csv: reading it takes more time of the processor than a file of its length may',
        evidence: { ms: 1_000 },
        at: { file: 'a.csv' },
      },
    ],
    ['SIGTERM', ended('SIGTERM')],
    ['exit', ended('status 3')],
  ])('at which the process ends (%s) is refused, and the next one has another process', async (reader, told) => {
    const { pid } = await say(some);
    expect(await toldBy(parsing.read(reader, some, 'a.csv'))).toEqual(told);
    expect((await say(some)).pid).not.toBe(pid);
  });

  test('that is not read in time is given up with its process', async () => {
    const hasty = processes({ deadlineMs: (bytes) => (bytes === 3 ? 150 : 60_000) });
    const { pid } = (await hasty.read('say', new Uint8Array(4), 'f')) as Said;
    expect(await toldBy(hasty.read('silent', some, 'a.csv'))).toEqual({
      code: 'LimitExceeded',
      message: 'a.csv: it was not read within 0.15 seconds',
      evidence: { ms: 150 },
      at: { file: 'a.csv' },
    });
    expect(((await hasty.read('say', new Uint8Array(4), 'f')) as Said).pid).not.toBe(pid);
  });

  test('has the usual time: ten seconds and one for each MiB, a minute to start, five seconds until the process is let go', async () => {
    const usual = createParsingProcess({ entry, execArgv: [] });
    started.push(usual);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await usual.read('say', new Uint8Array(0), 'f');
    await usual.read('say', new Uint8Array(1_048_577), 'f');
    const times = timers.mock.calls.map(([, ms]) => ms).filter((ms) => typeof ms === 'number' && ms >= 1_000);
    expect(times).toEqual([60_000, 10_000, 5_000, 11_001, 5_000]);
  });
});

describe('the process that reads files', () => {
  test('is let go when nobody has asked it for so long, and the next file has another', async () => {
    const parsing = processes({ idleMs: 1 });
    const { pid } = (await parsing.read('say', some, 'f')) as Said;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(((await parsing.read('say', some, 'f')) as Said).pid).not.toBe(pid);
  });

  test('that ends before it is ready is told', async () => {
    const failing = join(directory, 'failing.mjs');
    writeFileSync(failing, 'process.exit(5);');
    const parsing = createParsingProcess({ entry: failing, execArgv: [] });
    expect((await toldBy(parsing.read('say', some, 'a.csv'))).message).toBe('a.csv: the process that reads files ended with status 5');
  });

  test('that is stopped interrupts the file that it reads and every other, whether asked for before or after', async () => {
    const parsing = processes();
    await parsing.read('say', some, 'f');
    const asked = [toldBy(parsing.read('silent', some, 'a')), toldBy(parsing.read('say', some, 'b'))];
    await new Promise((resolve) => setImmediate(resolve));
    parsing.stop();
    expect(await Promise.all(asked)).toEqual([interrupted('a'), interrupted('b')]);
    expect(await toldBy(parsing.read('say', some, 'c'))).toEqual(interrupted('c'));
    parsing.stop();
    const starting = processes();
    const first = toldBy(starting.read('say', some, 'd'));
    await new Promise((resolve) => setImmediate(resolve));
    starting.stop();
    expect(await first).toEqual(interrupted('d'));
  });
});
