/** The meta run from the command line: selection, refusals, waivers, restatements, nests. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import type { LooseManifest } from '../../support/small-market.ts';

const scratch = scratchDirectory();

interface Profile {
  readonly risk: string;
  readonly status: string;
  readonly code?: string;
  readonly grade: string;
  readonly determined: boolean;
  readonly sleeves: readonly { id: string; runId: string | null; raw: number; bounded: number }[];
  readonly assets: readonly { symbol: string; weight: number; contributors: readonly { path: readonly string[]; amount: number }[] }[];
  readonly acceptance: readonly { check: string; status: string; message: string }[];
}
const profilesOf = (answer: Answer): readonly Profile[] => answer.result['profiles'] as readonly Profile[];
const runIdOf = (answer: Answer): string => answer.result['runId'] as string;

/** A bench with a run of each sleeve. */
async function whole(
  change: (manifest: LooseManifest) => void = () => undefined,
  sleeves: readonly ('stocks' | 'funds' | 'coins')[] = ['stocks', 'funds', 'coins'],
): Promise<Workbench> {
  const bench = new Workbench(scratch, change);
  for (const sleeve of sleeves) await bench.produce(sleeve);
  return bench;
}
const flow = (bench: Workbench, ...words: string[]): Promise<Answer & { readonly exit: number }> =>
  bench.json(['flow', 'meta', '--profile', ...words, '--no-seal']);

