/** What is recorded is never compared with today's numbers: a redelivery is answered from the record, and nothing is computed. */
import { describe, expect, jest, test } from '@jest/globals';
import type { DraftEvent } from '../../domain/shared/envelope.ts';
import { flowProduction, produceSleeveRun, recordSleeveRun, settleSleeveRun } from '../../handlers/commands/flow-production.ts';
import type { ComputedSleeveRun } from '../../domain/sleeve-run/computed-run.ts';
import { computeResultRun } from '../../handlers/messages/reported-run.ts';
import { createIntake } from '../../handlers/intake/intake.ts';
import { recordNewStream, toDomainEvents } from '../../handlers/runtime/record.ts';
import { openedLedger, type Session } from '../../handlers/runtime/session.ts';
import { unnamedCash } from '../../domain/allocation/cash.ts';
import { sleeveRunOutcome } from '../../presentation/cli/sleeve-result.ts';
import { metaRunOutcome } from '../../presentation/cli/meta-result.ts';
import { memorySession } from '../support/imported-run.ts';
import { defineSleeve, resultMessage, SentMessages, sleeveResult } from '../support/sleeve-results.ts';
import { allocate, fileOf, ledgerWithSleeves, manifestOf, memoryLedger } from './replay/world.ts';

const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;
const command = { manifest: manifestOf(), profile: 'stocks', files: [fileOf('stocks')], options, correction: 0 };

/** The run as a release with rules of its own recorded it: rules that this build does not know, and other numbers. */
function ofOtherRules(run: ComputedSleeveRun): readonly DraftEvent[] {
  return run.drafts.map((draft) => {
    if (draft.type === 'SleeveRunOpened') return { ...draft, data: { ...(draft.data as object), rules: 99 } };
    if (draft.type !== 'SleeveProfileSolved') return draft;
    const data = JSON.parse(JSON.stringify(draft.data)) as { weights: { weight: number }[] };
    data.weights[0]!.weight += 1e-9;
    return { ...draft, data };
  });
}

/** Records a run's stream, and not its acceptance: as a process that died in between. */
async function halfRecorded({ ports, ledger, actor }: Session, run: ComputedSleeveRun): Promise<readonly DraftEvent[]> {
  const drafts = ofOtherRules(run);
  await recordNewStream(ports, ledger.ledgerId, actor, {
    stream: `sleeveRun-${run.runId}`,
    drafts,
    artifacts: run.staged.contents(),
    command: ['RecordSleeveRun', run.runId],
    correlation: run.runId,
  });
  return drafts;
}

describe('a run that is recorded', () => {
  test('is answered without computing, in the shape of the first answer', async () => {
    const { session } = memoryLedger();
    const first = await flowProduction(session.ports, openedLedger(session), command);
    const compute = jest.fn((): ComputedSleeveRun => {
      throw new Error('nothing is to be computed');
    });
    const names = produceSleeveRun(session.ports, command).names;
    const again = await settleSleeveRun(openedLedger(session), names, compute, null);
    expect(compute).not.toHaveBeenCalled();
    expect([first.already, again.already]).toEqual([false, true]);
    const shown = (answer: typeof first): unknown =>
      JSON.parse(JSON.stringify({ ...sleeveRunOutcome(answer, unnamedCash).result, already: null }));
    expect(shown(again)).toEqual(shown(first));
    expect(again.acceptance).toEqual(first.acceptance);
  });

  test('under rules that this build does not know is answered with its own numbers, and its acceptance is completed', async () => {
    const ledger = memoryLedger();
    const { session, memory } = ledger;
    const run = produceSleeveRun(session.ports, command);
    const recorded = await halfRecorded(session, run);
    const answer = await flowProduction(session.ports, openedLedger(session), command);
    expect(answer).toMatchObject({ runId: run.runId, already: true, grade: run.grade, acceptance: run.acceptance });
    expect(answer.drafts.map(({ data }) => data)).toEqual(JSON.parse(JSON.stringify(recorded.map(({ data }) => data))));
    const accepted = toDomainEvents(await memory.store.readStream('sleeve-stocks', { from: 0n, maxCount: 10, direction: 'forwards' }));
    expect(accepted.map(({ type, data }) => [type, data])).toEqual([['SleeveRunAccepted', run.acceptance]]);
    await recordSleeveRun(session, run);
    expect((await memory.store.readStream('sleeve-stocks', { from: 0n, maxCount: 10, direction: 'forwards' })).length).toBe(1);
  });

  test('of a message is answered so too, and no letter is written', async () => {
    const session = memorySession();
    const dead = new SentMessages();
    await defineSleeve(session, 'coins');
    const run = computeResultRun(sleeveResult(), new Map(), 1, session.ports.crypto.sha256);
    await halfRecorded(session, run);
    const intake = createIntake(session, {
      resultsTopic: 'sleeve-results.v1',
      deadLetters: dead,
      deadLettersTopic: 'dlq.v1',
      onPoison: 'hold',
    });
    const outcomes = [];
    for (let time = 0; time < 2; time++) outcomes.push(await intake.handle(resultMessage(sleeveResult()), async () => undefined));
    expect(outcomes).toMatchObject([
      { outcome: 'accepted', runId: run.runId },
      { outcome: 'already', runId: run.runId },
    ]);
    expect(dead.sent).toEqual([]);
  });

  test('of a portfolio is answered in the shape of the first answer', async () => {
    const manifest = manifestOf();
    const ledger = await ledgerWithSleeves(manifest);
    const [first, again] = [
      await allocate(ledger, manifest, 'nested', { risks: 'all' }),
      await allocate(ledger, manifest, 'nested', { risks: 'all' }),
    ];
    expect([first.already, again.already]).toEqual([false, true]);
    const shown = (outcome: typeof first): unknown =>
      JSON.parse(
        JSON.stringify({
          ...metaRunOutcome(outcome, 'all', false),
          people: null,
          result: { ...metaRunOutcome(outcome, 'all', false).result, already: null },
        }),
      );
    expect(shown(again)).toEqual(shown(first));
    expect(first.allocations.length).toBeGreaterThan(5);
  });
});
