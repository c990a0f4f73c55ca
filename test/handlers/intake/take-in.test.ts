import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { createIntake, type IntakeOptions, type IntakeOutcome } from '../../../handlers/intake/intake.ts';
import { loadSleeveRun } from '../../../handlers/runs/load-sleeve-run.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import { listDeadLetters } from '../../../handlers/queries/dead-letters.ts';
import { replayRuns } from '../../../handlers/queries/replay-runs.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { tableText } from '../../../domain/returns/table-text.ts';
import { memorySession } from '../../support/imported-run.ts';
import {
  binaryMessage,
  defineSleeve,
  rawMessage,
  resultMessage,
  SentMessages,
  sleeveResult,
  structuredText,
} from '../../support/sleeve-results.ts';

let session: Session;
let dead: SentMessages;

beforeEach(async () => {
  session = memorySession();
  dead = new SentMessages();
  await defineSleeve(session, 'coins');
});

const still = async (): Promise<void> => undefined;

function take(message: ReceivedMessage, change: Partial<IntakeOptions> = {}): Promise<IntakeOutcome> {
  return createIntake(session, {
    resultsTopic: 'sleeve-results.v1',
    deadLetters: dead,
    deadLettersTopic: 'sleeve-results.dlq.v1',
    onPoison: 'hold',
    ...change,
  }).handle(message, still);
}

async function eventsOf(stream: string): Promise<DomainEvent[]> {
  return toDomainEvents(await readWholeStream(session.ports.store, stream));
}

async function typesOf(stream: string): Promise<string[]> {
  return (await eventsOf(stream)).map(({ type }) => type);
}

