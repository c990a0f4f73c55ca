import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../../bin/open-ledger.ts';
import { createIntake, type IntakeOutcome } from '../../../handlers/intake/intake.ts';
import { loadSleeveRun } from '../../../handlers/runs/load-sleeve-run.ts';
import { resultOfRun } from '../../../handlers/messages/result-of-run.ts';
import type { MessageToSend, ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { replayRuns } from '../../../handlers/queries/replay-runs.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { Workbench } from '../../support/cli.ts';
import { memorySession } from '../../support/imported-run.ts';
import { defineSleeve, rawMessage, SentMessages } from '../../support/sleeve-results.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

const directory = temporaryDirectory();
let bench: Workbench;
let runId: string;

beforeAll(async () => {
  bench = new Workbench(directory);
  runId = await bench.produce('funds');
});

let receiver: Session;
beforeEach(async () => {
  receiver = memorySession();
  await defineSleeve(receiver, 'funds');
});

const received = ({ key, value, headers }: Pick<MessageToSend, 'key' | 'value' | 'headers'>): ReceivedMessage =>
  rawMessage(key, value, headers);

function take(session: Session, message: ReceivedMessage): Promise<IntakeOutcome> {
  return createIntake(session, {
    resultsTopic: 'sleeve-results.v1',
    deadLetters: new SentMessages(),
    deadLettersTopic: 'd',
    onPoison: 'hold',
  }).handle(message, async () => undefined);
}

async function withLedger<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const ledger = await openLedger({ store: bench.store, logLevel: 'silent' });
  try {
    return await work(ledger.session);
  } finally {
    await ledger.close();
  }
}

describe('a run of one ledger, sent to another', () => {
  test('brings the same returns, weights and settings; what its ledger claims is recorded as a claim', async () => {
    const { message, result } = await withLedger((session) => resultOfRun(session, runId, 'whichever fits'));
    const outcome = await take(receiver, received(message));
    expect(outcome).toMatchObject({ outcome: 'accepted', sleeve: 'funds' });
    const there = await withLedger((session) => loadSleeveRun(session.ports, runId));
    const here = await loadSleeveRun(receiver.ports, outcome.runId!);
    expect(here.parityLeaves).toEqual(there.parityLeaves);
    expect([...here.streams].map(([risk, { series, weights, sha256 }]) => [risk, [...series.values], weights, sha256])).toEqual(
      [...there.streams].map(([risk, { series, weights, sha256 }]) => [
        risk,
        [...series.values],
        weights?.toSorted((left, right) => (left.symbol < right.symbol ? -1 : 1)),
        sha256,
      ]),
    );
    // Where the prices end, no message says.
    const dataEnd = { date: here.streams.get('hrp')!.series.dates.at(-1)!, shortenedBy: [] };
    expect(here.dataEnd).toEqual(dataEnd);
    expect({ ...here, runId: '', streams: null, eligibility: '' }).toEqual({
      ...there,
      runId: '',
      streams: null,
      eligibility: '',
      dataEnd,
      freshUntil: there.asOf,
    });
    expect(result.origin).toMatchObject({ runId, eligibility: there.eligibility });
    expect(here.eligibility).toBe('DEGRADED');
    expect(await replayRuns(receiver.ports, { runId: null, asOf: null, knownAt: null }, new AbortController().signal)).toMatchObject({
      checked: 1,
      identical: 1,
    });
  });

  test('by reference is taken in where its artifacts are, and waits as a letter where they are not', async () => {
    const { message, result } = await withLedger((session) => resultOfRun(session, runId, 'reference'));
    expect(await take(receiver, received(message))).toMatchObject({ outcome: 'rejected', code: 'ArtifactMissing' });
    for (const { returns } of result.profiles) {
      const { sha256 } = returns as { sha256: string };
      await receiver.ports.artifacts.put(await withLedger((session) => session.ports.artifacts.get(sha256)));
    }
    expect(await take(receiver, received(message))).toMatchObject({ outcome: 'accepted' });
    expect(await replayRuns(receiver.ports, { runId: null, asOf: null, knownAt: null }, new AbortController().signal)).toMatchObject({
      checked: 1,
      identical: 1,
    });
  });

  test('can be sent on by the receiver', async () => {
    const first = await withLedger((session) => resultOfRun(session, runId, 'inline'));
    const { runId: reported } = await take(receiver, received(first.message));
    const again = await resultOfRun(receiver, reported!, 'inline');
    const { origin, integrity, signTest, ...same } = again.result;
    expect(first.result).toMatchObject(same);
    expect(origin).toMatchObject({ ledgerId: receiver.ledger.ledgerId, runId: reported, eligibility: 'DEGRADED' });
    expect([integrity.status, signTest.status]).toEqual(['passed', 'not_applicable']);
  });

  test('taken in by the ledger that it came from completes its acceptance and records nothing else', async () => {
    const other = new Workbench(directory);
    const own = await other.produce('funds');
    const ledger = await openLedger({ store: other.store, logLevel: 'silent' });
    try {
      await defineSleeve(ledger.session, 'funds');
      const count = async (): Promise<number> =>
        (await ledger.session.ports.store.readAll({ after: null, maxCount: 1000, types: null })).length;
      const before = await count();
      const { message } = await resultOfRun(ledger.session, own, 'inline');
      expect(await take(ledger.session, received(message))).toMatchObject({ outcome: 'already', runId: own });
      expect(await count()).toBe(before);
    } finally {
      await ledger.close();
    }
  });

  test('completes an acceptance that a crash had left out', async () => {
    const { message } = await withLedger((session) => resultOfRun(session, runId, 'inline'));
    const { runId: reported } = await take(receiver, received(message));
    // The same run in a ledger of the same id, without its acceptance.
    const bare = memorySession();
    await defineSleeve(bare, 'funds');
    for (const sha256 of await addressesIn(receiver.ports.artifacts))
      await bare.ports.artifacts.put(await receiver.ports.artifacts.get(sha256));
    const stored = await receiver.ports.store.readStream(`sleeveRun-${reported}`, { from: 0n, maxCount: 100, direction: 'forwards' });
    await bare.ports.store.append(`sleeveRun-${reported}`, stored, { expectedRevision: 'none' });
    const { message: relayed } = await resultOfRun(bare, reported!, 'inline');
    expect(await take(bare, received(relayed))).toMatchObject({ outcome: 'accepted', runId: reported });
    expect(await take(bare, received(relayed))).toMatchObject({ outcome: 'already', runId: reported });
  });
});

