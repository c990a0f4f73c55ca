/** One look at a portfolio: everything is read from the store, so what happened before is all that matters. */
import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { flowMeta } from '../../../handlers/commands/flow-meta.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { loadSleeveRun } from '../../../handlers/runs/load-sleeve-run.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { deliver, deliverAll, deskManifest, openDesk, recorded } from './desk.ts';
import { decided, friday, look, monday, publications, sleeveCommand, thursday, waive, withPolicy } from './looking.ts';

const asDefined = { meta: 'whole', risks: null, join: null, projection: null, proxies: null, asOf: null, restateWhy: null } as const;

describe('a look at a portfolio', () => {
  test('that nobody defined finds nothing to do', async () => {
    expect(await look(await openDesk(), 'unheard_of')).toEqual({ kind: 'undefined' });
  });

  test('waits for the sleeves that have not delivered, and records nothing', async () => {
    const desk = await openDesk();
    await deliver(desk, 'stocks', thursday);
    const head = await desk.memory.store.head();
    expect(await look(desk)).toMatchObject({
      kind: 'waiting',
      awaited: [
        { sleeve: 'funds', because: 'no_run', wantedAsOf: thursday },
        { sleeve: 'coins', because: 'no_run', wantedAsOf: thursday },
      ],
    });
    expect(await desk.memory.store.head()).toBe(head);
  });

  test('publishes exactly what flow meta computes of the same runs: the same run, the same weights', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    const outcome = await look(desk);
    const asked = await flowMeta(desk.session, { manifest: desk.manifest, ...asDefined });
    const { flattened } = asked.allocations[0]!;
    expect(asked.already).toBe(true);
    expect(outcome).toMatchObject({ kind: 'decided', decision: 'AllocationPublished', runId: asked.runId });
    const [published, ...others] = await publications(desk);
    expect(others).toEqual([]);
    expect(published).toMatchObject({ number: 1, runId: asked.runId, asOf: thursday, risk: 'risk_parity', approval: null });
    expect(published!.weights).toEqual(Object.fromEntries(flattened.assets.map(({ symbol, weight }) => [symbol, weight])));
    expect(Object.values(published!.sleeves).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(Object.keys(published!.sleeves).toSorted()).toEqual(['coins', 'funds', 'stocks']);
    expect([published!.gross, published!.net]).toEqual([flattened.gross, flattened.net]);
    const inputs = await recorded(desk, 'SleeveRunAccepted');
    expect(published!.inputs).toEqual(
      ['stocks', 'funds', 'coins'].map((sleeve) => ({
        path: [sleeve],
        sleeve,
        runId: inputs.find((run) => run.sleeve === sleeve)!.runId,
        asOf: thursday,
        correction: 0,
      })),
    );
  });

  test('again changes nothing, by whoever and however often', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await look(desk);
    const head = await desk.memory.store.head();
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    expect(await look({ session: { ...desk.session, actor: 'another worker' } })).toEqual({ kind: 'unchanged' });
    expect(await desk.memory.store.head()).toBe(head);
  });

  test('allocates a run that flow meta had recorded before, without recording it again', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    const asked = await flowMeta(desk.session, { manifest: desk.manifest, ...asDefined });
    expect(await look(desk)).toMatchObject({ decision: 'AllocationPublished', runId: asked.runId });
    expect(await recorded(desk, 'MetaRunOpened')).toHaveLength(1);
  });

  test('a nested portfolio reacts to a sleeve two levels down, and names it by its path', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await look(desk, 'nested');
    await deliver(desk, 'funds', thursday, 1);
    expect(await look(desk, 'nested')).toEqual(decided('AllocationPublished'));
    const [first, second] = await publications(desk, 'nested');
    expect(second!.inputs.map(({ path, correction }) => [path.join('/'), correction])).toEqual([
      ['listed/stocks', 0],
      ['listed/funds', 1],
      ['coins', 0],
    ]);
    expect(second!.runId).not.toBe(first!.runId);
    expect(second!.rebalance.growth.map(({ path }) => path)).toEqual([['coins'], ['listed', 'funds'], ['listed', 'stocks']]);
  });
});

describe('results that come late', () => {
  test('of an older date change nothing', async () => {
    const desk = await openDesk();
    await deliverAll(desk, friday);
    await look(desk);
    await deliver(desk, 'stocks', thursday);
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
  });

  test('as corrections of the same date are published again, and the trade is measured without drift', async () => {
    const desk = await openDesk();
    await deliverAll(desk, friday);
    await look(desk);
    await deliver(desk, 'stocks', friday, 1);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    const [first, second] = await publications(desk);
    expect([second!.number, second!.asOf]).toEqual([2, friday]);
    expect(second!.rebalance).toMatchObject({ against: 1, unknownBecause: null });
    const symbols = new Set([...Object.keys(first!.weights), ...Object.keys(second!.weights)]);
    const traded = [...symbols].reduce((sum, symbol) => sum + Math.abs((second!.weights[symbol] ?? 0) - (first!.weights[symbol] ?? 0)), 0);
    expect(second!.rebalance.turnoverTwoSided).toBeCloseTo(traded, 12);
  });

  test('wait for the others when they are newer', async () => {
    const desk = await openDesk();
    await deliverAll(desk, friday);
    await look(desk);
    await deliver(desk, 'coins', monday);
    expect(await look(desk)).toMatchObject({
      kind: 'waiting',
      awaited: [{ sleeve: 'stocks', latestAsOf: friday, wantedAsOf: monday, because: 'behind' }, { sleeve: 'funds' }],
    });
  });
});

