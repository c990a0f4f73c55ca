/** A person turns down what is held: it is never published, and the same inputs are not proposed again. */
import { describe, expect, test } from '@jest/globals';
import { approveRebalance } from '../../../handlers/commands/approve-rebalance.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { rejectRebalance } from '../../../handlers/commands/reject-rebalance.ts';
import { ledgerStatus } from '../../../handlers/queries/status.ts';
import { type Desk, deliver, deliverAll, openDesk, recorded } from './desk.ts';
import { decided, look, publications, thursday, withPolicy } from './looking.ts';

const refused = (code: string): unknown => expect.objectContaining({ code });
const rejectAs = (desk: Desk, actor: string, runId: string, why = 'wrong prices') =>
  rejectRebalance({ ...desk.session, actor }, runId, why);

async function heldDesk(): Promise<{ readonly desk: Desk; readonly runId: string }> {
  const desk = await openDesk(withPolicy({ maker_checker: true }));
  await deliverAll(desk, thursday);
  expect(await look(desk)).toEqual(decided('RebalanceHeld'));
  return { desk, runId: (await recorded(desk, 'RebalanceHeld'))[0]!.runId };
}

describe('a rejection', () => {
  test('closes what is held, and the reaction does not propose it again', async () => {
    const { desk, runId } = await heldDesk();
    expect(await rejectAs(desk, 'ann', runId)).toEqual({ meta: 'whole', runId, why: 'wrong prices', already: false });
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    const { portfolios, attention } = await ledgerStatus(desk.session.ports, { meta: null, knownAt: null });
    expect(portfolios.find(({ meta }) => meta === 'whole')).toMatchObject({
      state: 'rejected',
      held: null,
      lastDecision: { runId, message: 'rejected by ann: wrong prices' },
    });
    expect(attention).toEqual([]);
    expect(await publications(desk)).toEqual([]);
  });

  test('says what it was about, and who turned it down', async () => {
    const { desk, runId } = await heldDesk();
    await rejectAs(desk, 'ann', runId);
    const { inputsHash, definitionNumber, risk } = (await recorded(desk, 'RebalanceHeld'))[0]!;
    expect(await recorded(desk, 'RebalanceRejected')).toEqual([
      {
        meta: 'whole',
        definitionNumber,
        inputsHash,
        runId,
        risk,
        asOf: thursday,
        proposer: 'test',
        who: 'ann',
        why: 'wrong prices',
        localUser: null,
      },
    ]);
  });

  test('again changes nothing, whoever says it and whatever followed', async () => {
    const { desk, runId } = await heldDesk();
    await rejectAs(desk, 'ann', runId);
    const head = await desk.memory.store.head();
    expect(await rejectAs(desk, 'bob', runId, 'me too')).toEqual({ meta: 'whole', runId, why: 'wrong prices', already: true });
    expect(await desk.memory.store.head()).toBe(head);
    await deliver(desk, 'stocks', thursday, 1);
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
    expect(await rejectAs(desk, 'ann', runId)).toMatchObject({ already: true });
    expect(await recorded(desk, 'RebalanceRejected')).toHaveLength(1);
  });

  test('by the proposer is taken, unlike an approval, and also while publication is halted', async () => {
    const { desk, runId } = await heldDesk();
    await switchPublication(desk.session, 'HaltPublication', 'whole', 'outage');
    expect(await rejectAs(desk, 'test', runId)).toMatchObject({ already: false });
  });

  test('leaves newer results to be decided on', async () => {
    const { desk, runId } = await heldDesk();
    await deliver(desk, 'stocks', thursday, 1);
    await rejectAs(desk, 'ann', runId);
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
    const newer = (await recorded(desk, 'RebalanceHeld'))[1]!.runId;
    expect(await approveRebalance({ ...desk.session, actor: 'ann' }, newer, 'seen')).toMatchObject({ number: 1 });
  });

  test('of what is not held is refused', async () => {
    const { desk, runId } = await heldDesk();
    await approveRebalance({ ...desk.session, actor: 'ann' }, runId, 'seen');
    await expect(rejectAs(desk, 'ann', runId)).rejects.toEqual(refused('NothingHeld'));
    await expect(rejectAs(desk, 'ann', 'no-such-run')).rejects.toEqual(refused('RunUnknown'));
  });
});
