/**
 * One person who tries to be two: under maker_checker nothing is published, and nothing that decides on publications changes, on the word
 * of one name, however it is written.
 */
import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { applyManifest } from '../../handlers/commands/apply-manifest.ts';
import { approveRebalance } from '../../handlers/commands/approve-rebalance.ts';
import { flowMeta } from '../../handlers/commands/flow-meta.ts';
import { approveDefinition, rejectDefinition } from '../../handlers/commands/settle-definition.ts';
import { switchPublication } from '../../handlers/commands/halt-publication.ts';
import { defaultOptions } from '../../domain/allocation/meta-options.ts';
import { fileOf, flow } from '../handlers/replay/world.ts';
import { applyApproved, type Desk, deliverAll, deskManifest, openDesk, recorded } from '../handlers/reaction/desk.ts';
import { decided, look, publications, thursday, withPolicy } from '../handlers/reaction/looking.ts';

type Change = NonNullable<Parameters<typeof deskManifest>[0]>;
const checked = (policy: object = {}, change?: Change): Manifest => withPolicy({ maker_checker: true, ...policy }, change);
const refusedAs = (code: string): unknown => expect.objectContaining({ code });
const as = (desk: Pick<Desk, 'session'>, actor: string): Desk['session'] => ({ ...desk.session, actor });

/** Whatever `attempt` does, it is refused so, and the ledger is as it was. */
async function expectRefused(desk: Pick<Desk, 'session'>, code: string, attempt: () => Promise<unknown>): Promise<void> {
  const { store } = desk.session.ports;
  const head = await store.head();
  await expect(attempt()).rejects.toEqual(refusedAs(code));
  expect(await store.head()).toBe(head);
}

/** A desk on which the allocation of Thursday is held, proposed by a worker under this name; answers its run. */
async function heldBy(proposer: string): Promise<{ readonly desk: Desk; readonly runId: string }> {
  const desk = await openDesk(checked());
  await deliverAll(desk, thursday);
  expect(await look({ session: as(desk, proposer) })).toEqual(decided('RebalanceHeld'));
  return { desk, runId: (await recorded(desk, 'RebalanceHeld'))[0]!.runId };
}