describe('a sleeve in quarantine', () => {
  test('is waited for, and its reinstatement with the same run publishes nothing new', async () => {
    const desk = await openDesk();
    await deliverAll(desk, friday);
    await look(desk);
    await sleeveCommand(desk, 'QuarantineSleeve', 'funds');
    expect(await look(desk)).toMatchObject({ kind: 'waiting', awaited: [{ sleeve: 'funds', because: 'quarantined' }] });
    await sleeveCommand(desk, 'ReinstateSleeve', 'funds');
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    expect(await publications(desk)).toHaveLength(1);
  });
});

const unequal = (): Manifest =>
  deskManifest((manifest) => {
    manifest.profiles['coins']!['backtest'] = { test_window: 10, step_size: 10, backtest_slippage: 0.001, backtest_commission: 0.0004 };
  });

describe('parity', () => {
  test('that rejects is recorded as a refusal, once, and published after a waiver', async () => {
    const desk = await openDesk(unequal());
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual(decided('ReallocationRefused'));
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    const [refused] = await recorded(desk, 'ReallocationRefused');
    const [opened] = await recorded(desk, 'MetaRunOpened');
    expect(refused).toMatchObject({ meta: 'whole', code: 'ParityRejected', runId: opened!.runId });
    await waive(desk, 'w1', ['backtest.test_window', 'backtest.step_size']);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
  });

  test('a waiver of what is equal anyway publishes nothing new', async () => {
    const desk = await openDesk();
    await deliverAll(desk, friday);
    await look(desk);
    await waive(desk, 'w1', ['backtest.test_window']);
    await look(desk);
    expect(await publications(desk)).toHaveLength(1);
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
  });
});

