/** What a message is worth, told whole: the run that it asks for, or why it is refused. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { latestDateAt } from '../../../domain/returns/future-dates.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { sleeveDecider, type SleeveState } from '../../../domain/sleeve/decider.ts';
import { createIntake } from '../../../handlers/intake/intake.ts';
import { incomingOf } from '../../../handlers/intake/incoming.ts';
import { assertDefined, judge, type Judged } from '../../../handlers/intake/judge.ts';
import type { SleeveResult } from '../../../handlers/messages/sleeve-result.ts';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import {
  defineSleeve,
  rawMessage,
  type ResultChange,
  resultMessage,
  SentMessages,
  sleeveResult,
  structuredText,
} from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

let watched: WatchedSession;
let state: SleeveState;

beforeEach(async () => {
  watched = new WatchedSession();
  await defineSleeve(watched.session, 'coins');
  state = await streams.sleeve.state(watched.session, 'coins');
});

const judged = (message: ReceivedMessage, of: SleeveState = state): Promise<Judged> =>
  judge(watched.session, incomingOf(message, watched.session.ports.crypto), of);
const ofResult = (change: ResultChange = {}): Promise<Judged> => judged(resultMessage(sleeveResult({ rows: 30, ...change })));

/** Takes a result in, and is the sleeve's state with it. */
async function accepted(change: ResultChange = {}): Promise<{ readonly runId: string; readonly state: SleeveState }> {
  const options = { resultsTopic: 'r', deadLetters: new SentMessages(), deadLettersTopic: 'dead', onPoison: 'hold' } as const;
  const message = resultMessage(sleeveResult({ rows: 30, ...change }));
  const { runId } = await createIntake(watched.session, options).handle(message, async () => undefined);
  return { runId: runId!, state: await streams.sleeve.state(watched.session, 'coins') };
}

const originOf = (runId: string | null, ledgerId: string | null = watched.session.ledger.ledgerId): SleeveResult['origin'] => ({
  system: 'sleeve-ledger',
  runId,
  ledgerId,
  runHash: null,
  eligibility: null,
});

const textOf = (change: ResultChange = {}, attributes: Parameters<typeof structuredText>[1] = {}): string =>
  structuredText(sleeveResult({ rows: 30, ...change }), attributes);

describe('a valid result', () => {
  test('is a run to be recorded, with what its sleeve would say of it', async () => {
    const { computed, ...told } = await ofResult();
    expect(told).toEqual({
      runId: computed!.runId,
      already: null,
      acceptance: {
        runId: computed!.runId,
        sleeve: 'coins',
        profile: 'coins',
        asOf: '2024-03-30',
        correction: 0,
        payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        eligibility: 'DEGRADED',
        risks: ['hrp'],
      },
      reasons: expect.any(Array),
      traceparent: null,
    });
    expect(computed!.drafts.map(({ type }) => type)).toEqual(['SleeveRunOpened', 'SleeveProfileImported', 'SleeveRunDegraded']);
  });

  test('is told with the trace of its sender', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const text = structuredText(sleeveResult({ rows: 30 }), { traceparent });
    expect(await judged(rawMessage('coins', text))).toMatchObject({ traceparent });
  });

  test('that is recorded and was not accepted is told from the record, and nothing is computed', async () => {
    const first = await ofResult();
    const { runId } = await accepted();
    expect(await ofResult()).toEqual({ ...first, runId, computed: null });
  });

  test('that was accepted is told as its sleeve knows it', async () => {
    const { runId, state: later } = await accepted();
    expect(await judged(resultMessage(sleeveResult({ rows: 30 })), later)).toEqual({
      runId,
      already: later.accepted.get(runId),
      acceptance: null,
      reasons: [],
      computed: null,
      traceparent: null,
    });
    expect(later.accepted.get(runId)).toMatchObject({ runId, asOf: '2024-03-30' });
  });

  test('that is ineligible has reasons and no acceptance', async () => {
    const found = await ofResult({ integrity: { status: 'failed', detail: '3 errors' } });
    expect(found).toMatchObject({ already: null, acceptance: null, reasons: [expect.stringContaining('integrity')] });
    expect(found.computed).not.toBeNull();
  });
});

describe('a result of this very ledger', () => {
  test('is the run that it says it is, accepted or not', async () => {
    const { runId, state: later } = await accepted();
    const own = resultMessage(sleeveResult({ rows: 30, seed: 9, origin: originOf(runId) }));
    expect(await judged(own, later)).toEqual({
      runId,
      already: later.accepted.get(runId),
      acceptance: null,
      reasons: [],
      computed: null,
      traceparent: null,
    });
    expect(await judged(own)).toMatchObject({ runId, already: null, acceptance: { runId }, computed: null });
  });

  test('whose run is of another sleeve is refused', async () => {
    const { runId } = await accepted();
    const other = resultMessage(sleeveResult({ sleeve: 'stocks', rows: 30, origin: originOf(runId) }));
    await expect(judged(other, sleeveDecider.initialState)).rejects.toMatchObject({
      code: 'MessageInvalid',
      message: `origin.runId: run ${runId} is one of coins`,
      at: { path: 'origin.runId' },
    });
  });

  test.each<[string, (runId: string) => SleeveResult['origin']]>([
    ['another ledger', (runId) => originOf(runId, '00000000-0000-5000-8000-000000000000')],
    ['no ledger', (runId) => originOf(runId, null)],
    ['no run', () => originOf(null)],
    ['a run that is not here', () => originOf('nobody')],
    ['a name that no stream has', () => originOf('a b')],
    ['a name longer than a stream has', () => originOf('a'.repeat(151))],
    ['the longest name', () => originOf('a'.repeat(150))],
  ])('but names %s, is a result like any other', async (_, origin) => {
    const { runId } = await accepted();
    const found = await ofResult({ seed: 9, origin: origin(runId) });
    expect(found.runId).not.toBe(runId);
    expect(found.computed).not.toBeNull();
  });
});