describe('the approval of a rebalance', () => {
  test.each([
    ['in capitals', 'alice b', 'ALICE B'],
    ['with blanks around and between', 'alice b', '  alice \u00a0 b\u3000'],
    ['in full width', 'alice b', 'ａｌｉｃｅ　ｂ'],
    ['in mathematical letters', 'alice', '𝐚𝐥𝐢𝐜𝐞'],
    ['composed otherwise', 'rené', 'rene\u0301'],
    ['with a sharp s', 'strauß', 'STRAUSS'],
    ['with a capital sharp s', 'strauß', 'STRAUẞ'],
    ['with a final sigma', 'νίκος', 'ΝΊΚΟΣ'],
    ['with a ligature', 'fischer', 'ﬁscher'],
  ])('by the proposer under the same name %s is refused', async (_, proposer, approver) => {
    const { desk, runId } = await heldBy(proposer);
    await expectRefused(desk, 'ApproverIsProposer', () => approveRebalance(as(desk, approver), runId, 'mine'));
  });

  test.each([
    ['a Cyrillic letter in it', 'alice', '\u0430lice'],
    ['a one for an l', 'alice', 'a1ice'],
    ['a capital i for an l', 'alice', 'aIice'],
    ['an m of two letters', 'emma', 'ernma'],
    ['a dotless i', 'chris', 'chr\u0131s'],
    ['a stroke that is hardly seen', 'alice', 'al\u2170ce\u0323'.replace('\u0323', '')],
  ])('under a name that looks like the proposer, with %s, is refused', async (_, proposer, approver) => {
    const { desk, runId } = await heldBy(proposer);
    await expectRefused(desk, proposer.normalize('NFKC') === approver.normalize('NFKC') ? 'ApproverIsProposer' : 'ActorConfusable', () =>
      approveRebalance(as(desk, approver), runId, 'mine'),
    );
  });

  test('under a name that looks like somebody else whom the portfolio knows is refused', async () => {
    const { desk, runId } = await heldBy('mallory');
    await switchPublication(as(desk, 'alice'), 'HaltPublication', 'whole', 'an exercise');
    await switchPublication(as(desk, 'alice'), 'ResumePublication', 'whole', 'over');
    await expectRefused(desk, 'ActorConfusable', () => approveRebalance(as(desk, '\u0430lice'), runId, 'mine'));
    expect(await approveRebalance(as(desk, 'Alice'), runId, 'seen')).toMatchObject({ number: 1 });
  });

  test.each(['', ' ', '\u00a0', 'unnamed', 'Unnamed', 'UNNAMED ', 'ｕｎｎａｍｅｄ', 'unn\u0430med', 'unnarned'])(
    'by nobody in particular (%j) is refused',
    async (approver) => {
      const { desk, runId } = await heldBy('worker');
      await expectRefused(desk, 'ActorUnnamed', () => approveRebalance(as(desk, approver), runId, 'mine'));
    },
  );

  test.each([
    ['a zero width space', 'ali\u200bce'],
    ['a joiner', 'ali\u200dce'],
    ['a mark of direction', '\u202eecila'],
    ['a soft hyphen', 'al\u00adice'],
    ['a variation selector', 'alice\ufe0f'],
    ['a filler', 'alice\u3164'],
    ['a tag', 'alice\u{e0061}'],
    ['an escape', 'alice\u001b[2K'],
    ['a line break', 'alice\nbob'],
    ['a blank of braille', 'alice\u2800'],
  ])('under a name with %s is refused', async (_, approver) => {
    const { desk, runId } = await heldBy('alice');
    await expectRefused(desk, 'ActorUnseen', () => approveRebalance(as(desk, approver), runId, 'mine'));
  });

  test('by another person is a publication, with the local user beside the claimed name', async () => {
    const { desk, runId } = await heldBy('alice');
    const localUser = { name: 'root', uid: 0 };
    expect(await approveRebalance({ ...as(desk, 'Zoë Müller'), localUser }, runId, 'seen')).toMatchObject({ number: 1, already: false });
    expect(await recorded(desk, 'RebalanceApproved')).toMatchObject([{ proposer: 'alice', approver: 'Zoë Müller', localUser }]);
  });
});

describe('a proposal of a worker without a name', () => {
  test.each(['unnamed', 'UNNAMED', 'ｕｎｎａｍｅｄ', ' '])('(%j) is not held for an approval, and not published either', async (name) => {
    const desk = await openDesk(checked());
    await deliverAll(desk, thursday);
    const runs = (): Promise<unknown[]> => recorded(desk, 'RebalanceHeld');
    await expect(look({ session: as(desk, name) })).rejects.toEqual(refusedAs('ActorUnnamed'));
    expect([await runs(), await publications(desk)]).toEqual([[], []]);
    expect(await look({ session: as(desk, 'worker') })).toEqual(decided('RebalanceHeld'));
  });

  test('is no matter where no second person is asked for', async () => {
    const desk = await openDesk(deskManifest());
    await deliverAll(desk, thursday);
    expect(await look({ session: as(desk, 'unnamed') })).toEqual(decided('AllocationPublished'));
  });
});

/** Applies as somebody; answers what `whole` is proposed as. */
const applied = async (desk: Pick<Desk, 'session'>, actor: string, manifest: Manifest): Promise<string> => {
  const { portfolios } = await applyManifest(as(desk, actor), manifest, null);
  return portfolios.find(({ name }) => name === 'whole')!.proposal!;
};

