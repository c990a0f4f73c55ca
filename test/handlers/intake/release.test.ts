/** What becomes of held results: in which order, under which keys, and what a newer result frees. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { SleeveResultHeld, SleeveRunRejected } from '../../../domain/sleeve/intake-events.ts';
import { discardLetter } from '../../../handlers/commands/settle-letter.ts';
import { createIntake, type IntakeOptions, type IntakeOutcome, releaseHeld } from '../../../handlers/intake/intake.ts';
import { heldMessage } from '../../../handlers/intake/release.ts';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import { defineSleeve, rawMessage, resultMessage, SentMessages, sleeveResult, structuredText } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const still = async (): Promise<void> => undefined;
const supersede = { onPoison: 'supersede' } as const;

let watched: WatchedSession;
let dead: SentMessages;

beforeEach(async () => {
  watched = new WatchedSession();
  dead = new SentMessages();
  await defineSleeve(watched.session, 'coins');
});

const options = (change: Partial<IntakeOptions> = {}): IntakeOptions => ({
  resultsTopic: 'results',
  deadLetters: dead,
  deadLettersTopic: 'dead',
  onPoison: 'hold',
  ...change,
});
const take = (message: ReceivedMessage, change: Partial<IntakeOptions> = {}): Promise<IntakeOutcome> =>
  createIntake(watched.session, options(change)).handle(message, still);
const broken = (mark = ''): ReceivedMessage => rawMessage('coins', `{${mark}`);
const ofDay = (asOf: string, seed = 1): ReceivedMessage => resultMessage(sleeveResult({ asOf, seed, rows: 20 }), { offset: `${seed}` });

async function dataOf<Data>(type: DomainEvent['type']): Promise<Data[]> {
  const events = toDomainEvents(await readWholeStream(watched.session.ports.store, 'sleeve-coins'));
  return events.filter((event) => event.type === type).map(({ data }) => data as unknown as Data);
}

const heldNow = (): Promise<SleeveResultHeld[]> => dataOf('SleeveResultHeld');

describe('a held result', () => {
  test('is the message that it was, in the place where it stood', async () => {
    await take(broken());
    const message = ofDay('2024-04-01');
    await take(message);
    const [held] = await heldNow();
    const { headers, value, ...rest } = await heldMessage(watched.session, held!).then(({ source, ...more }) => ({ ...more, ...source }));
    expect(rest).toEqual({
      topic: 'sleeve-results.v1',
      partition: 0,
      offset: '1',
      key: 'coins',
      sha256: watched.session.ports.crypto.sha256Hex(message.value!),
      arrival: `held ${held!.heldId}`,
    });
    expect(headers).toEqual({ 'content-type': 'application/cloudevents+json' });
    expect(Buffer.from(value!)).toEqual(Buffer.from(message.value!));
    expect(held).toMatchObject({ sleeve: 'coins', source: { headers: {} }, payload: null });
  });

  test('of release 0.1.0 is read where it was stored, for everybody to read', async () => {
    const text = structuredText(sleeveResult({ rows: 20 }));
    const { sha256, bytes } = await watched.session.ports.artifacts.put(Buffer.from(text));
    const source = { topic: 't', partition: 0, offset: '1', key: 'coins', headers: { 'content-type': 'application/cloudevents+json' } };
    const payload = { kind: 'document' as const, sha256, bytes, mediaType: 'application/json' };
    const heldId = '00000000-0000-5000-8000-000000000001';
    const held = { heldId, sleeve: 'coins', behind: heldId, source, payload, sealed: null };
    const { value, ...rest } = await heldMessage(watched.session, held);
    expect(rest).toEqual({ source, sha256, arrival: `held ${heldId}` });
    expect(Buffer.from(value!).toString('utf8')).toBe(text);
    await expect(heldMessage(watched.session, { ...held, payload: null })).rejects.toMatchObject({
      code: 'Internal',
      message: 'a held result is kept in one way or the other',
      evidence: { heldId },
    });
  });
});

describe('what is released', () => {
  test('is said with its run, counted, and let go step by step', async () => {
    const { letterId } = await take(broken());
    await take(ofDay('2024-04-01', 1));
    await take(ofDay('2024-04-02', 2));
    watched.measured.length = 0;
    const steps: string[] = [];
    expect(await discardLetter(watched.session, letterId!, 'why', options({ failpoint: (step) => steps.push(step) }))).toMatchObject({
      released: 2,
    });
    const held = await heldNow();
    const runs = await dataOf<{ runId: string }>('SleeveRunAccepted');
    expect(await dataOf('SleeveResultReleased')).toEqual(
      held.map(({ heldId }, at) => ({ heldId, sleeve: 'coins', runId: runs[at]!.runId, letterId: null })),
    );
    expect(watched.measured).toEqual([1, 2].map(() => ['sleeve_ledger_results_total', 1, { outcome: 'released' }]));
    const each = ['run recorded', 'run accepted', 'held result processed'];
    expect(steps).toEqual(['letter resolved', ...each, ...each]);
    // What became a run can be read by whoever has the key.
    for (const { heldId } of held) expect(await watched.session.ports.letterKeys.key(heldId)).not.toBeNull();
  });

  test('keeps the membership of the group by a beat after each', async () => {
    const { letterId } = await take(broken());
    await take(ofDay('2024-04-01', 1));
    await take(ofDay('2024-04-02', 2));
    const died = {
      failpoint: () => {
        throw new Error('killed');
      },
    };
    await expect(discardLetter(watched.session, letterId!, 'why', options(died))).rejects.toThrow('killed');
    const beat = jest.fn(still);
    expect(await releaseHeld(watched.session, 'coins', options(), beat)).toBe(2);
    expect(beat).toHaveBeenCalledTimes(2);
    expect(await releaseHeld(watched.session, 'coins', options(), beat)).toBe(0);
    expect(beat).toHaveBeenCalledTimes(2);
  });

  test('and is poison itself is a letter under a key of its own, and the key under which it was held is destroyed', async () => {
    const { letterId } = await take(broken());
    await take(broken('2'));
    await discardLetter(watched.session, letterId!, 'why', options());
    const [held] = await heldNow();
    const [, second] = await dataOf<SleeveRunRejected>('SleeveRunRejected');
    expect(await dataOf('SleeveResultReleased')).toEqual([
      { heldId: held!.heldId, sleeve: 'coins', runId: null, letterId: second!.letterId },
    ]);
    const { letterKeys } = watched.session.ports;
    expect([await letterKeys.key(held!.heldId), await letterKeys.key(second!.letterId)]).toEqual([null, expect.any(Uint8Array)]);
  });

  test('and whose key is gone is a letter without its bytes', async () => {
    const { letterId } = await take(broken());
    await take(ofDay('2024-04-01'));
    const [held] = await heldNow();
    await watched.session.ports.letterKeys.destroy([held!.heldId]);
    await discardLetter(watched.session, letterId!, 'why', options());
    const [, second] = await dataOf<SleeveRunRejected>('SleeveRunRejected');
    expect(second).toMatchObject({ code: 'LetterKeyMissing', payload: { bytes: 0, whole: false }, source: { offset: '1' } });
    expect(dead.events[1]!['data']).toMatchObject({ code: 'LetterKeyMissing', payload: { bytes: 0, kept: false } });
    expect(await dataOf('SleeveResultReleased')).toMatchObject([{ runId: null, letterId: second!.letterId }]);
  });

  test('and cannot be read for another reason stays held, and the error is told', async () => {
    const { letterId } = await take(broken());
    await take(ofDay('2024-04-01'));
    const away = new LedgerError('StoreUnavailable', 'away');
    const get = jest.spyOn(watched.session.ports.artifacts, 'get').mockRejectedValue(away);
    await expect(discardLetter(watched.session, letterId!, 'why', options())).rejects.toBe(away);
    get.mockRejectedValue(new TypeError('cannot be'));
    await expect(releaseHeld(watched.session, 'coins', options())).rejects.toThrow(TypeError);
    get.mockRestore();
    expect(await dataOf('SleeveResultReleased')).toEqual([]);
    expect(await releaseHeld(watched.session, 'coins', options())).toBe(1);
  });
});

describe('a newer result, where it frees its sleeve', () => {
  test('resolves every open letter by its run, in their order', async () => {
    const first = await take(broken());
    const second = await take(rawMessage('coins', null));
    const { runId } = await take(ofDay('2024-04-01'), supersede);
    const resolved = { sleeve: 'coins', how: 'superseded', runId, who: 'tests', why: 'a result as of 2024-04-01 arrived' };
    expect(await dataOf('DeadLetterResolved')).toEqual([
      { letterId: first.letterId, ...resolved },
      { letterId: second.letterId, ...resolved },
    ]);
    expect(await dataOf('SleeveRunAccepted')).toMatchObject([{ runId, asOf: '2024-04-01' }]);
  });

  test.each([
    ['of a day before', '2024-03-31', 'held'],
    ['of the same day', '2024-04-01', 'held'],
    ['of a day later', '2024-04-02', 'accepted'],
  ])('%s than that which counts', async (_, asOf, outcome) => {
    await take(ofDay('2024-04-01'));
    await take(broken());
    const correction = asOf === '2024-04-01' ? 1 : 0;
    const message = resultMessage(sleeveResult({ asOf, seed: 2, rows: 20, correction }), { offset: '2' });
    expect((await take(message, supersede)).outcome).toBe(outcome);
  });

  test('records the run before the letter is resolved, and a crash in between loses nothing', async () => {
    await take(broken());
    const died = {
      ...supersede,
      failpoint: (step: string) => {
        if (step === 'run recorded') throw new Error('killed');
      },
    };
    await expect(take(ofDay('2024-04-01'), died)).rejects.toThrow('killed');
    expect([(await dataOf('DeadLetterResolved')).length, (await dataOf('SleeveRunAccepted')).length]).toEqual([0, 0]);
    expect((await take(ofDay('2024-04-01'), supersede)).outcome).toBe('accepted');
  });

  test('ends with a fault of the store as such', async () => {
    await take(broken());
    const [profile] = sleeveResult().profiles;
    const returns = { sha256: 'd'.repeat(64), rows: 1, first: '2024-01-01', last: '2024-01-01' };
    const message = resultMessage(sleeveResult({ asOf: '2024-04-01', profiles: [{ ...profile!, returns }] }), { offset: '2' });
    const away = new LedgerError('StoreUnavailable', 'away');
    const get = jest.spyOn(watched.session.ports.artifacts, 'get').mockRejectedValueOnce(away);
    await expect(take(message, supersede)).rejects.toBe(away);
    get.mockRestore();
    expect((await take(message, supersede)).outcome).toBe('held');
  });

  test('may be one that was held, but none whose key is gone', async () => {
    const first = await take(broken());
    await take(broken('2'));
    await take(ofDay('2024-04-01', 1));
    await take(ofDay('2024-04-02', 2));
    const [, gone] = await heldNow();
    await watched.session.ports.letterKeys.destroy([gone!.heldId]);
    await discardLetter(watched.session, first.letterId!, 'why', options(supersede));
    const resolutions = await dataOf<{ how: string; why: string }>('DeadLetterResolved');
    expect(resolutions.map(({ how }) => how).slice(0, 2)).toEqual(['discarded', 'superseded']);
    expect(resolutions[1]!.why).toBe('a result as of 2024-04-02 arrived');
  });
});