describe('refused is', () => {
  test.each<[string, () => ReceivedMessage, string, string | undefined]>([
    [
      'another version of a result',
      () => rawMessage('coins', textOf({}, { type: 'io.sleeve-ledger.sleeve-result.v2' })),
      'type: version io.sleeve-ledger.sleeve-result.v2 is not known here, only io.sleeve-ledger.sleeve-result.v1',
      'type',
    ],
    [
      'another event',
      () => rawMessage('coins', textOf({}, { type: 'com.example.other' })),
      'type: com.example.other is no io.sleeve-ledger.sleeve-result.v1',
      'type',
    ],
    ['a message without a key', () => rawMessage(null, textOf()), 'key: the key of the message is missing, or no name of a sleeve', 'key'],
    ['the key of another sleeve', () => rawMessage('stocks', textOf()), 'sleeve: the key is stocks, the result is of coins', 'sleeve'],
    [
      'the subject of another',
      () => rawMessage('coins', textOf({}, { subject: 'stocks' })),
      'subject: the subject is not the sleeve coins',
      'subject',
    ],
    [
      'a date after tomorrow',
      () => rawMessage('coins', textOf({ asOf: '2026-01-04' })),
      'asOf: as of 2026-01-04, which is after 2026-01-03',
      'asOf',
    ],
  ])('%s', async (_, message, why, path) => {
    await expect(judged(message())).rejects.toMatchObject({ code: 'MessageInvalid', message: why, at: { path } });
  });

  test('a message longer than is read', async () => {
    const bytes = limits.messageBytesMax + 1;
    await expect(judged(rawMessage('coins', new Uint8Array(bytes)))).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `the message has ${bytes} bytes, at most ${limits.messageBytesMax} are read`,
      evidence: { bytes, messageBytesMax: limits.messageBytesMax },
    });
    // The longest is read, and is no JSON.
    await expect(judged(rawMessage('coins', new Uint8Array(limits.messageBytesMax)))).rejects.toMatchObject({ code: 'MessageInvalid' });
  });

  test('weights of a size that the sleeve is not defined with, by place', async () => {
    const { profiles } = sleeveResult({ rows: 30 });
    const weights = [{ symbol: 'BINANCE:BTCUSDT', weight: 1.2 }];
    const heavy = [profiles[0]!, { ...profiles[0]!, risk: 'equal_weight' as const, weights }];
    await expect(ofResult({ profiles: heavy })).rejects.toMatchObject({ code: 'WeightsRefused', at: { path: 'profiles[1].weights' } });
    await defineSleeve(watched.session, 'coins', 1.2);
    expect(
      await judged(resultMessage(sleeveResult({ rows: 30, profiles: heavy })), await streams.sleeve.state(watched.session, 'coins')),
    ).toMatchObject({ acceptance: { risks: ['hrp', 'equal_weight'] } });
    const without = [profiles[0]!, { ...profiles[0]!, risk: 'equal_weight' as const, weights: null }];
    expect(await ofResult({ profiles: without })).toMatchObject({ acceptance: { risks: ['hrp', 'equal_weight'] } });
  });

  test('a reference to what the ledger does not hold', async () => {
    const [profile] = sleeveResult().profiles;
    const returns = { sha256: 'd'.repeat(64), rows: 1, first: '2024-01-01', last: '2024-01-01' };
    await expect(ofResult({ profiles: [{ ...profile!, returns }] })).rejects.toMatchObject({ code: 'ArtifactMissing' });
  });

  test('nothing of tomorrow: it may be there where the sun rises', async () => {
    expect(latestDateAt(watched.now)).toBe('2026-01-03');
    expect(await ofResult({ asOf: '2026-01-03' })).toMatchObject({ acceptance: { asOf: '2026-01-03' } });
  });

  test('and a fault of the store is none of the message: it passes as it is', async () => {
    const away = new Error('away');
    jest.spyOn(watched.session.ports.store, 'readStream').mockRejectedValueOnce(away);
    await expect(ofResult()).rejects.toBe(away);
  });

  test('a message at which this program fails, in its own words', async () => {
    const fault = new TypeError('cannot be');
    const incoming = incomingOf(resultMessage(sleeveResult({ rows: 30 })), watched.session.ports.crypto);
    const reading = {
      ...incoming,
      source: {
        ...incoming.source,
        get headers(): Record<string, string> {
          throw fault;
        },
      },
    };
    await expect(judge(watched.session, reading, state)).rejects.toMatchObject({
      code: 'Internal',
      message: 'unexpected: cannot be',
      cause: fault,
    });
  });
});

test('a sleeve that nobody defined is unknown', () => {
  expect(() => assertDefined('coins', sleeveDecider.initialState)).toThrow(
    expect.objectContaining({
      code: 'SleeveUnknown',
      message: 'no sleeve coins is defined',
      evidence: { sleeve: 'coins' },
      at: { path: 'sleeve' },
    }),
  );
  expect(() => assertDefined('coins', state)).not.toThrow();
});
