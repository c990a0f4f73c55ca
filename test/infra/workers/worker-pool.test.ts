import { threadId } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Compute } from '../../../handlers/ports/ports.ts';
import { computeContract } from '../../contract/compute.contract.ts';
import type { SampleJobs } from '../../support/compute/jobs.ts';
import { sampleCompute } from '../../support/compute/pools.ts';

computeContract('two threads', () => sampleCompute(2));

describe('a pool of worker threads', () => {
  let compute: Compute<SampleJobs>;
  beforeAll(() => {
    compute = sampleCompute(2);
  });
  afterAll(() => compute.close());

  test('computes at the same time in as many threads as it was given, and in none of them here', async () => {
    const threads = await Promise.all(Array.from({ length: 8 }, () => compute.run('thread', { holdMs: 20 })));
    expect(new Set(threads).size).toBe(2);
    expect(threads).not.toContain(threadId);
  });

  test('leaves this thread free while they compute', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await compute.run('thread', { holdMs: 300 });
    clearInterval(timer);
    // On this thread there would be none; how many there are is up to the machine.
    expect(ticks).toBeGreaterThan(1);
  });

  test('lets threads go that have nothing to do, and starts others', async () => {
    const brief = sampleCompute(1, { idleMs: 50 });
    const first = await brief.run('thread', { holdMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const second = await brief.run('thread', { holdMs: 0 });
    await brief.close();
    expect(second).not.toBe(first);
  });
});