describe('a meta run', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await whole();
  });

  test('is allocated once: the second time says so, with the same id and numbers and no event', async () => {
    const first = await flow(bench, 'whole');
    const before = (await bench.events()).length;
    const second = await flow(bench, 'whole');
    expect([first.exit, second.exit]).toEqual([0, 0]);
    expect(first.result['already']).toBe(false);
    expect(second.result['already']).toBe(true);
    expect({ ...second.result, already: false }).toEqual(first.result);
    expect((await bench.events()).length).toBe(before);
  });

  test('of another profile, join, projection or as-of date is another run', async () => {
    const ids = [];
    for (const words of [
      ['whole'],
      ['whole', '--risk', 'equal_weight'],
      ['whole', '--risk', 'hrp'],
      ['whole', '--join', 'drop'],
      ['whole', '--projection', 'proportional'],
      ['whole', '--as-of', '2022-12-30'],
    ]) {
      ids.push(runIdOf(await flow(bench, ...words)));
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('without --risk runs the profile of the definition, with `all` every profile that the manifest lists', async () => {
    expect(profilesOf(await flow(bench, 'whole')).map(({ risk }) => risk)).toEqual(['hrp']);
    const all = await flow(bench, 'whole', '--risk', 'all');
    expect(profilesOf(all).map(({ risk, status }) => `${risk} ${status}`)).toEqual([
      'hrp allocated',
      'equal_weight allocated',
      'market failed',
    ]);
  });

  test('of all profiles names the missing and exits 0; asked for by name the missing one exits 1', async () => {
    const all = await flow(bench, 'whole', '--risk', 'all');
    expect(all.exit).toBe(0);
    expect(profilesOf(all).find(({ risk }) => risk === 'market')).toMatchObject({ status: 'failed', code: 'ProfileNotAvailable' });
    expect(all.warnings.join()).toContain('market was not allocated: sleeve stocks');
    const named = await flow(bench, 'whole', '--risk', 'market');
    expect([named.exit, named.ok]).toEqual([1, false]);
    const some = await flow(bench, 'whole', '--risk', 'hrp,market');
    expect([some.exit, profilesOf(some).map(({ status }) => status)]).toEqual([1, ['allocated', 'failed']]);
  });

  test('two sleeves at 50 % are determined by their bounds, and it is said', async () => {
    const pair = await flow(bench, 'pair');
    const [profile] = profilesOf(pair);
    expect(profile!.determined).toBe(true);
    expect(profile!.sleeves.map(({ bounded }) => bounded)).toEqual([0.5, 0.5]);
    expect(profile!.sleeves[0]!.raw).not.toBe(0.5);
    expect(pair.warnings).toContain('hrp: the bounds determine the allocation');
    expect(profile!.acceptance.find(({ check }) => check === 'bounds')!.message).toContain('the bounds determine the allocation');
  });

  test('of a nest multiplies down: each amount is outer x inner x asset weight, and paths lead through the nest', async () => {
    const nested = profilesOf(await flow(bench, 'nested'))[0]!;
    const pair = profilesOf(await flow(bench, 'pair'))[0]!;
    const outer = nested.sleeves.find(({ id }) => id === 'listed')!;
    expect(outer.runId).toBeNull();
    for (const asset of pair.assets) {
      const held = nested.assets.find(({ symbol }) => symbol === asset.symbol)!;
      expect(Math.abs(held.weight - outer.bounded * asset.weight)).toBeLessThan(1e-12);
      expect(held.contributors.map(({ path }) => path)).toEqual(asset.contributors.map(({ path }) => ['listed', ...path]));
    }
    const sum = nested.assets.reduce((total, { weight }) => total + weight, 0);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
  });

  test('restated keeps the numbers, names what it supersedes and becomes the current one', async () => {
    const first = await flow(bench, 'whole');
    const again = await flow(bench, 'whole', '--restate', '--why', 'auditor asked');
    expect(again.result['already']).toBe(false);
    expect(runIdOf(again)).not.toBe(runIdOf(first));
    expect(profilesOf(again)).toEqual(profilesOf(first));
    const { result } = await bench.json(['runs', '--name', 'whole']);
    const row = (result['runs'] as { runId: string; supersedes: string | null; why: string | null }[]).find(
      ({ runId }) => runId === runIdOf(again),
    );
    expect(row).toMatchObject({ supersedes: runIdOf(first), why: 'auditor asked' });
    expect((await bench.json(['weights', '--meta', 'whole'])).result['runId']).toBe(runIdOf(again));
  });

  test('restated with the same reason again is the same restatement, and with another reason the next one', async () => {
    const first = await flow(bench, 'whole', '--restate', '--why', 'auditor asked');
    expect(first.result).toMatchObject({ already: true });
    const other = await flow(bench, 'whole', '--restate', '--why', 'auditor asked twice');
    expect(other.result).toMatchObject({ already: false });
    expect((other.result as { runId: string }).runId).not.toBe((first.result as { runId: string }).runId);
  });

  test('cannot be restated before it was allocated', async () => {
    const refused = await flow(bench, 'whole', '--risk', 'equal_weight', '--join', 'drop', '--restate', '--why', 'x');
    expect([refused.exit, refused.error?.code]).toEqual([66, 'RunUnknown']);
  });

  test('with --strict-acceptance exits 1 for a failed verdict, and is recorded all the same', async () => {
    const strict = await flow(bench, 'whole', '--risk', 'equal_weight', '--strict-acceptance');
    const failed = profilesOf(strict)[0]!.acceptance.filter(({ status }) => status === 'failed');
    expect(failed.map(({ check }) => check)).toContain('volatility_below_best_sleeve');
    expect([strict.exit, strict.result['strictAcceptance']]).toEqual([1, false]);
    const timeline = await bench.json(['timeline', runIdOf(strict)]);
    expect([timeline.exit, timeline.result['status']]).toEqual([0, 'allocated']);
  });
});

const lacking = (manifest: LooseManifest): void => {
  // One sleeve only has the profile: the comparison of profiles is excepted, as documents did for such runs.
  manifest.profiles['coins']!['backtest'] = { ...(manifest.profiles['coins']!['backtest'] as object), profiles: 'hrp' };
  manifest.profiles['whole']!['parity'] = {
    exceptions: [{ sleeve: 'coins', path: 'backtest.profiles', value: ['hrp'], rationale: 'no other profile yet' }],
  };
};

describe('a proxy', () => {
  test('is refused unless asked for by name; with it the run is degraded and says who stood in', async () => {
    const bench = await whole(lacking);
    const without = await flow(bench, 'whole', '--risk', 'equal_weight');
    expect(without.exit).toBe(1);
    expect(profilesOf(without)[0]).toMatchObject({ status: 'failed', code: 'ProfileNotAvailable' });
    const allowed = await flow(bench, 'whole', '--risk', 'equal_weight', '--allow-proxy', 'equal_weight=hrp');
    expect(allowed.exit).toBe(0);
    expect(profilesOf(allowed)[0]).toMatchObject({ status: 'allocated', grade: 'DEGRADED' });
    expect(allowed.warnings).toContain('coins delivered hrp in place of equal_weight, as asked for');
    expect((await bench.json(['weights', '--meta', 'whole', '--risk', 'equal_weight'])).result['grade']).toBe('DEGRADED');
    expect(runIdOf(allowed)).not.toBe(runIdOf(without));
    // Where nobody stands in, the same flag leaves the grade alone.
    expect(profilesOf(await flow(bench, 'whole', '--allow-proxy', 'equal_weight=hrp'))[0]!.grade).toBe('NATIVE');
  });

  test('that is not a risk profile is refused', async () => {
    const bench = new Workbench(scratch);
    await bench.produce('stocks');
    const answer = await flow(bench, 'pair', '--allow-proxy', 'hrp=magic');
    expect([answer.exit, answer.error?.code]).toEqual([2, 'Usage']);
  });
});

const apart = (manifest: LooseManifest): void => {
  manifest.profiles['funds']!['backtest'] = { test_window: 5, step_size: 5 };
};

describe('parity', () => {
  test('rejects, waits for a waiver, is waived, and the revoked waiver rejects again: four facts, three runs', async () => {
    const bench = await whole(apart, ['stocks', 'funds']);
    const rejected = await flow(bench, 'pair');
    expect([rejected.exit, rejected.ok]).toEqual([1, false]);
    const { decision, uncovered } = rejected.result['parity'] as { decision: string; uncovered: readonly string[] };
    expect(decision).toBe('rejected');
    expect(uncovered).toEqual(expect.arrayContaining(['backtest.step_size', 'backtest.test_window']));
    expect(rejected.result['profiles']).toEqual([]);
    expect((await flow(bench, 'pair')).result['already']).toBe(true);

    const grant = (...paths: string[]): Promise<Answer & { readonly exit: number }> =>
      bench.json(['parity', 'waive', '--meta', 'pair', '--paths', ...paths, '--until', '2022-12-31', '--why', 'migration', '--no-seal']);
    await grant('backtest.test_window');
    const half = await flow(bench, 'pair');
    expect([half.exit, (half.result['parity'] as { uncovered: readonly string[] }).uncovered]).toEqual([
      1,
      expect.arrayContaining(['backtest.step_size']),
    ]);

    const granted = await grant('backtest.step_size', 'backtest.test_window');
    expect(granted.result).toMatchObject({ who: 'tester', why: 'migration', until: '2022-12-31', already: false, stands: true });
    const waived = await flow(bench, 'pair');
    expect([waived.exit, (waived.result['parity'] as { decision: string }).decision]).toEqual([0, 'waived']);
    expect(new Set([runIdOf(rejected), runIdOf(half), runIdOf(waived)]).size).toBe(3);

    const types = (await bench.events()).filter(({ stream }) => stream === `metaRun-${runIdOf(waived)}`);
    expect(types.map(({ type }) => type).slice(0, 2)).toEqual(['MetaRunOpened', 'ParityWaived']);
    const fact = JSON.parse(Buffer.from(types[1]!.bytes).toString('utf8')) as {
      data: { waivers: { who: string; why: string; until: string }[] };
    };
    expect(fact.data.waivers.at(-1)).toMatchObject({ who: 'tester', why: 'migration', until: '2022-12-31' });

    const { waiverId } = granted.result as { waiverId: string };
    expect((await bench.json(['parity', 'revoke', waiverId, '--meta', 'pair', '--why', 'done'])).exit).toBe(0);
    expect((await flow(bench, 'pair')).exit).toBe(1);
    const regranted = await grant('backtest.step_size', 'backtest.test_window');
    expect([regranted.exit, regranted.result['stands']]).toEqual([1, false]);
    expect(regranted.warnings.join()).toContain('stays revoked');
    expect(regranted.error).toMatchObject({ code: 'WaiverRevoked', message: expect.stringContaining('stays revoked') });
  });

  test('a waiver that has run out covers nothing', async () => {
    const bench = await whole(apart, ['stocks', 'funds']);
    await bench.json([
      'parity',
      'waive',
      '--meta',
      'pair',
      '--paths',
      'backtest.step_size,backtest.test_window',
      '--until',
      '2022-12-29',
      '--why',
      'migration',
    ]);
    expect((await flow(bench, 'pair')).exit).toBe(1);
  });
});

const euro =
  (treatment: object) =>
  (manifest: LooseManifest): void => {
    manifest.profiles['funds'] = { ...manifest.profiles['funds'], currency: 'EUR', ...treatment };
  };

describe('a sleeve that cannot be used refuses the run by name', () => {
  test('one without a run', async () => {
    const bench = await whole(undefined, ['stocks']);
    const answer = await flow(bench, 'pair');
    expect([answer.exit, answer.error?.code]).toEqual([66, 'SleeveRunMissing']);
    expect(answer.error!.message).toContain('funds');
  });

  test('one that is quarantined, until it is reinstated', async () => {
    const bench = await whole(undefined, ['stocks', 'funds']);
    await bench.json(['sleeve', 'quarantine', 'funds', '--why', 'vendor outage']);
    const refused = await flow(bench, 'pair');
    expect([refused.exit, refused.error?.code]).toEqual([1, 'SleeveQuarantined']);
    expect(refused.error!.message).toContain('vendor outage');
    expect((await bench.json(['sleeve', 'quarantine', 'funds', '--why', 'again'])).result).toMatchObject({
      already: true,
      why: 'vendor outage',
    });
    await bench.json(['sleeve', 'reinstate', 'funds', '--why', 'restored']);
    expect((await flow(bench, 'pair')).exit).toBe(0);
  });

  test('a quarantine of a sleeve that nobody has heard of is refused: it is a slip of the pen', async () => {
    const bench = await whole(undefined, ['stocks']);
    const before = (await bench.events()).length;
    expect(await bench.json(['sleeve', 'quarantine', 'stokcs', '--why', 'x'])).toMatchObject({
      exit: 66,
      error: { code: 'SleeveUnknown', message: expect.stringMatching(/: did you mean stocks\?$/) },
    });
    expect((await bench.events()).length).toBe(before);
  });

  test('one pinned to a run that it does not have, or to one after the date asked for', async () => {
    const bench = await whole(undefined, ['stocks', 'funds']);
    const pin = (runId: string): void =>
      bench.writeManifest((manifest) => {
        (manifest.profiles['pair']!['sleeves'] as Record<string, unknown>[])[1]!['run_id'] = runId;
      });
    pin('funds-2022-12-30-0000000000000000');
    const missing = await flow(bench, 'pair');
    expect([missing.exit, missing.error?.code, missing.error?.at.path]).toEqual([66, 'SleeveRunMissing', 'funds.run_id']);
    pin(await bench.produce('funds'));
    expect((await flow(bench, 'pair')).exit).toBe(0);
    const ahead = await flow(bench, 'pair', '--as-of', '2022-12-28');
    expect([ahead.exit, ahead.error?.code]).toEqual([66, 'SleeveRunMissing']);
  });

  test('one that is stale: more sessions behind than allowed', async () => {
    const bench = new Workbench(scratch);
    await bench.produce('stocks');
    // XNYS sessions after 2022-12-20 up to 2022-12-30: 21, 22, 23, 27, 28, 29, 30 (26 December 2022 was a holiday).
    await bench.produce('funds', { last: '2022-12-20' });
    const stale = await flow(bench, 'pair');
    expect([stale.exit, stale.error?.code, stale.error?.evidence['sessions'], stale.error?.evidence['path']]).toEqual([
      1,
      'SleeveStale',
      7,
      'funds',
    ]);
    bench.writeManifest((manifest) => {
      manifest.profiles['pair']!['meta_allocation'] = { profile: 'hrp', max_staleness_sessions: 7 };
    });
    expect((await flow(bench, 'pair')).exit).toBe(0);
  });

  test('currencies that are mixed, unless the foreign one is declared hedged or converted', async () => {
    const mixed = await flow(await whole(euro({}), ['stocks', 'funds']), 'pair');
    expect([mixed.exit, mixed.error?.code]).toEqual([2, 'CurrencyMixed']);
    expect(mixed.error!.message).toContain('funds (EUR)');
    expect((await flow(await whole(euro({ currency_treatment: 'hedged' }), ['stocks', 'funds']), 'pair')).exit).toBe(0);
  });

  test('too few common dates', async () => {
    const bench = new Workbench(scratch);
    await bench.produce('stocks');
    await bench.produce('funds', { first: '2022-09-01' });
    const short = await flow(bench, 'pair');
    expect([short.exit, short.error?.code]).toEqual([1, 'OverlapTooShort']);
  });

  test('each refusal leaves the ledger as it was', async () => {
    const bench = await whole(undefined, ['stocks']);
    const before = (await bench.events()).length;
    await flow(bench, 'pair');
    await flow(bench, 'pair', '--as-of', '2020-01-01');
    expect((await bench.events()).length).toBe(before);
  });
});

describe('bounds', () => {
  test('that cannot be met are refused with their sums before anything is written', async () => {
    const bench = await whole(undefined, ['stocks', 'funds']);
    bench.writeManifest((manifest) => {
      manifest.profiles['pair']!['meta_allocation'] = { profile: 'hrp', min_weight: 0.05, max_weight: 0.4 };
    });
    const before = (await bench.events()).length;
    const answer = await flow(bench, 'pair');
    expect([answer.exit, answer.error?.code]).toEqual([2, 'BoundsInfeasible']);
    expect(answer.error!.message).toMatch(/0\.8/);
    expect(answer.error!.at).toEqual({ path: 'profiles.pair.meta_allocation' });
    expect((await bench.events()).length).toBe(before);
  });
});
