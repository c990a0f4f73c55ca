import { EventEmitter, once } from 'node:events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { createPosting, type PostedMessage, type Posting } from '../../../handlers/intake/posting.ts';
import { toDomainEvents } from '../../../handlers/runtime/stored-events.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import type { MessageSink } from '../../../handlers/ports/ports.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import { memorySession } from '../../support/imported-run.ts';
import { storeWith } from '../../support/store-with.ts';
import { defineSleeve, SentMessages, sleeveResult, structuredText } from '../../support/sleeve-results.ts';

const headers = { 'content-type': 'application/cloudevents+json' };
const now = '2024-06-01T08:00:00.000Z';
const microseconds = BigInt(Date.parse(now)) * 1_000n;

let session: Session;
let deadLetters: SentMessages;
let posting: Posting;

function postingOf(sink: MessageSink = deadLetters, room?: { readonly messages: number; readonly bytes: number }): Posting {
  return createPosting(session, {
    ...(room === undefined ? {} : { room }),
    origin: 'http',
    deadLetters: sink,
    deadLettersTopic: 'dead',
    onPoison: 'hold',
    floodPauseMs: 5,
  });
}

beforeEach(async () => {
  const memory = memorySession();
  session = { ...memory, ports: { ...memory.ports, clock: fixedClock(now) }, folds: new StreamFolds(memory.ports.store) };
  for (const sleeve of ['coins', 'funds']) await defineSleeve(session, sleeve);
  deadLetters = new SentMessages();
  posting = postingOf();
});

const posted = (text: string): PostedMessage => ({ value: new TextEncoder().encode(text), headers });
const poison = (number: number): PostedMessage =>
  posted(structuredText({ ...sleeveResult(), asOf: `day ${number}` }, { subject: 'coins' }));
const acting = (actor: string): Session => ({ ...session, actor });

async function recorded(
  ...types: string[]
): Promise<{ readonly type: string; readonly actor: string; readonly data: Record<string, unknown> }[]> {
  const stored = await session.ports.store.readAll({ after: null, maxCount: 1_000, types });
  return toDomainEvents(stored).map(({ type, envelope, data }) => ({ type, actor: envelope.actor, data: data as Record<string, unknown> }));
}

describe('results that senders hand in themselves', () => {
  test('have numbers that grow by the clock, also where it stands still, and go on behind those of an earlier life', async () => {
    const broken = ['{1', '{2', '{3'].map(posted);
    await posting.take(session, broken.slice(0, 2));
    session = { ...session, ports: { ...session.ports, clock: fixedClock('2024-06-01T08:00:00.001Z') } };
    await postingOf().take(session, broken.slice(2));
    const offsets = (await recorded('SleeveRunRejected')).map(({ data }) => (data['source'] as { offset: string }).offset);
    expect(offsets).toEqual([microseconds, microseconds + 1n, microseconds + 1_000n].map(String));
  });

  test('are recorded under the name of each sender, the letters of a flood too', async () => {
    // Those of no sleeve are letters one by one; behind one of a sleeve the others of it would be held.
    const strangers = Array.from({ length: limits.lettersPerWindowMax }, (_, number) => posted(`{${number}`));
    await posting.take(acting('anna'), strangers);
    const [gathered, others] = await Promise.all([
      posting.take(acting('anna'), [posted('{a'), posted('{b')]),
      posting.take(acting('bert'), [posted('{c')]),
    ]);
    expect(others).toMatchObject([{ outcome: 'rejected', code: 'MessageInvalid' }]);
    expect(gathered).toMatchObject([
      { outcome: 'rejected', refusal: { reason: 'not JSON' } },
      { outcome: 'rejected', refusal: { reason: 'not JSON' } },
    ]);
    const together = await recorded('MessagesRefused');
    expect(together.map(({ actor, data }) => [actor, data['count'], data['letterId']])).toEqual([['anna', 2, gathered[0]!.letterId]]);
    expect(gathered[1]!.letterId).toBe(gathered[0]!.letterId);
    expect((await recorded('SleeveRunRejected')).filter(({ actor }) => actor === 'bert')).toHaveLength(1);
  }, 180_000);

  test('are refused while too many wait, without a trace, and taken in when there is room again', async () => {
    const { store } = session.ports;
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    const append: typeof store.append = async (...given) => opened.then(() => store.append(...given));
    session = { ...session, ports: { ...session.ports, store: storeWith(store, { append }) } };
    posting = postingOf(deadLetters, { messages: 2, bytes: 100 });
    const [first, second, third] = ['{1', '{2', '{3'].map(posted);
    const waiting = [posting.take(session, [first!]), posting.take(session, [second!])];
    await expect(posting.take(session, [third!])).rejects.toMatchObject({ code: 'IntakeBusy' });
    gate.emit('open');
    await Promise.all(waiting);
    expect(await recorded('SleeveRunRejected')).toHaveLength(2);
    // One that is larger than all of the room is taken in when nothing else is there.
    expect(await posting.take(session, [posted(`{${' '.repeat(200)}`)])).toMatchObject([{ outcome: 'rejected' }]);
  });

  test('reject what the store refuses, each message that was under way first, and are known when they come again', async () => {
    const { store } = session.ports;
    let away = true;
    const append: typeof store.append = async (stream, ...given) => {
      if (away && stream === 'sleeve-funds') throw new LedgerError('StoreUnavailable', 'away');
      return store.append(stream, ...given);
    };
    session = { ...session, ports: { ...session.ports, store: storeWith(store, { append }) } };
    posting = postingOf();
    const both = ['funds', 'coins'].map((sleeve) => posted(structuredText(sleeveResult({ sleeve }))));
    await expect(posting.take(session, both)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(await recorded('SleeveRunAccepted')).toMatchObject([{ data: { sleeve: 'coins' } }]);
    away = false;
    expect((await posting.take(session, both)).map(({ outcome }) => outcome)).toEqual(['accepted', 'already']);
  });

  test('become letters also while the broker is away, for their sender hears of it', async () => {
    const sink: MessageSink = {
      send: async () => {
        throw new LedgerError('BrokerUnavailable', 'away');
      },
      close: async () => undefined,
    };
    expect(await postingOf(sink).take(session, [poison(1)])).toMatchObject([{ outcome: 'rejected', sleeve: 'coins' }]);
    expect(await posting.take(session, [posted(structuredText(sleeveResult()))])).toMatchObject([{ outcome: 'held' }]);
    await posting.take(session, [posted('{')]);
    expect(deadLetters.events).toMatchObject([
      { type: 'io.sleeve-ledger.dead-letter.v1', data: { message: { topic: 'http', partition: 0 } } },
    ]);
  });
});
