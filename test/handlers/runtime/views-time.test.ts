/** Market time and ledger time: what a question answers when late and corrected runs arrive. */
import { describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const at = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T08:00:00.000Z`;

/** Two sleeves to one date at one instant, allocated together; answers the meta run. */
async function allocated(bench: Workbench, last: string, day: number, correction = 0, seed = 7): Promise<string> {
  const now = at(day);
  for (const sleeve of ['stocks', 'funds'] as const)
    await bench.produce(sleeve, { last, seed }, ['--correction', String(correction)], { now });
  const { result, error } = await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal'], { now });
  if (error !== undefined) throw new Error(error.message);
  return result['runId'] as string;
}

const current = async (bench: Workbench, ...flags: string[]): Promise<string | undefined> => {
  const answer = await bench.json(['weights', '--meta', 'pair', ...flags]);
  return (answer.result as { runId?: string } | null)?.runId ?? answer.error?.code;
};

describe('the weights that count', () => {
  test(
    'a late result for an older date is recorded and never becomes current; a correction wins; both can be asked about as they ' +
      'were known',
    async () => {
      const bench = new Workbench(scratch);
      const december = await allocated(bench, '2022-12-30', 1);
      expect(await current(bench)).toBe(december);

      // The sleeves up to October arrive a day later: December stays current, for the sleeves too.
      for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve, { last: '2022-10-31' }, [], { now: at(2) });
      expect((await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal'], { now: at(2) })).result).toMatchObject({
        runId: december,
        already: true,
      });
      const october = (await bench.json(['flow', 'meta', '--profile', 'pair', '--as-of', '2022-10-31', '--no-seal'], { now: at(2) }))
        .result['runId'] as string;
      expect(await current(bench)).toBe(december);
      expect(await current(bench, '--as-of', '2022-12-29')).toBe(october);
      expect(await current(bench, '--as-of', '2022-10-30')).toBe('NothingRecorded');

      // Corrected prices of December.
      const corrected = await allocated(bench, '2022-12-30', 3, 1, 8);
      expect(corrected).not.toBe(december);
      expect(await current(bench)).toBe(corrected);

      // Ledger time: each question answers as it would have then.
      expect(await current(bench, '--known-at', '2026-11-01T07:59:59.999Z')).toBe('NothingRecorded');
      expect(await current(bench, '--known-at', at(1))).toBe(december);
      expect(await current(bench, '--known-at', at(2))).toBe(december);
      expect(await current(bench, '--known-at', at(2), '--as-of', '2022-10-31')).toBe(october);
      expect(await current(bench, '--known-at', at(1), '--as-of', '2022-10-31')).toBe('NothingRecorded');
      expect(await current(bench, '--known-at', at(3))).toBe(corrected);
      // An instant is an instant in any zone: 09:00 at +01:00 is 08:00 in UTC.
      expect(await current(bench, '--known-at', '2026-11-01T09:00:00.000+01:00')).toBe(december);

      // A position is ledger time as well: the last event before the correction.
      const before = (await bench.events()).findLast(({ recordedAt }) => recordedAt === at(2))!;
      expect(await current(bench, '--known-at', before.position)).toBe(december);
    },
  );

  test('a correction before the run that it corrects is refused, and behind it is the run that counts', async () => {
    const bench = new Workbench(scratch);
    const early = [
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      writePrices(bench.directory, 'stocks', { seed: 8 }),
      '--correction',
      '1',
    ];
    expect(await bench.json(early, { now: at(1) })).toMatchObject({
      exit: 1,
      error: { code: 'CorrectionOutOfOrder', message: expect.stringContaining('so 0 is expected') },
    });
    const first = await bench.produce('stocks', {}, [], { now: at(2) });
    const corrected = await bench.produce('stocks', { seed: 8 }, ['--correction', '1'], { now: at(2) });
    await bench.produce('funds', {}, [], { now: at(2) });
    const { result } = await bench.json(['flow', 'meta', '--profile', 'pair'], { now: at(2) });
    const used = (result['profiles'] as { sleeves: { id: string; runId: string }[] }[])[0]!.sleeves.find(
      ({ id }) => id === 'stocks',
    )!.runId;
    expect([used, used === first]).toEqual([corrected, false]);
  });

  test('runs, timelines, explanations and exports know both times', async () => {
    const bench = new Workbench(scratch);
    const run = await bench.produce('stocks', {}, [], { now: at(1) });
    await bench.produce('funds', {}, [], { now: at(2) });
    const names = async (...flags: string[]): Promise<string[]> =>
      ((await bench.json(['runs', ...flags])).result['runs'] as { name: string }[]).map(({ name }) => name);
    expect(await names()).toEqual(['stocks', 'funds']);
    expect(await names('--known-at', at(1))).toEqual(['stocks']);
    expect(await names('--as-of', '2022-12-29')).toEqual([]);
    expect((await bench.json(['timeline', run, '--known-at', at(1)])).exit).toBe(0);
    expect((await bench.json(['timeline', run, '--known-at', '2026-10-31T23:59:59.999Z'])).error?.code).toBe('RunUnknown');
    expect((await bench.json(['timeline', run, '--as-of', '2022-12-29'])).error?.code).toBe('RunUnknown');
  });
});

describe('a clock that jumps back', () => {
  test('neither reorders the ledger nor hides what was recorded: within a stream time stands still instead', async () => {
    const bench = new Workbench(scratch);
    await bench.produce('stocks', {}, [], { now: at(5) });
    await bench.produce('funds', {}, [], { now: at(5) });
    const { result } = await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal'], { now: at(1) });
    // The longest prefix known on the 2nd ends before the first event of the 5th: nothing, though one event claims the 1st.
    expect(await current(bench, '--known-at', at(2))).toBe('NothingRecorded');
    expect(await current(bench, '--known-at', at(5))).toBe(result['runId']);
    await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'x', '--no-seal'], { now: at(1) });
    const quarantined = (await bench.events()).at(-1)!;
    expect([quarantined.type, quarantined.recordedAt]).toEqual(['SleeveQuarantined', at(5)]);
    expect((await bench.json(['ledger', 'verify'])).result['faults']).toEqual([]);
  });
});

describe('parity check', () => {
  test('knows the waivers of then: one that was granted later, or revoked meanwhile, makes no difference', async () => {
    const bench = new Workbench(scratch, (manifest) => {
      manifest.profiles['funds']!['backtest'] = { test_window: 5, step_size: 5 };
    });
    for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve, {}, [], { now: at(1) });
    const outcome = async (...flags: string[]): Promise<unknown> =>
      (await bench.json(['parity', 'check', '--meta', 'pair', ...flags])).result['decision'];
    expect(await outcome()).toBe('rejected');
    const granted = ['--paths', 'backtest.step_size,backtest.test_window', '--until', '2030-12-31', '--why', 'a test'];
    const { result } = await bench.json(['parity', 'waive', '--meta', 'pair', ...granted, '--no-seal'], { now: at(2) });
    expect(await outcome()).toBe('waived');
    const waiverId = result['waiverId'] as string;
    await bench.json(['parity', 'revoke', waiverId, '--meta', 'pair', '--why', 'over', '--no-seal'], { now: at(3) });
    const known = await Promise.all([1, 2, 3].map((day) => outcome('--known-at', at(day))));
    expect([...known, await outcome()]).toEqual(['rejected', 'waived', 'rejected', 'rejected']);
  });
});