describe('a definition under maker_checker', () => {
  test.each<[string, Manifest]>([
    ['the second person is done away with', checked({ maker_checker: false })],
    ['the limit of turnover', checked({ max_turnover_two_sided: 2 })],
    ['the bounds', checked({}, ({ profiles }) => Object.assign(profiles['whole']!['meta_allocation'] as object, { max_weight: 0.9 }))],
    [
      'the settings of a sleeve',
      checked({}, ({ profiles }) => Object.assign(profiles['coins']!, { backtest: { backtest_slippage: 0.002 } })),
    ],
  ])('changed by one person (%s) is proposed, and what is in force stays', async (_, manifest) => {
    const desk = await openDesk(checked());
    const before = await recorded(desk, 'MetaPortfolioDefined');
    expect(await applied(desk, 'mallory', manifest)).toBe('whole/2');
    expect((await recorded(desk, 'MetaPortfolioDefined')).filter(({ meta }) => meta === 'whole')).toEqual(
      before.filter(({ meta }) => meta === 'whole'),
    );
    await expectRefused(desk, 'ApproverIsProposer', () => approveDefinition(as(desk, 'MALLORY'), 'whole/2', 'mine'));
    await expectRefused(desk, 'ActorConfusable', () => approveDefinition(as(desk, 'ma1lory'), 'whole/2', 'mine'));
    await expectRefused(desk, 'ActorUnnamed', () => approveDefinition(as(desk, 'unnamed'), 'whole/2', 'mine'));
    await deliverAll(desk, thursday);
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
    expect(await publications(desk)).toEqual([]);
    expect(await approveDefinition(as(desk, 'ann'), 'whole/2', 'agreed')).toMatchObject({ number: 2, already: false });
  });

  test('applied for the first time is proposed, and nothing is allocated before somebody else approves it', async () => {
    const desk = await openDesk(deskManifest(({ profiles }) => delete profiles['whole']));
    const proposal = await applied(desk, 'mallory', checked());
    expect(proposal).toBe('whole/1');
    await deliverAll(desk, thursday);
    expect(await look(desk)).toEqual({ kind: 'undefined' });
    await approveDefinition(as(desk, 'ann'), proposal, 'agreed');
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
  });

  test('that asks for a second person from now on is proposed as well', async () => {
    const desk = await openDesk(withPolicy({}));
    expect(await applied(desk, 'mallory', checked())).toBe('whole/1');
    await approveDefinition(as(desk, 'ann'), 'whole/1', 'agreed');
    expect((await recorded(desk, 'MetaPortfolioDefined')).filter(({ meta }) => meta === 'whole')).toMatchObject([
      { number: 1, policy: { maker_checker: false } },
      { number: 2, policy: { maker_checker: true } },
    ]);
  });

  test('exchanged between the look and the approval is not what is approved', async () => {
    const desk = await openDesk(checked());
    expect(await applied(desk, 'mallory', checked({ max_turnover_two_sided: 0.1 }))).toBe('whole/2');
    expect(await applied(desk, 'mallory', checked({ maker_checker: false }))).toBe('whole/3');
    await expectRefused(desk, 'NothingProposed', () => approveDefinition(as(desk, 'ann'), 'whole/2', 'agreed'));
    expect(await rejectDefinition(as(desk, 'ann'), 'whole/3', 'no')).toMatchObject({ already: false });
    await expectRefused(desk, 'NothingProposed', () => approveDefinition(as(desk, 'bob'), 'whole/3', 'agreed'));
  });

  test('applied again by an accomplice of the same name is no second proposal that the first may approve', async () => {
    const desk = await openDesk(checked());
    const manifest = checked({ maker_checker: false });
    expect(await applied(desk, 'mallory', manifest)).toBe('whole/2');
    const { portfolios } = await applyManifest(as(desk, 'MALLORY'), manifest, null);
    expect(portfolios.find(({ name }) => name === 'whole')).toMatchObject({ already: true, proposal: 'whole/2' });
    await expectRefused(desk, 'ApproverIsProposer', () => approveDefinition(as(desk, 'mallory'), 'whole/2', 'mine'));
  });

  test('changed by nobody in particular is not even proposed', async () => {
    const desk = await openDesk(checked());
    await expect(applyManifest(as(desk, 'Unnamed'), checked({ maker_checker: false }), ['whole'])).rejects.toEqual(
      refusedAs('ActorUnnamed'),
    );
    expect(await recorded(desk, 'DefinitionProposed')).toHaveLength(1);
  });

  test('changed in a manifest that nobody approved allocates nothing by hand', async () => {
    const desk = await openDesk(checked());
    await deliverAll(desk, thursday);
    const changed = checked({}, ({ profiles }) => Object.assign(profiles['whole']!['meta_allocation'] as object, { max_weight: 0.9 }));
    const allocate = (manifest: Manifest) =>
      flowMeta(as(desk, 'mallory'), { ...defaultOptions, manifest, meta: 'whole', restateWhy: null, asOf: thursday });
    await expectRefused(desk, 'DefinitionUnapproved', () => allocate(changed));
    await applied(desk, 'mallory', changed);
    await expectRefused(desk, 'DefinitionUnapproved', () => allocate(changed));
    expect(await allocate(checked())).toMatchObject({ already: false });
    await approveDefinition(as(desk, 'ann'), 'whole/2', 'agreed');
    expect(await allocate(changed)).toMatchObject({ already: false });
  });

  test('that changes the settings of a sleeve computes no result of the sleeve before it is approved', async () => {
    const desk = await openDesk(checked());
    const changed = checked({}, ({ profiles }) => Object.assign(profiles['coins']!, { backtest: { backtest_slippage: 0.002 } }));
    const compute = (manifest: Manifest, correction = 0) => flow(desk, manifest, 'coins', [fileOf('coins', thursday)], correction);
    await expectRefused(desk, 'DefinitionUnapproved', () => compute(changed));
    await compute(checked());
    await applyApproved(desk.session, changed);
    await compute(changed, 1);
  });
});