describe('refusals', () => {
  test('of staleness name the sleeve, and the next results are allocated', async () => {
    const stale = withPolicy({ quorum: { at_least: 1, max_staleness_sessions: 5 } }, (manifest) => {
      (manifest.profiles['whole']!['meta_allocation'] as Record<string, unknown>)['max_staleness_sessions'] = 1;
    });
    const desk = await openDesk(stale);
    await deliverAll(desk, thursday);
    await look(desk);
    await deliver(desk, 'coins', monday);
    expect(await look(desk)).toEqual(decided('ReallocationRefused'));
    expect(await recorded(desk, 'ReallocationRefused')).toMatchObject([
      { code: 'SleeveStale', runId: null, evidence: { path: 'stocks', sessions: 2 } },
    ]);
    await deliver(desk, 'stocks', monday);
    await deliver(desk, 'funds', friday);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
  });

  test('a fault of the store is not a refusal: the look fails at once, nothing is recorded, and the next may succeed', async () => {
    const desk = await openDesk();
    await deliverAll(desk, friday);
    const { store } = desk.session.ports;
    let asked = 0;
    const failing = new Proxy(store, {
      get: (target, name) => {
        if (name === 'append') {
          return () => {
            asked += 1;
            return Promise.reject(new LedgerError('StoreFull', 'a drill'));
          };
        }
        const member = Reflect.get(target, name) as unknown;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const session: Session = { ...desk.session, ports: { ...desk.session.ports, store: failing } };
    await expect(look({ session })).rejects.toEqual(expect.objectContaining({ code: 'StoreFull' }));
    expect(asked).toBe(1);
    expect(await recorded(desk, 'ReallocationRefused')).toEqual([]);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
  });
});

describe('a quorum of k', () => {
  test('goes ahead without a sleeve that is behind, and cannot tell the drift that its returns do not reach', async () => {
    const desk = await openDesk(withPolicy({ quorum: { at_least: 2, max_staleness_sessions: 1 } }));
    await deliverAll(desk, thursday);
    await look(desk);
    await deliver(desk, 'stocks', friday);
    expect(await look(desk)).toMatchObject({ kind: 'waiting', awaited: [{ sleeve: 'funds' }, { sleeve: 'coins' }] });
    await deliver(desk, 'funds', friday);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    const [, second] = await publications(desk);
    expect(second!.asOf).toBe(friday);
    expect(second!.inputs.map(({ asOf }) => asOf)).toEqual([friday, friday, thursday]);
    expect(second!.rebalance).toMatchObject({
      against: 1,
      turnoverTwoSided: null,
      unknownBecause: `returns of coins since ${thursday} are not known: the returns end on ${thursday}`,
    });
  });
});

describe('the band and the maximum turnover', () => {
  test('a rebalance below the band is skipped with its numbers, and the next is measured against the publication', async () => {
    const desk = await openDesk(withPolicy({ no_trade_band_two_sided: 2 }));
    await deliverAll(desk, thursday);
    await look(desk);
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual(decided('RebalanceSkipped'));
    await deliverAll(desk, monday);
    expect(await look(desk)).toEqual(decided('RebalanceSkipped'));
    const skipped = await recorded(desk, 'RebalanceSkipped');
    for (const { rebalance, noTradeBandTwoSided } of skipped) {
      expect([rebalance.against, noTradeBandTwoSided]).toEqual([1, 2]);
      expect(rebalance.turnoverTwoSided).toBeGreaterThan(0);
      expect(rebalance.growth.map(({ path }) => path[0])).toEqual(['coins', 'funds', 'stocks']);
    }
    expect(await publications(desk)).toHaveLength(1);
  });

  test('a rebalance above the maximum is held with its numbers', async () => {
    const desk = await openDesk(withPolicy({ max_turnover_two_sided: 0 }));
    await deliverAll(desk, thursday);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    expect(await recorded(desk, 'RebalanceHeld')).toMatchObject([
      { asOf: friday, proposer: 'test', reasons: [{ kind: 'max_turnover', limit: 0 }] },
    ]);
  });

  test('a sleeve that delivers a stand-in of the published profile drifts by the stand-in', async () => {
    const manifest = deskManifest((loose) => {
      loose.profiles['coins']!['backtest'] = { profiles: 'hrp', backtest_slippage: 0.001, backtest_commission: 0.0004 };
      (loose.profiles['whole']!['meta_allocation'] as Record<string, unknown>)['allow_proxy'] = { risk_parity: ['hrp'] };
    });
    const desk = await openDesk(manifest);
    await waive(desk, 'w1', ['backtest.profiles']);
    await deliverAll(desk, thursday);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect((await publications(desk))[1]!.rebalance.unknownBecause).toBeNull();
  });
});

describe('another risk profile to publish', () => {
  test('is measured against what is held, which drifted by the profile that was published', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await look(desk);
    await deliverAll(desk, friday);
    await applyManifest(
      desk.session,
      deskManifest((manifest) => Object.assign(manifest.profiles['whole']!['meta_allocation'] as object, { profile: 'hrp' })),
      null,
    );
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    const second = (await publications(desk))[1]!;
    expect(second).toMatchObject({ risk: 'hrp', rebalance: { against: 1, unknownBecause: null } });
    // The last out-of-sample return of each sleeve under risk parity, as its run recorded it.
    for (const { path, growth } of second.rebalance.growth) {
      const { runId } = second.inputs.find((input) => input.path[0] === path[0])!;
      const { series } = (await loadSleeveRun(desk.session.ports, runId, ['risk_parity'])).streams.get('risk_parity')!;
      expect(series.dates.at(-1)).toBe(friday);
      expect(growth).toBeCloseTo(1 + series.values.at(-1)!, 12);
    }
  });
});

describe('a halted portfolio', () => {
  test('publishes nothing and decides nothing; the resumption finds the newest results', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await switchPublication(desk.session, 'HaltPublication', 'whole', 'outage');
    expect(await look(desk)).toEqual({ kind: 'halted', why: 'outage' });
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual({ kind: 'halted', why: 'outage' });
    await switchPublication(desk.session, 'ResumePublication', 'whole', 'over');
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect(await publications(desk)).toMatchObject([{ number: 1, asOf: friday }]);
  });
});

describe('a changed definition', () => {
  test('is allocated on the runs that are there, and an unchanged one is not', async () => {
    const desk = await openDesk();
    await deliverAll(desk, friday);
    await look(desk);
    await applyManifest(desk.session, desk.manifest, null);
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    const bounded = deskManifest((manifest) =>
      Object.assign(manifest.profiles['whole']!['meta_allocation'] as object, { max_weight: 0.4 }),
    );
    await applyManifest(desk.session, bounded, null);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    const [, second] = await publications(desk);
    expect(second).toMatchObject({ number: 2, definitionNumber: 2, rebalance: { against: 1 } });
    for (const weight of Object.values(second!.sleeves)) expect(weight).toBeLessThanOrEqual(0.4 + 1e-9);
  });

  test('that leaves only older results is held, not published', async () => {
    const desk = await openDesk(withPolicy({ quorum: { at_least: 1, max_staleness_sessions: 5 } }));
    await deliverAll(desk, thursday);
    await deliver(desk, 'coins', friday);
    await look(desk);
    const without = withPolicy({}, (manifest) => {
      (manifest.profiles['whole']!['sleeves'] as unknown[]).pop();
    });
    await applyManifest(desk.session, without, null);
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
    expect(await recorded(desk, 'RebalanceHeld')).toMatchObject([{ asOf: thursday, reasons: [{ kind: 'older_as_of' }] }]);
  });
});
