/** What applying a manifest would do, and that it then does it. */
import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { planManifest } from '../../../handlers/commands/plan-manifest.ts';
import { approveDefinition, rejectDefinition } from '../../../handlers/commands/settle-definition.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { memoryLedger } from '../replay/world.ts';
import { changed, openSmallDesk, smallDesk } from './small-desk.ts';

const unchanged = (name: string, number = 1) => ({ name, number, change: 'unchanged', changes: [] });
const fresh = (name: string) => ({ name, number: 1, change: 'new', changes: [] });
const sleeves = ['bonds', 'coins', 'gold'];
const bounds = { meta_allocation: { profile: 'hrp', min_weight: 0.1, max_weight: 0.9 } };
const expected = { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } };

/** The plan of a manifest, and what applying it answers; planning records nothing. */
async function both(session: Session, manifest: Manifest, metas: readonly string[] | null = null) {
  const { store } = session.ports;
  const head = await store.head();
  const plan = await planManifest(session, manifest, metas);
  expect(await store.head()).toBe(head);
  return { plan, applied: await applyManifest(session, manifest, metas) };
}

describe('a manifest', () => {
  test('that nobody has applied is new, and what asks for a second person would be proposed', async () => {
    const { plan, applied } = await both(memoryLedger().session, smallDesk());
    expect(plan).toEqual({
      portfolios: [fresh('free'), { ...fresh('strict'), needsApproval: true }],
      sleeves: sleeves.map(fresh),
      absent: [],
    });
    expect(applied).toEqual({
      portfolios: [
        { name: 'free', number: 1, already: false },
        { name: 'strict', number: 0, already: false, proposal: 'strict/1' },
      ],
      sleeves: sleeves.map((name) => ({ name, number: 1, already: false })),
      absent: [],
    });
  });

  test('that is proposed already changes nothing, and still waits', async () => {
    const { session } = memoryLedger();
    await applyManifest(session, smallDesk(), null);
    const { plan, applied } = await both(session, smallDesk());
    expect(plan.portfolios).toEqual([unchanged('free'), { ...unchanged('strict'), needsApproval: true }]);
    expect(applied.portfolios).toEqual([
      { name: 'free', number: 1, already: true },
      { name: 'strict', number: 0, already: true, proposal: 'strict/1' },
    ]);
  });

  test('that is in force changes nothing', async () => {
    const { plan, applied } = await both(await openSmallDesk(), smallDesk());
    expect(plan).toEqual({
      portfolios: [unchanged('free'), unchanged('strict')],
      sleeves: sleeves.map((name) => unchanged(name)),
      absent: [],
    });
    expect(applied).toEqual({
      portfolios: ['free', 'strict'].map((name) => ({ name, number: 1, already: true })),
      sleeves: sleeves.map((name) => ({ name, number: 1, already: true })),
      absent: [],
    });
  });

  test('with other bounds and another policy says what would change, number by number', async () => {
    const manifest = smallDesk((desk) => {
      changed('free', { ...bounds, publication: { no_trade_band_two_sided: 0.02, cool_down_seconds: 60 } })(desk);
      changed('strict', { publication: { maker_checker: false } })(desk);
      changed('coins', expected)(desk);
    });
    const { plan, applied } = await both(await openSmallDesk(), manifest);
    expect(plan).toEqual({
      portfolios: [
        {
          name: 'free',
          number: 2,
          change: 'changed',
          changes: ['definition', 'policy.cool_down_seconds', 'policy.no_trade_band_two_sided'].toSorted(),
        },
        { name: 'strict', number: 2, change: 'changed', changes: ['policy.maker_checker'], needsApproval: true },
      ].map((one) => ({ ...one, changes: expect.arrayContaining(one.changes) })),
      sleeves: [unchanged('bonds'), { name: 'coins', number: 2, change: 'changed', changes: ['expected_by'] }, unchanged('gold')],
      absent: [],
    });
    expect(plan.portfolios.map(({ changes }) => changes.length)).toEqual([3, 1]);
    expect(applied.portfolios).toEqual([
      { name: 'free', number: 2, already: false },
      { name: 'strict', number: 1, already: false, proposal: 'strict/2' },
    ]);
    expect(applied.sleeves.map(({ name, number, already }) => [name, number, already])).toEqual([
      ['bonds', 1, true],
      ['coins', 2, false],
      ['gold', 1, true],
    ]);
  });

  test('concerns the portfolios that are named, with every sleeve of its own', async () => {
    const { plan, applied } = await both(memoryLedger().session, smallDesk(), ['free']);
    expect([plan.portfolios, plan.sleeves]).toEqual([[fresh('free')], sleeves.map(fresh)]);
    expect(applied.portfolios.map(({ name }) => name)).toEqual(['free']);
  });

  test('that lacks portfolios of the ledger says which, but for the halted ones', async () => {
    const session = await openSmallDesk(
      smallDesk((desk) => {
        for (const name of ['old', 'older', 'halted']) desk.profiles[name] = { ...desk.profiles['free'] };
      }),
    );
    await streams.metaPortfolio.handle(session, 'halted', { kind: 'HaltPublication', meta: 'halted', number: 1, who: 'ann', why: 'done' });
    const { plan, applied } = await both(session, smallDesk());
    expect([plan.absent, applied.absent]).toEqual([
      ['old', 'older'],
      ['old', 'older'],
    ]);
  });

  test('whose portfolio has another profile first says that its risk changes', async () => {
    const parity = smallDesk(changed('free', { meta_allocation: 'risk_parity' }));
    const { plan } = await both(await openSmallDesk(), parity);
    expect(plan.portfolios[0]).toEqual({ name: 'free', number: 2, change: 'changed', changes: ['definition', 'risk'] });
  });
});