describe('the definition of a sleeve that a portfolio under maker_checker consumes', () => {
  const later = checked({}, ({ profiles }) => {
    profiles['stocks']!['expected_by'] = { time: '23:59', zone: 'America/New_York', calendar: 'XNYS', days_after: 7 };
  });

  test('is proposed with the portfolio, and in force once that is approved', async () => {
    const desk = await openDesk(checked());
    const { portfolios, sleeves } = await applyManifest(as(desk, 'mallory'), later, null);
    expect(sleeves.find(({ name }) => name === 'stocks')).toEqual({ name: 'stocks', number: 1, already: false, proposal: 'whole/2' });
    expect(portfolios.find(({ name }) => name === 'whole')).toMatchObject({ number: 1, proposal: 'whole/2' });
    expect((await recorded(desk, 'SleeveDefined')).filter(({ sleeve }) => sleeve === 'stocks')).toHaveLength(1);
    expect(await approveDefinition(as(desk, 'ann'), 'whole/2', 'agreed')).toMatchObject({ number: 1, sleeves: ['stocks'], already: false });
    expect((await recorded(desk, 'SleeveDefined')).filter(({ sleeve }) => sleeve === 'stocks')).toMatchObject([
      { number: 1, expectedBy: null },
      { number: 2, expectedBy: { days_after: 7 } },
    ]);
    expect(await approveDefinition(as(desk, 'ann'), 'whole/2', 'agreed')).toMatchObject({ sleeves: [], already: true });
  });

  test('is not changed past the portfolio, by applying another one or a manifest without it', async () => {
    const desk = await openDesk(checked());
    await expectRefused(desk, 'DefinitionUnapproved', () => applyManifest(as(desk, 'mallory'), later, ['listed']));
    const without = deskManifest(({ profiles }) => {
      delete profiles['whole'];
      profiles['stocks']!['expected_by'] = { time: '23:59', zone: 'America/New_York', calendar: 'XNYS', days_after: 7 };
    });
    await expectRefused(desk, 'DefinitionUnapproved', () => applyManifest(as(desk, 'mallory'), without, null));
  });
});
