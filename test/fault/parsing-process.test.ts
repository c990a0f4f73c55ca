import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { reportFigures } from '../support/figures.ts';
import { parsingProcess } from '../support/parsing.ts';
import { watchChildren } from './support/watch-children.ts';

const entry = 'test/fault/support/read-greedily.ts';
/** A loaded machine takes its time until a bomb has filled the memory. */
const greedy = parsingProcess(50_000, entry);
const hasty = parsingProcess(2_000, entry);
const some = Uint8Array.of(1, 2, 3);
/** What this process may grow by while another one bursts. */
const parentBytesMax = 64 * 1024 * 1024;

async function refusalOf(reader: string, parsing = greedy): Promise<LedgerError> {
  const error: unknown = await parsing.read(reader, some, 'bomb.bin').then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof LedgerError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

describe('the process that reads foreign files', () => {
  test('bytes arrive as they are, columns of numbers come back in their places, and 40 files cost one start', async () => {
    const large = new Uint8Array(5_000_001).map((_, at) => at % 251);
    expect(await greedy.read('digest', large, 'f')).toEqual({
      length: 5_000_001,
      sha256: '35e2be9bf06ce3ec9c840b1f62ff5731df14a618578ebfe2a50c973e0b4b0782',
    });
    expect(await greedy.read('digest', new Uint8Array(0), 'f')).toMatchObject({ length: 0 });
    expect(await greedy.read('columns', some, 'f')).toEqual({
      names: ['a', 'b', 'c'],
      values: [Float64Array.of(1, Number.NaN), Float64Array.of(2)],
      nothing: null,
      list: [1, 2],
    });
    const answers = await Promise.all(
      Array.from({ length: 40 }, async () => greedy.read('process', some, 'f') as Promise<{ pid: number }>),
    );
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    expect(answers[0]).not.toHaveProperty('pid', process.pid);
  });

  test('what is asked of a reader arrives with the file', async () => {
    expect(await greedy.read('asked', some, 'f', { delimiter: ';', na: ['-'] })).toEqual({
      file: 'f',
      asked: { delimiter: ';', na: ['-'] },
    });
    expect(await greedy.read('asked', some, 'f')).toEqual({ file: 'f', asked: null });
  });

  test('it knows nothing of the environment', async () => {
    expect(await greedy.read('process', some, 'f')).toMatchObject({ environment: [] });
  });

  test('a refusal arrives with its code, place and evidence, and a fault of a reader as a fault', async () => {
    const refusal = await refusalOf('refusal');
    expect(refusal).toMatchObject({
      code: 'PriceFileUnreadable',
      message: 'bomb.bin, line 7: no',
      evidence: { column: 'X:A' },
      at: { file: 'bomb.bin', line: 7 },
    });
    await expect(greedy.read('failure', some, 'f')).rejects.toThrow('f: a fault of the reader');
  });

  test.each(['buffers', 'oneBuffer', 'heap'])(
    'a bomb of %s ends that process alone, below its bound, and the next file is read',
    async (bomb) => {
      const most = watchChildren();
      const before = process.memoryUsage.rss();
      const started = Date.now();
      const refusal = await refusalOf(bomb);
      const ms = Date.now() - started;
      const child = most();
      const parentGrowth = process.memoryUsage.rss() - before;
      reportFigures({ test: `a bomb of ${bomb}`, seed: null, trials: 1, ms, childBytes: child, parentBytes: parentGrowth });
      expect(refusal).toMatchObject({ code: 'LimitExceeded', at: { file: 'bomb.bin' } });
      expect(refusal.message).toContain(`more than ${limits.parsingMemoryBytesMax} bytes of memory`);
      expect(child).toBeLessThan(limits.parsingMemoryBytesMax * 1.5);
      expect(parentGrowth).toBeLessThan(parentBytesMax);
      expect(await greedy.read('digest', some, 'f')).toMatchObject({ length: 3 });
    },
  );

  test('a reader that keeps the processor busy is stopped when it has taken what a file may take', async () => {
    const stopped = await refusalOf('busy');
    expect(stopped).toMatchObject({ code: 'LimitExceeded', evidence: { ms: limits.parsingCpuMsMax }, at: { file: 'bomb.bin' } });
    expect(stopped.message).toContain('more time of the processor than a file of its length may');
    expect(await greedy.read('digest', some, 'f')).toMatchObject({ length: 3 });
  });

  test('a reader that never ends is stopped at its deadline, and the file behind it is read', async () => {
    const [stopped, next] = await Promise.all([refusalOf('loop', hasty), hasty.read('digest', some, 'f')]);
    expect(stopped).toMatchObject({ code: 'LimitExceeded', message: 'bomb.bin: it was not read within 2 seconds' });
    expect(next).toMatchObject({ length: 3 });
  });

  test('a process that ends by itself is no answer', async () => {
    expect(await refusalOf('end')).toMatchObject({ code: 'FileUnreadable', message: expect.stringContaining('status 3') });
  });
});
