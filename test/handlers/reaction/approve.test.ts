/** Approval of what is held: it publishes what the run recorded, once. */
import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { approveRebalance } from '../../../handlers/commands/approve-rebalance.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { applyApproved, type Desk, deliver, deliverAll, openDesk, recorded } from './desk.ts';
import { decided, friday, look, publications, sleeveCommand, thursday, withPolicy } from './looking.ts';

const checked = (change: object = {}): Manifest => withPolicy({ maker_checker: true, ...change });
const refused = (code: string): unknown => expect.objectContaining({ code });
const approveAs = (desk: Desk, actor: string, runId: string, why = 'looked at') => approveRebalance({ ...desk.session, actor }, runId, why);

/** A desk on which the allocation of Thursday is held; answers its run. */
async function heldDesk(manifest = checked()): Promise<{ readonly desk: Desk; readonly runId: string }> {
  const desk = await openDesk(manifest);
  await deliverAll(desk, thursday);
  expect(await look(desk)).toEqual(decided('RebalanceHeld'));
  return { desk, runId: (await recorded(desk, 'RebalanceHeld'))[0]!.runId };
}

describe('an approval', () => {
  test('publishes exactly what the held run recorded', async () => {
    const { desk, runId } = await heldDesk();
    expect(await approveAs(desk, 'ann', runId)).toEqual({ meta: 'whole', runId, number: 1, already: false });
    const [published] = await publications(desk);
    const [flattened] = await recorded(desk, 'PortfolioFlattened');
    const [guardrails] = await recorded(desk, 'GuardrailsApplied');
    const [held] = await recorded(desk, 'RebalanceHeld');
    expect(published).toMatchObject({ runId, asOf: thursday, approval: { proposer: 'test', approver: 'ann', why: 'looked at' } });
    const { weights, gross, net, portfolio } = flattened!;
    expect(published).toMatchObject({ weights, gross, net, portfolio, sleeves: guardrails!.weights });
    const { inputs, inputsHash, rebalance, policy, definitionNumber } = held!;
    expect(published).toMatchObject({ inputs, inputsHash, rebalance, policy, definitionNumber });
    expect(await recorded(desk, 'RebalanceApproved')).toEqual([
      { meta: 'whole', runId, proposer: 'test', approver: 'ann', why: 'looked at', localUser: null },
    ]);
  });

  test('again changes nothing, and answers with the publication', async () => {
    const { desk, runId } = await heldDesk();
    await approveAs(desk, 'ann', runId);
    const head = await desk.memory.store.head();
    expect(await approveAs(desk, 'bob', runId)).toEqual({ meta: 'whole', runId, number: 1, already: true });
    expect(await desk.memory.store.head()).toBe(head);
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
  });

  test('by the proposer is refused, and records nothing', async () => {
    const { desk, runId } = await heldDesk();
    const head = await desk.memory.store.head();
    await expect(approveAs(desk, 'test', runId)).rejects.toEqual(refused('ApproverIsProposer'));
    expect(await desk.memory.store.head()).toBe(head);
  });

  test('of a run that newer results superseded is refused, and names what is held instead', async () => {
    const { desk, runId } = await heldDesk();
    await deliver(desk, 'stocks', thursday, 1);
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
    const newer = (await recorded(desk, 'RebalanceHeld'))[1]!.runId;
    await expect(approveAs(desk, 'ann', runId)).rejects.toThrow(newer);
    expect(await approveAs(desk, 'ann', newer)).toMatchObject({ number: 1, already: false });
    await expect(approveAs(desk, 'ann', runId)).rejects.toEqual(refused('NothingHeld'));
  });

  test('of a run that nobody held, or that is not there, is refused', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await look(desk);
    const { runId } = (await publications(desk))[0]!;
    await expect(approveAs(desk, 'ann', runId)).rejects.toEqual(refused('NothingHeld'));
    await expect(approveAs(desk, 'ann', 'no-such-run')).rejects.toEqual(refused('RunUnknown'));
    expect(await publications(desk)).toHaveLength(1);
  });

  test('of an allocation that rests on a sleeve in quarantine is refused until it is reinstated', async () => {
    const { desk, runId } = await heldDesk();
    await sleeveCommand(desk, 'QuarantineSleeve', 'coins');
    await expect(approveAs(desk, 'ann', runId)).rejects.toEqual(refused('SleeveQuarantined'));
    expect(await publications(desk)).toEqual([]);
    await sleeveCommand(desk, 'ReinstateSleeve', 'coins');
    expect(await approveAs(desk, 'ann', runId)).toMatchObject({ number: 1 });
    await sleeveCommand(desk, 'QuarantineSleeve', 'coins', 2);
    expect(await approveAs(desk, 'ann', runId)).toMatchObject({ already: true });
  });

  test('waits for the end of a halt', async () => {
    const { desk, runId } = await heldDesk();
    await switchPublication(desk.session, 'HaltPublication', 'whole', 'outage');
    await expect(approveAs(desk, 'ann', runId)).rejects.toEqual(refused('PublicationHalted'));
    await switchPublication(desk.session, 'ResumePublication', 'whole', 'over');
    expect(await approveAs(desk, 'ann', runId)).toMatchObject({ number: 1 });
  });

  test('cannot be approved after another policy was applied: it is decided on again', async () => {
    const { desk, runId } = await heldDesk();
    await applyApproved(desk.session, checked({ maker_checker: false }));
    await expect(approveAs(desk, 'ann', runId)).rejects.toEqual(refused('NothingHeld'));
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect((await publications(desk))[0]).toMatchObject({ runId, definitionNumber: 2, approval: null });
  });

  test('counts as a publication: the next rebalance is measured against it, and its cool-down begins', async () => {
    const { desk, runId } = await heldDesk(checked({ cool_down_seconds: 600 }));
    desk.clock.advance(60);
    await approveAs(desk, 'ann', runId);
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: '2022-12-31T08:11:00.000Z' });
    desk.clock.advance(600);
    expect(await look(desk)).toEqual(decided('RebalanceHeld'));
    expect((await recorded(desk, 'RebalanceHeld'))[1]!.rebalance).toMatchObject({ against: 1, unknownBecause: null });
  });
});
