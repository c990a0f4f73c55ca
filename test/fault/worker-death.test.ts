/** Threads that die in the middle of a computation, or before one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LedgerError } from '../../domain/shared/errors.ts';
import type { Compute } from '../../handlers/ports/ports.ts';
import { createLog } from '../../infra/system/log.ts';
import type { SampleJobs } from '../support/compute/jobs.ts';
import { sampleCompute } from '../support/compute/pools.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();

describe('a pool whose threads die', () => {
  const said: string[] = [];
  let compute: Compute<SampleJobs>;
  beforeAll(() => {
    compute = sampleCompute(2, { log: createLog('warn', false, { write: (line) => void said.push(line) }) });
  });
  afterAll(() => compute.close());

  test('tries a job again whose worker died in the middle, and says so', async () => {
    const file = join(scratch, 'died');
    const others = Array.from({ length: 6 }, (_, index) => compute.run('echo', index));
    expect(await compute.run('dieOnce', { file })).toBe('lives');
    expect(existsSync(file)).toBe(true);
    expect(await Promise.all(others)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(said.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ job: 'dieOnce', msg: 'a worker ended in the middle of a computation, which is tried again' }),
    ]);
  });

  test('gives a job up that kills two workers, and computes on', async () => {
    await expect(compute.run('dieAlways', undefined)).rejects.toMatchObject({
      code: 'WorkerLost',
      exitStatus: 75,
      evidence: { job: 'dieAlways', attempts: 2 },
    });
    expect(await compute.run('echo', 'on')).toBe('on');
  });

  test('gives a job up whose threads cannot even start, and computes nothing for ever', async () => {
    const broken = sampleCompute(1, { entry: 'broken-thread.ts' });
    const asked = [1, 2].map((input) => broken.run('echo', input).catch((error: LedgerError) => `${error.code}: ${error.message}`));
    for (const lost of await Promise.all(asked)) expect(lost).toMatch(/^WorkerLost: .*this module cannot be loaded/);
    await broken.close();
  });
});
