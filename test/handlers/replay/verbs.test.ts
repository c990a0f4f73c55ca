import { describe, expect, test } from '@jest/globals';
import { draftEvent } from '../../../domain/catalogue.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { printed } from '../../../presentation/cli/print.ts';
import type { FlagValues, Outcome, VerbCode, VerbContext } from '../../../presentation/cli/verb.ts';
import { counterfactual } from '../../../presentation/cli/verbs/counterfactual.ts';
import { diff } from '../../../presentation/cli/verbs/diff.ts';
import { replay } from '../../../presentation/cli/verbs/replay.ts';
import { produceSleeveRun, recordSleeveRun } from '../../../handlers/commands/flow-production.ts';
import { resolveSettings } from '../../../handlers/runtime/settings.ts';
import { allocate, fileOf, type Ledger, ledgerWithSleeves, manifestOf, memoryLedger } from './world.ts';

/** A verb over a ledger that it may look at and not open in any other way. */
function perform(verb: VerbCode, { session }: Ledger, args: readonly string[], flags: FlagValues = {}): Promise<Outcome> {
  const refuse = (): never => {
    throw new Error(`${verb.examples[0]}: opened the ledger to write`);
  };
  const context: Pick<VerbContext, 'settings' | 'tools' | 'reading' | 'inspecting' | 'writing' | 'signal' | 'note'> = {
    settings: resolveSettings({ store: 'memory', actor: 'test', logLevel: 'silent' }, {}, null).settings,
    tools: session.ports,
    reading: refuse,
    inspecting: async () => session,
    writing: refuse,
    signal: new AbortController().signal,
    note: () => undefined,
  };
  return verb.run(context as VerbContext, { args, flags });
}

/** A ledger with one run, a live weight of which was recorded otherwise by this much. */
async function ledgerOffBy(amount: number): Promise<Ledger> {
  const ledger = memoryLedger();
  const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;
  const computed = produceSleeveRun(ledger.session.ports, {
    manifest: manifestOf(),
    profile: 'stocks',
    files: [fileOf('stocks')],
    options,
    correction: 0,
  });
  const drafts = computed.drafts.map((draft) => {
    if (draft.type !== 'SleeveProfileSolved') return draft;
    const { data } = draft;
    return draftEvent('SleeveProfileSolved', { ...data, weights: data.weights.map((item) => ({ ...item, weight: item.weight + amount })) });
  });
  await recordSleeveRun(ledger.session, { ...computed, drafts });
  return ledger;
}

const manifest = manifestOf();

describe('the verb replay', () => {
  test.each([
    [0, false, 0, '1 identical'],
    [0, true, 0, '1 identical'],
    [2 ** -43, false, 0, '1 equal within 1e-12'],
    [2 ** -43, true, 1, '1 equal within 1e-12'],
    [1e-9, false, 1, 'largest'],
  ])('of weights off by %p, strict %p, exits %i and says so', async (amount, strict, exit, words) => {
    const outcome = await perform(replay, await ledgerOffBy(amount), [], { all: true, strict });
    expect(outcome.failure?.exitStatus ?? 0).toBe(exit);
    expect(printed(outcome.people)).toContain(words);
    expect(Object.keys(outcome.result)).toEqual(expect.arrayContaining(['checked', 'identical', 'withinTolerance', 'different', 'code']));
  });

  test('wants a run or --all, and not both', async () => {
    const ledger = await ledgerOffBy(0);
    await expect(perform(replay, ledger, [])).rejects.toMatchObject({ code: 'Usage' });
    await expect(perform(replay, ledger, ['run'], { all: true })).rejects.toMatchObject({ code: 'Usage' });
    await expect(perform(replay, ledger, ['run'])).rejects.toMatchObject({ code: 'RunUnknown', exitStatus: 66 });
  });
});

describe('the verbs counterfactual and diff', () => {
  test('answer without opening the ledger to write', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const { runId } = await allocate(ledger, manifest, 'whole');
    const what = await perform(counterfactual, ledger, [runId], { set: ['meta_allocation.max_weight=0.4'], risk: ['hrp'] });
    expect(what).toMatchObject({ failure: null, result: { recorded: false, overrides: { 'meta_allocation.max_weight': 0.4 } } });
    expect(printed(what.people)).toContain('against the recorded risk_parity allocation');
    const other = await allocate(ledger, manifest, 'whole', { projection: 'proportional', risks: ['hrp'] });
    const why = await perform(diff, ledger, [runId, other.runId], { risk: 'risk_parity,hrp' });
    expect(why.result).toMatchObject({
      summation: ['sleeveResults', 'covariance', 'bounds', 'definition', 'rounding'],
      profiles: [{ riskBefore: 'risk_parity', riskAfter: 'hrp' }],
    });
    expect(printed(why.people)).toContain('options.projection');
  });

  test('exit 1 when the counterfactual is rejected or a profile that was named cannot be had', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const { runId } = await allocate(ledger, manifest, 'whole');
    expect(await perform(counterfactual, ledger, [runId], { set: ['parity.mandate=enforce'] })).toMatchObject({
      failure: { code: 'ParityRejected', exitStatus: 1 },
    });
    const missing = await perform(counterfactual, ledger, [runId], { risk: ['market'] });
    expect(missing).toMatchObject({
      failure: { code: 'ProfilesNotAllocated', exitStatus: 1 },
      result: { profiles: [{ risk: 'market', status: 'failed' }], failures: [{ risk: 'market', code: 'ProfileNotAvailable' }] },
    });
    expect(printed(missing.people)).toContain('market: could not be allocated');
  });

  test.each([['nothing'], ['hrp,risk_parity,barbell']])('diff refuses --risk %s', async (risk) => {
    await expect(perform(diff, memoryLedger(), ['a', 'b'], { risk })).rejects.toBeInstanceOf(LedgerError);
  });
});