describe('a valid result', () => {
  test('becomes a run in a stream of its own, and then a line of its sleeve', async () => {
    const outcome = await take(resultMessage(sleeveResult()));
    expect(outcome).toMatchObject({ outcome: 'accepted', sleeve: 'coins', letterId: null });
    expect(await typesOf(`sleeveRun-${outcome.runId}`)).toEqual(['SleeveRunOpened', 'SleeveProfileImported', 'SleeveRunDegraded']);
    expect(await typesOf('sleeve-coins')).toEqual(['SleeveDefined', 'SleeveRunAccepted']);
    expect(dead.sent).toEqual([]);
  });

  test('keeps its data as an artifact, and their hash is its payload', async () => {
    const { runId } = await take(resultMessage(sleeveResult()));
    const [opened] = await eventsOf(`sleeveRun-${runId}`);
    const expected = session.ports.crypto.sha256Hex(canonicalBytes(sleeveResult()));
    expect(opened!.data).toMatchObject({ source: 'message', inputs: [{ role: 'result', document: { sha256: expected } }] });
    expect(await session.ports.artifacts.get(expected)).toEqual(canonicalBytes(sleeveResult()));
    expect((await eventsOf('sleeve-coins'))[1]!.data).toMatchObject({ payloadHash: expected });
  });

  test('is the same run in either content mode and any order of members', async () => {
    const first = await take(resultMessage(sleeveResult()));
    expect(await take(binaryMessage(sleeveResult()))).toMatchObject({ outcome: 'already', runId: first.runId });
    const turned = Object.fromEntries(Object.entries(sleeveResult()).toReversed()) as ReturnType<typeof sleeveResult>;
    expect(await take(rawMessage('coins', structuredText(turned)))).toMatchObject({ outcome: 'already', runId: first.runId });
    expect(await typesOf('sleeve-coins')).toEqual(['SleeveDefined', 'SleeveRunAccepted']);
  });

  test('is what a meta run consumes: streams, weights, settings', async () => {
    const result = sleeveResult({ selectionMode: 'v3.2' });
    const { runId } = await take(resultMessage(result));
    const run = await loadSleeveRun(session.ports, runId!);
    expect(run).toMatchObject({
      sleeve: 'coins',
      profile: 'coins',
      asOf: '2024-03-30',
      currency: 'USD',
      calendars: ['XCRY'],
      selectionMode: 'v3.2',
      eligibility: 'DEGRADED',
    });
    const { returns, weights } = result.profiles[0]!;
    expect([...run.streams.get('hrp')!.series.values]).toEqual((returns as { values: number[] }).values);
    expect(run.streams.get('hrp')!.weights).toEqual(weights);
    expect(run.parityLeaves).toMatchObject({
      'backtest.train_window': 60,
      'data.lookback_days': 500,
      temporal_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('is computed again from what the ledger kept, bit for bit', async () => {
    await take(resultMessage(sleeveResult()));
    await take(resultMessage(sleeveResult({ seed: 2, correction: 1 })));
    expect(await replayRuns(session.ports, { runId: null, asOf: null, knownAt: null }, new AbortController().signal)).toMatchObject({
      checked: 2,
      identical: 2,
    });
  });

  test('may refer to a table that the ledger holds', async () => {
    const { profiles, ...rest } = sleeveResult();
    const { dates, values } = profiles[0]!.returns as { dates: string[]; values: number[] };
    const text = new TextEncoder().encode(tableText({ dates, columns: ['return'], values: [Float64Array.from(values)] }));
    const reference = { sha256: session.ports.crypto.sha256Hex(text), rows: dates.length, first: dates[0]!, last: dates.at(-1)! };
    const message = resultMessage({ ...rest, profiles: [{ ...profiles[0]!, returns: reference }] });
    expect(await take(message)).toMatchObject({ outcome: 'rejected', code: 'ArtifactMissing' });
    await session.ports.artifacts.put(text);
    const { runId, outcome } = await take(message);
    expect(outcome).toBe('accepted');
    expect([...(await loadSleeveRun(session.ports, runId!)).streams.get('hrp')!.series.values]).toEqual(values);
    expect(await replayRuns(session.ports, { runId: null, asOf: null, knownAt: null }, new AbortController().signal)).toMatchObject({
      checked: 1,
      identical: 1,
    });
    expect(await typesOf('sleeve-coins')).toEqual(['SleeveDefined', 'SleeveRunRejected', 'SleeveRunAccepted', 'DeadLetterResolved']);
  });

  test('counts for what can be seen of it here: a claim certifies nothing, a reported failure is a failure', async () => {
    const claimed = sleeveResult({
      origin: {
        system: 'sleeve-ledger',
        runId: 'r',
        ledgerId: '7d3f0c6e-0000-5000-8000-000000000000',
        runHash: 'a'.repeat(64),
        eligibility: 'CERTIFIED',
      },
    });
    const { runId } = await take(resultMessage(claimed));
    const finding = (await eventsOf(`sleeveRun-${runId}`)).at(-1)!;
    expect(finding.type).toBe('SleeveRunDegraded');
    expect(finding.data).toMatchObject({
      reasons: [expect.stringContaining('source_chain: told by sleeve-ledger, not followed: run r of ledger 7d3f0c6e')],
    });
    expect(await take(resultMessage(sleeveResult({ correction: 1, integrity: { status: 'failed', detail: '3 errors' } })))).toMatchObject({
      outcome: 'rejected',
      code: 'ResultIneligible',
    });
  });

  test('that is found ineligible is recorded with its finding, and never accepted', async () => {
    const failed = sleeveResult({ signTest: { status: 'failed', detail: '2 errors' } });
    expect(await take(resultMessage(failed))).toMatchObject({ outcome: 'rejected', code: 'ResultIneligible' });
    const [, letter] = await eventsOf('sleeve-coins');
    expect(letter!.data).toMatchObject({ code: 'ResultIneligible' });
    expect(dead.events[0]!['data']).toMatchObject({ reason: expect.stringContaining('sign_test: desk tells: 2 errors') });
    const runs = (await session.ports.store.readAll({ after: null, maxCount: 100, types: ['SleeveRunFoundIneligible'] })).length;
    expect(runs).toBe(1);
  });

  test('of another date or correction is another run; of the same, with another payload, it is refused', async () => {
    await take(resultMessage(sleeveResult()));
    expect(await take(resultMessage(sleeveResult({ correction: 1, seed: 5 })))).toMatchObject({ outcome: 'accepted' });
    expect(await take(resultMessage(sleeveResult({ seed: 6 })))).toMatchObject({ outcome: 'rejected', code: 'CorrectionTaken' });
    // Nothing of a result that is not wanted is recorded but its letter.
    expect((await session.ports.store.readAll({ after: null, maxCount: 100, types: ['SleeveRunOpened'] })).length).toBe(2);
  });

  test('that this very ledger computed brings nothing new but an acceptance that is missing', async () => {
    const { runId } = await take(resultMessage(sleeveResult()));
    const resent = sleeveResult({
      seed: 9,
      origin: { system: 'sleeve-ledger', runId, ledgerId: session.ledger.ledgerId, runHash: null, eligibility: 'DEGRADED' },
    });
    expect(await take(resultMessage(resent))).toMatchObject({ outcome: 'already', runId });
    expect(await typesOf('sleeve-coins')).toEqual(['SleeveDefined', 'SleeveRunAccepted']);
  });
});

type Poison = readonly [name: string, message: () => ReceivedMessage, code: string, reason: string];

const headers = { 'content-type': 'application/cloudevents+json' };
const poisons: readonly Poison[] = [
  ['bad UTF-8', () => rawMessage('coins', Uint8Array.of(0x7b, 0xff, 0x7d)), 'MessageInvalid', 'not UTF-8'],
  ['bad JSON', () => rawMessage('coins', '{"specversion":'), 'MessageInvalid', 'not JSON'],
  [
    'NaN tokens',
    () => rawMessage('coins', structuredText(sleeveResult()).replace('"weight":0.6', '"weight":NaN')),
    'MessageInvalid',
    'NaN',
  ],
  [
    'Infinity tokens',
    () => rawMessage('coins', structuredText(sleeveResult()).replace('"weight":0.6', '"weight":-Infinity')),
    'MessageInvalid',
    'Infinity',
  ],
  [
    '__proto__',
    () => rawMessage('coins', structuredText(sleeveResult()).replace('"currency"', '"__proto__":{"polluted":1},"currency"')),
    'MessageInvalid',
    '__proto__',
  ],
  ['10 MB', () => rawMessage('coins', 'x'.repeat(10_000_000)), 'LimitExceeded', '10000000 bytes'],
  ['nesting 10,000 deep', () => rawMessage('coins', '['.repeat(10_000)), 'MessageInvalid', 'nested deeper'],
  ['a null value', () => rawMessage('coins', null), 'MessageInvalid', 'no value'],
  [
    'an unknown version',
    () => rawMessage('coins', structuredText(sleeveResult(), { type: 'io.sleeve-ledger.sleeve-result.v2' })),
    'MessageInvalid',
    'version',
  ],
  [
    'an unknown type',
    () => rawMessage('coins', structuredText(sleeveResult(), { type: 'com.example.other' })),
    'MessageInvalid',
    'com.example.other',
  ],
  ['no CloudEvent', () => rawMessage('coins', JSON.stringify(sleeveResult()), {}), 'MessageInvalid', 'content-type'],
  ['an unknown sleeve', () => resultMessage(sleeveResult({ sleeve: 'unheard_of' })), 'SleeveUnknown', 'unheard_of'],
  [
    'failed integrity',
    () => resultMessage(sleeveResult({ integrity: { status: 'failed', detail: '1 error' } })),
    'ResultIneligible',
    'integrity',
  ],
  [
    'no returns for hrp',
    () =>
      resultMessage(sleeveResult({ profiles: sleeveResult().profiles.map((profile) => ({ ...profile, risk: 'equal_weight' as const })) })),
    'ResultIneligible',
    'profile_hrp',
  ],
  [
    'a key that is not its sleeve',
    () => rawMessage('coins', structuredText(sleeveResult({ sleeve: 'stocks' }))),
    'MessageInvalid',
    'the key is coins',
  ],
  [
    'a subject that is not its sleeve',
    () => rawMessage('coins', structuredText(sleeveResult(), { subject: 'stocks' })),
    'MessageInvalid',
    'subject',
  ],
  ['an as-of date of the future', () => resultMessage(sleeveResult({ asOf: '2199-12-31' })), 'MessageInvalid', 'after'],
  [
    'an unknown exchange',
    () => rawMessage('coins', structuredText(sleeveResult()).replace('BINANCE:BTC', 'MARS:BTC')),
    'ExchangeUnknown',
    'MARS',
  ],
  [
    'a reference to nothing',
    () =>
      resultMessage(
        sleeveResult({
          profiles: [
            { ...sleeveResult().profiles[0]!, returns: { sha256: 'd'.repeat(64), rows: 1, first: '2024-01-01', last: '2024-01-01' } },
          ],
        }),
      ),
    'ArtifactMissing',
    'd'.repeat(64),
  ],
];

const poison = (offset: string): ReceivedMessage => rawMessage('coins', '{', headers, { offset });

const intakeOf = (resultsTopic: string): unknown =>
  createIntake(session, { resultsTopic, deadLetters: dead, deadLettersTopic: 'dead', onPoison: 'hold' });

describe('poison becomes a letter with its reason', () => {
  test.each(poisons)('%s', async (_name, message, code, reason) => {
    const received = message();
    const outcome = await take(received);
    const sleeve = new TextDecoder().decode(received.key);
    expect(outcome).toMatchObject({ outcome: 'rejected', code, sleeve, runId: null });
    const [letter] = (await eventsOf(`sleeve-${sleeve}`)).filter(({ type }) => type === 'SleeveRunRejected');
    const value = received.value ?? new Uint8Array();
    const kept = received.value !== null && value.length <= limits.messageBytesMax;
    expect(letter!.data).toMatchObject({
      letterId: outcome.letterId,
      code,
      reason: null,
      source: { headers: {} },
      payload: { bytes: value.length, sha256: null, document: null, whole: kept },
    });
    expect(dead.sent.map(({ topic, message: { key } }) => [topic, key])).toEqual([['sleeve-results.dlq.v1', sleeve]]);
    expect(dead.events[0]).toMatchObject({
      id: outcome.letterId,
      type: 'io.sleeve-ledger.dead-letter.v1',
      subject: sleeve,
      time: letter!.envelope.recordedAt,
      data: {
        letterId: outcome.letterId,
        code,
        reason: expect.stringContaining(reason),
        payload: {
          bytes: value.length,
          sha256: session.ports.crypto.sha256Hex(value),
          headBase64: Buffer.from(value.subarray(0, 4096)).toString('base64'),
          kept,
        },
      },
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  const withoutKey: readonly (readonly [string, ReceivedMessage])[] = [
    ['a missing key', rawMessage(null, structuredText(sleeveResult()), headers)],
    ['a key that is not a name', rawMessage('../coins', structuredText(sleeveResult()), headers)],
    ['a key that is no UTF-8', rawMessage(Uint8Array.of(0xff, 0xfe), structuredText(sleeveResult()), headers)],
    ['a key of one letter too many', rawMessage('a'.repeat(81), structuredText(sleeveResult()), headers)],
    ['an endless key', rawMessage('a'.repeat(5_000_000), structuredText(sleeveResult()), headers)],
  ];
  test.each(withoutKey)('%s: of its topic, and nothing is held behind it', async (_name, message) => {
    expect(await take(message)).toMatchObject({ outcome: 'rejected', sleeve: null, code: 'MessageInvalid' });
    expect(await typesOf('intake-sleeve-results_v1')).toEqual(['SleeveRunRejected']);
    expect(dead.sent).toMatchObject([{ message: { key: null } }]);
    expect(await take(message)).toMatchObject({ outcome: 'already' });
    expect(await take(resultMessage(sleeveResult()))).toMatchObject({ outcome: 'accepted' });
  });

  test('a key as long as a name may be is a sleeve', async () => {
    const sleeve = 'a'.repeat(80);
    expect(await take(rawMessage(sleeve, '{', headers))).toMatchObject({ outcome: 'rejected', sleeve });
    expect(await typesOf(`sleeve-${sleeve}`)).toEqual(['SleeveRunRejected']);
  });

  test('a topic whose name is too long for a stream is refused before any message is taken', () => {
    const longest = limits.streamNameCharsMax - 'intake-'.length;
    expect(() => intakeOf('t'.repeat(longest))).not.toThrow();
    expect(() => intakeOf('t'.repeat(longest + 1))).toThrow(expect.objectContaining({ code: 'Usage', at: { path: 'resultsTopic' } }));
  });

  test('what a letter tells is no longer than a person reads, whatever the message says', async () => {
    const [limit, pathLimit] = [limits.letterReasonCharsMax, limits.letterPathCharsMax];
    const long = 'x'.repeat(10 * limit);
    await take(rawMessage('coins', structuredText(sleeveResult(), { type: long }), headers));
    await take(rawMessage(null, structuredText({ [long]: 1 }), headers));
    const told = dead.events.map(({ data }) => data as { reason: string; path: string | null });
    expect(told[0]!.reason.length).toBe(limit);
    for (const { reason, path } of told) {
      expect(reason.length).toBeLessThanOrEqual(limit);
      expect((path ?? '').length).toBeLessThanOrEqual(pathLimit);
    }
    const { letters } = await listDeadLetters(session.ports, { sleeve: 'coins', resolved: false, knownAt: null, after: null, maxCount: 9 });
    expect(letters.map(({ reason }) => reason)).toEqual([told[0]!.reason]);
    // Neither of them stands in the events, which nobody can shorten afterwards.
    for (const { bytes } of await session.ports.store.readAll({ after: null, maxCount: 100, types: ['SleeveRunRejected'] }))
      expect(bytes.length).toBeLessThan(2_000);
  });

  test('the same bytes again are the same letter: no event, no second message', async () => {
    const first = await take(poison('4'));
    expect(await take(poison('9'))).toMatchObject({ outcome: 'already', letterId: first.letterId });
    expect(await typesOf('sleeve-coins')).toEqual(['SleeveDefined', 'SleeveRunRejected']);
    expect(dead.sent.length).toBe(1);
    // The same offset once more: a crash may have come between the event and the message, so it is sent with the same id.
    await take(poison('4'));
    expect(dead.events.map(({ id, time }) => [id, time])).toEqual([
      [first.letterId, dead.events[0]!['time']],
      [first.letterId, dead.events[0]!['time']],
    ]);
  });

  test('faults of the store are not faults of the message: they end the intake, and nothing is written', async () => {
    const append = jest.spyOn(session.ports.store, 'append').mockRejectedValue(new LedgerError('StoreFull', 'the disk is full'));
    await expect(take(resultMessage(sleeveResult()))).rejects.toMatchObject({ code: 'StoreFull' });
    await expect(take(rawMessage('coins', '{'))).rejects.toMatchObject({ code: 'StoreFull' });
    append.mockRestore();
    expect(dead.sent).toEqual([]);
    expect(await typesOf('sleeve-coins')).toEqual(['SleeveDefined']);
  });

  test('of one sleeve takes nothing from another', async () => {
    await defineSleeve(session, 'stocks');
    await take(rawMessage('coins', '{'));
    expect(await take(resultMessage(sleeveResult({ sleeve: 'stocks' })))).toMatchObject({ outcome: 'accepted', sleeve: 'stocks' });
    expect(await take(resultMessage(sleeveResult()))).toMatchObject({ outcome: 'held', sleeve: 'coins' });
  });
});