describe('on the command line', () => {
  test('`produce` writes the message to a file, the same bytes each time', async () => {
    const answer = await bench.json(['produce', runId, '-o', bench.path('result.json')]);
    expect(answer).toMatchObject({ ok: true, exit: 0, result: { runId, sleeve: 'funds', topic: null, key: 'funds', returns: 'inline' } });
    const first = readFileSync(bench.path('result.json'));
    await bench.json(['produce', runId, '-o', bench.path('again.json')]);
    expect(readFileSync(bench.path('again.json')).equals(first)).toBe(true);
    expect(await take(receiver, rawMessage('funds', first))).toMatchObject({ outcome: 'accepted' });
  });

  test('`produce` refuses a run that is not there, and to send without a broker', async () => {
    expect(await bench.json(['produce', 'nothing', '-o', bench.path('x.json')])).toMatchObject({
      ok: false,
      exit: 66,
      error: { code: 'RunUnknown' },
    });
    expect(await bench.json(['produce', runId])).toMatchObject({ ok: false, exit: 2, error: { code: 'Usage' } });
    expect(await bench.json(['produce', runId, '--inline', '--by-reference'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });

  test('`dlq` lists, discards and retries, and shows nothing that could command a terminal', async () => {
    const ledger = await openLedger({ store: bench.store, logLevel: 'silent' });
    await defineSleeve(ledger.session, 'coins');
    const forged = JSON.stringify({ specversion: '1.0', id: '1', source: '/a', type: 'evil\u001b[2J\nletter', data: 1 });
    const { letterId } = await take(ledger.session, rawMessage('coins', forged));
    await take(ledger.session, rawMessage('coins', '{"held":true}'));
    await ledger.close();
    expect((await bench.json(['dlq', 'list'])).result).toMatchObject({
      open: 1,
      held: 1,
      letters: [{ letterId, sleeve: 'coins', code: 'MessageInvalid', kept: true }],
      waiting: [{ sleeve: 'coins', waiting: 1 }],
    });
    expect((await bench.json(['dlq', 'list', '--sleeve', 'funds'])).result).toMatchObject({ open: 0, held: 0, letters: [], waiting: [] });
    const { stdout } = await bench.run(['dlq', 'list']);
    expect(stdout).toContain('evil\\u001b[2J\\u000aletter');
    expect(await bench.json(['dlq', 'retry', letterId!, '--why', 'try'])).toMatchObject({ exit: 2, error: { code: 'MessageInvalid' } });
    expect(await bench.json(['dlq', 'discard', letterId!, '--why', 'a test'])).toMatchObject({
      exit: 0,
      result: { letterId, already: false, released: 1, waiting: 0 },
    });
    expect((await bench.json(['dlq', 'list', '--all'])).result).toMatchObject({
      open: 1,
      letters: [{ resolved: { how: 'discarded', who: 'tester', why: 'a test' } }, { resolved: null }],
    });
    expect(await bench.json(['dlq', 'discard', '00000000-0000-5000-8000-000000000000', '--why', 'x'])).toMatchObject({
      exit: 66,
      error: { code: 'LetterUnknown' },
    });
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
  });
});
