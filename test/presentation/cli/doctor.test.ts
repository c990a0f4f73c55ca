/** What `doctor` says of the witness of a ledger in a file. */
import { copyFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();

async function witnessOf(bench: Workbench): Promise<{ readonly exit: number; readonly status: string; readonly message: string }> {
  const { exit, result } = await bench.json(['doctor']);
  const checks = result['checks'] as { readonly check: string; readonly status: string; readonly message: string }[];
  return { exit, ...checks.find(({ check }) => check === 'witness')! };
}

describe('`doctor`', () => {
  test('finds a file that was put back to an older copy, which the witness has seen longer', async () => {
    const bench = new Workbench(scratch);
    expect((await bench.json(['manifest', 'apply'])).exit).toBe(0);
    const copy = bench.path('older.sqlite');
    expect((await bench.json(['ledger', 'backup', '--to', copy])).exit).toBe(0);
    expect((await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'prices'])).exit).toBe(0);
    expect(await witnessOf(bench)).toMatchObject({ exit: 0, message: expect.stringMatching(/it remembers \d+ events/) as unknown });
    copyFileSync(copy, bench.store);
    const after = await witnessOf(bench);
    expect(after).toMatchObject({ exit: 1, status: 'failed' });
    expect(after.message).toMatch(/put back to an older copy/);
  });

  test('finds another ledger in the place of the one that was witnessed', async () => {
    const [bench, other] = [new Workbench(scratch), new Workbench(scratch)];
    for (const each of [bench, other]) expect((await each.json(['manifest', 'apply'])).exit).toBe(0);
    copyFileSync(other.store, bench.store);
    expect(await witnessOf(bench)).toMatchObject({ exit: 1, status: 'failed', message: expect.stringMatching(/other events/) as unknown });
  });
});
