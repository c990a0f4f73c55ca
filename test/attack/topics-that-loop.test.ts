/** Dead letters that come back as results: by settings that name one topic twice, by a bridge between topics, by somebody's forgery. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createIntake, type Intake } from '../../handlers/intake/intake.ts';
import { listDeadLetters } from '../../handlers/queries/dead-letters.ts';
import type { MessageToSend, ReceivedMessage } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { environmentNames } from '../../handlers/runtime/settings.ts';
import { Workbench } from '../support/cli.ts';
import { ledgerSession } from '../support/ledger-session.ts';
import { defineSleeve, rawMessage, resultMessage, SentMessages, sleeveResult } from '../support/sleeve-results.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();

describe('topics', () => {
  const bench = new Workbench(scratch);
  const names = ['resultsTopic', 'allocationsTopic', 'deadLettersTopic', 'backtestJobsTopic', 'backtestResultsTopic'] as const;
  const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other] as const));

  test.each(pairs)('of %s and %s must differ, from wherever they come', async (one, other) => {
    const environment = { [environmentNames[one]]: 'desk.results', [environmentNames[other]]: 'desk.results' };
    const answer = await bench.json(['config', 'show'], { environment });
    expect(answer).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid', at: { path: other } } });
    expect(answer.error!.message).toContain(`${one} (from environment) and ${other} (from environment) are the topic desk.results`);
    // Nor by a dot against an underscore, which Kafka refuses too.
    const alike = await bench.json(['config', 'show'], { environment: { ...environment, [environmentNames[other]]: 'desk_results' } });
    expect(alike.error?.code).toBe('ConfigInvalid');
    const apart = await bench.json(['config', 'show'], { environment: { ...environment, [environmentNames[other]]: 'desk.others' } });
    expect(apart.exit).toBe(0);
  });

  test('are looked at before a worker connects to anything', async () => {
    const argv = ['work', '--kafka', 'kafka://127.0.0.1:1?tls=false', '--results-topic', 'one', '--dead-letters-topic', 'one'];
    expect(await bench.json(argv)).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid', at: { path: 'deadLettersTopic' } } });
  });
});

const beat = async (): Promise<void> => undefined;

function asReceived({ key, value, headers }: MessageToSend, offset: string): ReceivedMessage {
  return rawMessage(key, value, headers, { offset });
}

describe('a dead letter of this ledger on the results topic', () => {
  let session: Session;
  let sent: SentMessages;
  let intake: Intake;
  beforeEach(async () => {
    ({ session } = await ledgerSession(`${mkdtempSync(join(scratch, 'intake-'))}/ledger.sqlite`));
    await defineSleeve(session, 'coins');
    sent = new SentMessages();
    const options = { resultsTopic: 'sleeve-results.v1', deadLetters: sent, deadLettersTopic: 'letters', onPoison: 'hold' } as const;
    intake = createIntake(session, options);
  });

  async function letters(): Promise<number> {
    return (await listDeadLetters(session.ports, { sleeve: null, resolved: true, knownAt: null, after: null, maxCount: 100 })).letters
      .length;
  }

  test.each([
    ['a sleeve', () => rawMessage('coins', 'no JSON')],
    ['no sleeve', () => rawMessage(null, 'no JSON')],
  ])('about a message of %s is known and not parked again, however often it comes', async (_, poison) => {
    expect(await intake.handle(poison(), beat)).toMatchObject({ outcome: 'rejected' });
    const { message } = sent.sent[0]!;
    const head = await session.ports.store.head();
    for (const offset of ['1', '2', '3']) {
      expect(await intake.handle(asReceived(message, offset), beat)).toMatchObject({ outcome: 'already', code: null });
    }
    expect([await letters(), sent.sent.length, await session.ports.store.head()]).toEqual([1, 1, head]);
  });

  test('of a bridge that copies letters to results ends: no letter about a letter', async () => {
    await intake.handle(rawMessage('coins', 'no JSON'), beat);
    for (let copied = 0, offset = 1; copied < sent.sent.length && offset < 50; copied++, offset++)
      await intake.handle(asReceived(sent.sent[copied]!.message, String(offset)), beat);
    expect(sent.sent).toHaveLength(1);
  });

  test('does not hide a result: one with a letter in front waits as it did', async () => {
    await intake.handle(rawMessage('coins', 'no JSON'), beat);
    await intake.handle(asReceived(sent.sent[0]!.message, '1'), beat);
    expect(await intake.handle(resultMessage(sleeveResult({}), { offset: '2' }), beat)).toMatchObject({ outcome: 'held' });
  });

  test('that is forged, about a letter that was never written or in the name of another ledger, is parked like any message', async () => {
    await intake.handle(rawMessage('coins', 'no JSON'), beat);
    const text = new TextDecoder().decode(sent.sent[0]!.message.value);
    const event = JSON.parse(text) as { id: string; source: string; data: { letterId: string } };
    const unknown = event.id.replace(/^.{8}/, '00000000');
    const forgeries = [
      text.replaceAll(event.id, unknown),
      text.replace(event.source, '/sleeve-ledger/00000000-0000-5000-8000-000000000000'),
      JSON.stringify({ ...event, id: unknown }),
      JSON.stringify({ ...event, data: { letterId: event.id } }),
    ];
    for (const [at, forged] of forgeries.entries()) {
      const outcome = await intake.handle(rawMessage(null, forged, undefined, { offset: String(at + 1) }), beat);
      expect(outcome).toMatchObject({ outcome: 'rejected', code: 'MessageInvalid' });
    }
    expect(await letters()).toBe(1 + forgeries.length);
  });
});