describe('a changed sleeve of a portfolio that asks for a second person', () => {
  const late = smallDesk(changed('gold', expected));

  test('is proposed with the portfolio, and is in force once that is approved', async () => {
    const session = await openSmallDesk();
    const { plan, applied } = await both(session, late);
    expect(plan.sleeves).toEqual([
      unchanged('bonds'),
      unchanged('coins'),
      { name: 'gold', number: 2, change: 'changed', changes: ['expected_by'], needsApproval: true },
    ]);
    // Approving leaves the portfolio the definition that it has: 1 is what the plan says, and what the approval answers below.
    expect(plan.portfolios).toEqual([unchanged('free'), { ...unchanged('strict'), needsApproval: true }]);
    expect(applied.sleeves).toEqual([
      { name: 'bonds', number: 1, already: true },
      { name: 'coins', number: 1, already: true },
      { name: 'gold', number: 1, already: false, proposal: 'strict/2' },
    ]);
    const again = await applyManifest(session, late, null);
    expect(again.sleeves[2]).toEqual({ name: 'gold', number: 1, already: true, proposal: 'strict/2' });
    const checker = { ...session, actor: 'checker' };
    const answer = { meta: 'strict', proposal: 'strict/2', number: 1, proposer: 'test' };
    expect(await approveDefinition(checker, 'strict/2', 'agreed')).toEqual({ ...answer, sleeves: ['gold'], already: false });
    expect(await approveDefinition(checker, 'strict/2', 'agreed')).toEqual({ ...answer, sleeves: [], already: true });
    expect((await streams.sleeve.state(session, 'gold')).definition).toMatchObject({ number: 2, expectedBy: expected.expected_by });
  });

  test('that belongs to another portfolio as well waits for both, and one of them carries it', async () => {
    const manifest = smallDesk((desk) => {
      desk.profiles['stricter'] = { ...desk.profiles['strict'] };
    });
    const session = await openSmallDesk(manifest);
    await approveDefinition({ ...session, actor: 'checker' }, 'stricter/1', 'agreed');
    const next = smallDesk((desk) => {
      changed('gold', expected)(desk);
      desk.profiles['stricter'] = { ...desk.profiles['strict'] };
    });
    const { applied } = await both(session, next);
    expect(applied.portfolios.map(({ name, proposal }) => [name, proposal])).toEqual([
      ['free', undefined],
      ['strict', 'strict/2'],
      ['stricter', 'stricter/2'],
    ]);
    expect(applied.sleeves[2]).toMatchObject({ name: 'gold', number: 1 });
  });

  test('cannot be changed past the portfolio: it has to be applied with it', async () => {
    const session = await openSmallDesk();
    const refused = {
      code: 'DefinitionUnapproved',
      message: 'sleeve gold changes, and strict, which consumes it under maker_checker, is not applied with it',
      evidence: { sleeve: 'gold', asking: ['strict'] },
    };
    await expect(planManifest(session, late, ['free'])).rejects.toMatchObject(refused);
    await expect(applyManifest(session, late, ['free'])).rejects.toMatchObject(refused);
  });
});

describe('a proposal', () => {
  test('that was turned down leaves what is in force, and is no proposal any more', async () => {
    const session = await openSmallDesk();
    await applyManifest(session, smallDesk(changed('strict', bounds)), null);
    const checker = { ...session, actor: 'checker' };
    const answer = { meta: 'strict', proposal: 'strict/2', proposer: 'test', why: 'no' };
    expect(await rejectDefinition(checker, 'strict/2', 'no')).toEqual({ ...answer, already: false });
    expect(await rejectDefinition(checker, 'strict/2', 'no')).toEqual({ ...answer, already: true });
    const { definition, proposed } = await streams.metaPortfolio.state(session, 'strict');
    expect([definition?.number, proposed]).toEqual([1, null]);
    await expect(approveDefinition(checker, 'strict/2', 'yes')).rejects.toMatchObject({ code: 'NothingProposed' });
  });

  test.each(['strict', 'strict/', 'strict/0', 'strict/01', 'strict/1x', '/1', 'a b/1', 'strict/1234567890', 'x strict/1', 'strict/1/2'])(
    'is not named by %p',
    async (name) => {
      const { session } = memoryLedger();
      const refused = {
        code: 'Usage',
        message: `${name} names no proposal: give the portfolio and its number, such as desk/2`,
        at: { path: 'proposal' },
      };
      await expect(approveDefinition(session, name, 'why')).rejects.toMatchObject(refused);
      await expect(rejectDefinition(session, name, 'why')).rejects.toMatchObject(refused);
    },
  );

  test.each([
    ['strict/123456789', 'strict has no proposal 123456789', { meta: 'strict', proposal: 123456789 }],
    ['Nobody_1-x/1', 'Nobody_1-x has no proposal 1', { meta: 'Nobody_1-x', proposal: 1 }],
  ])('%s was never made', async (name, message, evidence) => {
    const { session } = memoryLedger();
    await expect(approveDefinition(session, name, 'why')).rejects.toMatchObject({ code: 'NothingProposed', message, evidence });
  });
});
