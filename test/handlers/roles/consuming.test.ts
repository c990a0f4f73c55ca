/** How the intake consumes its topic, when it is ready, and what it releases that another process left held. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { discardLetter } from '../../../handlers/commands/settle-letter.ts';
import { createIntake } from '../../../handlers/intake/intake.ts';
import type { ConsumeOptions, MessageBroker } from '../../../handlers/ports/ports.ts';
import { consuming, type ConsumingOptions } from '../../../handlers/roles/consuming.ts';
import type { Role } from '../../../handlers/roles/role.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { until } from '../../support/kafka/ready.ts';
import { defineSleeve, rawMessage, resultMessage, SentMessages, sleeveResult } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const still = async (): Promise<void> => undefined;

let watched: WatchedSession;
let sent: SentMessages;
let consumed: ConsumeOptions | null;
let options: ConsumingOptions;
let role: Role;

beforeEach(async () => {
  watched = new WatchedSession();
  sent = new SentMessages();
  consumed = null;
  const broker: MessageBroker = {
    source: {
      consume: (given) =>
        new Promise((resolve) => {
          consumed = given;
          given.signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    },
    sink: sent,
    ensureTopics: async () => undefined,
    close: async () => undefined,
  };
  options = {
    broker,
    group: 'desk-intake',
    resultsTopic: 'results',
    deadLetters: sent,
    deadLettersTopic: 'dead',
    onPoison: 'hold',
    lagMessagesMax: 10,
  };
  // As in a worker, which reads each event once.
  role = consuming({ ...watched.session, folds: new StreamFolds(watched.session.ports.store) }, options);
  await defineSleeve(watched.session, 'coins');
});

/** Runs the role while something is done with what it consumes. */
async function whileRunning(work: (given: ConsumeOptions) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const ran = role.run(stop.signal);
  await until('it consumes', () => consumed !== null);
  try {
    await work(consumed!);
  } finally {
    stop.abort();
    await ran;
  }
}

const failpoint = (): void => {
  throw new Error('killed');
};

test('it consumes the topic of results in its group, several sleeves at once', async () => {
  await whileRunning(async ({ topic, group, inFlightMax }) => {
    expect({ name: role.name, topic, group, inFlightMax }).toEqual({
      name: 'intake',
      topic: 'results',
      group: 'desk-intake',
      inFlightMax: limits.resultsInFlightMax,
    });
  });
});

test('a message is dealt with when its handling ends, but for one of a flood, which is recorded by the flush', async () => {
  await whileRunning(async ({ handle, flush }) => {
    expect(await handle(resultMessage(sleeveResult()), still)).toBeUndefined();
    const poison = (offset: number) => handle(rawMessage(null, `${offset}`, undefined, { offset: `${offset}` }), still);
    for (let offset = 0; offset < limits.lettersPerWindowMax; offset++) expect(await poison(offset)).toBeUndefined();
    expect(await poison(1_000)).toBe('gathered');
    const letters = sent.sent.length;
    await flush!();
    expect(sent.sent.length).toBe(letters + 1);
  });
});

describe('how far it is behind', () => {
  test('is the most of any partition, and too much is not ready', async () => {
    const told = role.state();
    expect(told).toEqual({ ok: true, detail: '0 messages behind' });
    await whileRunning(async ({ onLag }) => {
      watched.measured.length = 0;
      onLag!(0, 10);
      onLag!(3, 7);
      expect(role.state()).toEqual({ ok: true, detail: '10 messages behind' });
      onLag!(3, 11);
      expect(role.state()).toEqual({ ok: false, detail: '11 messages behind' });
      onLag!(3, 0);
      onLag!(0, 2);
      expect(role.state()).toEqual({ ok: true, detail: '2 messages behind' });
      const lag = 'sleeve_ledger_consumer_lag_messages';
      expect(watched.measured).toEqual([
        [lag, 10, { partition: '0' }],
        [lag, 7, { partition: '3' }],
        [lag, 11, { partition: '3' }],
        [lag, 0, { partition: '3' }],
        [lag, 2, { partition: '0' }],
      ]);
    });
  });
});

test('what a process that died had left held is released when it begins, sleeve by sleeve', async () => {
  const { session } = watched;
  await defineSleeve(session, 'stocks');
  for (const sleeve of ['coins', 'stocks']) {
    const intake = createIntake(session, options);
    const { letterId } = await intake.handle(rawMessage(sleeve, '{'), still);
    await intake.handle(resultMessage(sleeveResult({ sleeve, rows: 30 })), still);
    await expect(discardLetter(session, letterId!, 'why', { ...options, failpoint })).rejects.toThrow('killed');
  }
  const heldOf = async (sleeve: string): Promise<number> => (await streams.sleeve.state(session, sleeve)).held.length;
  expect([await heldOf('coins'), await heldOf('stocks')]).toEqual([1, 1]);
  await whileRunning(() => until('both are released', async () => (await heldOf('coins')) + (await heldOf('stocks')) === 0));
});
