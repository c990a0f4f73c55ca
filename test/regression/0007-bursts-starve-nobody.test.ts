/**
 * A store in a file answers at once. Taking in a burst of messages, looking at marked portfolios or folding a long log was one unbroken
 * chain of microtasks: heartbeats, readiness probes and signals had to wait until it ended, for seconds in a storm. Mechanism: each
 * message, look and page of events begins in a turn of the event loop of its own.
 */
import { describe, expect, test } from '@jest/globals';
import { allProjections } from '../../projections/all.ts';
import { catchUp } from '../../handlers/read-models/projector.ts';
import type { ConsumeOptions, MessageBroker } from '../../handlers/ports/ports.ts';
import { consuming } from '../../handlers/roles/consuming.ts';
import { memorySession } from '../support/imported-run.ts';
import { defineSleeve, resultMessage, SentMessages, sleeveResult } from '../support/sleeve-results.ts';

/** Turns of the event loop during some work. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const ticker = { turns: 0, going: true };
  const tick = (): void => {
    ticker.turns++;
    if (ticker.going) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  ticker.going = false;
  return ticker.turns;
}

describe('a burst', () => {
  test('of messages leaves a turn to others before each', async () => {
    const session = memorySession();
    await defineSleeve(session, 'coins');
    const messages = Array.from({ length: 50 }, (_, correction) =>
      resultMessage(sleeveResult({ correction }), { offset: String(correction) }),
    );
    const stop = new AbortController();
    const consume = async ({ handle }: ConsumeOptions): Promise<void> => {
      for (const message of messages) await handle(message, async () => undefined);
      stop.abort();
    };
    const deadLetters = new SentMessages();
    const broker: MessageBroker = {
      source: { consume },
      sink: deadLetters,
      ensureTopics: async () => undefined,
      close: async () => undefined,
    };
    const role = consuming(session, {
      broker,
      group: 'g',
      resultsTopic: 'sleeve-results.v1',
      deadLetters,
      deadLettersTopic: 'dlq',
      onPoison: 'hold',
      lagMessagesMax: 1,
    });
    expect(await turnsDuring(() => role.run(stop.signal))).toBeGreaterThanOrEqual(messages.length);
    expect(deadLetters.sent).toEqual([]);
  });

  test('of events leaves a turn to others before each page that is folded', async () => {
    const session = memorySession();
    await defineSleeve(session, 'coins');
    expect(
      await turnsDuring(async () => {
        for (const projection of allProjections) await catchUp(session.ports, projection);
      }),
    ).toBeGreaterThanOrEqual(1);
  });
});
