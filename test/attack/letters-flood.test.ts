/**
 * Somebody who may send messages, and nothing else, floods a ledger with poison. What a flood leaves must not keep the ledger from being
 * opened: each process here is given 256 MiB of heap for a hundred thousand open letters, recorded with the heads of their messages as
 * releases up to 0.1.0 did.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { MessagesRefused } from '../../domain/sleeve/intake-events.ts';
import { limits } from '../../domain/shared/limits.ts';
import { eraseLetter, retryLetter } from '../../handlers/commands/settle-letter.ts';
import { createIntake, type Intake, type IntakeOptions } from '../../handlers/intake/intake.ts';
import { unsealMany } from '../../handlers/intake/sealing.ts';
import { letterFindings } from '../../handlers/ledger/verify-letters.ts';
import type { ReceivedMessage } from '../../handlers/ports/ports.ts';
import { toDomainEvents } from '../../handlers/runtime/stored-events.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { memorySession } from '../support/imported-run.ts';
import { type Answer, type CliResult, projectRoot, spawnProgram, Workbench } from '../support/cli.ts';
import type { IntakeJob } from '../support/intake-job.ts';
import { appendLetters, letterOf010 } from '../support/letters-ledger.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { defineSleeve, rawMessage, resultMessage, SentMessages, sleeveResult } from '../support/sleeve-results.ts';

const letterCount = 100_000;
/** Of a process on a busy machine. */
const patienceMs = 300_000;
const heap = { NODE_OPTIONS: '--max-old-space-size=256' };

const bench = new Workbench(scratchDirectory());

async function run(argv: readonly string[]): Promise<Answer> {
  const { exit, stdout, stderr } = await spawnProgram(bench, [...argv, '--json'], heap).ended;
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.not.stringContaining('heap') });
  return JSON.parse(stdout) as Answer;
}

/** A job of the intake in a process of its own, with as little heap. */
function intakeAlone(job: Partial<IntakeJob>): Promise<CliResult> {
  const whole: IntakeJob = { message: null, settle: null, onPoison: 'hold', dieAt: null, deadLettersFile: bench.path('dead'), ...job };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(projectRoot, 'test/support/intake-child.ts'), bench.store, JSON.stringify(whole)],
    {
      cwd: projectRoot,
      env: { ...process.env, ...heap },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve) => child.once('close', (code) => resolve({ exit: code ?? -1, stdout: '', stderr })));
}

beforeAll(async () => {
  await bench.json(['ledger', 'init']);
  await appendLetters(bench.store, 'sleeve-coins', letterCount, (number) => letterOf010(number, 'coins'));
}, patienceMs);

describe(`a ledger with ${letterCount} letters, opened with 256 MiB of heap`, () => {
  test(
    'tells how many they are',
    async () => {
      expect((await run(['status'])).result).toMatchObject({ sleeves: [{ sleeve: 'coins', openLetters: letterCount }] });
    },
    patienceMs,
  );

  test(
    'lists them page by page, each letter on one page',
    async () => {
      const first = (await run(['dlq', 'list', '--limit', '3'])).result as { letters: { letterId: string }[]; next: string; open: number };
      expect(first).toMatchObject({ open: letterCount, letters: { length: 3 } });
      const second = (await run(['dlq', 'list', '--limit', '3', '--after', first.next])).result as typeof first;
      expect(new Set([...first.letters, ...second.letters].map(({ letterId }) => letterId)).size).toBe(6);
      expect((await run(['dlq', 'list'])).result).toMatchObject({ letters: { length: 500 }, next: expect.any(String) });
      expect((await run(['dlq', 'list', '--all', '--limit', '2'])).result).toMatchObject({
        letters: [{ number: 0 }, { number: 1 }],
      });
    },
    patienceMs,
  );

  test(
    'holds the next result of the sleeve behind them, and discards one of them',
    async () => {
      expect(await intakeAlone({ message: { key: 'coins', value: '{"next":1}', offset: '1' } })).toMatchObject({ exit: 0, stderr: '' });
      const { result } = await run(['dlq', 'list', '--limit', '1']);
      expect(result).toMatchObject({ waiting: [{ sleeve: 'coins', waiting: 1 }] });
      const { letterId } = (result['letters'] as { letterId: string }[])[0]!;
      expect((await run(['dlq', 'discard', letterId, '--why', 'a flood'])).result).toMatchObject({ already: false, waiting: 1 });
      expect((await run(['dlq', 'list', '--limit', '1'])).result).toMatchObject({ open: letterCount - 1 });
    },
    patienceMs,
  );

  test(
    'lets a worker start, which keeps its read models and stops when it is told to',
    async () => {
      const worker = spawnProgram(bench, ['work', '--roles', 'project,seal', '--http', '127.0.0.1:0'], heap);
      const isReady = async (): Promise<boolean> => {
        const url = /(http:\/\/\S+?)[.;]?\s/.exec(worker.logged())?.[1];
        return url !== undefined && (await fetch(new URL('/readyz', url))).ok;
      };
      const started = Date.now();
      while (!(await isReady().catch(() => false)) && worker.process.exitCode === null && Date.now() - started < patienceMs / 2)
        await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await isReady()).toBe(true);
      worker.process.kill('SIGTERM');
      const { exit, stderr } = await worker.ended;
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.not.stringContaining('heap') });
    },
    patienceMs,
  );
});

const still = async (): Promise<void> => undefined;
/** Each under a key of its own, which costs its sender nothing. */
const poison = (number: number): ReceivedMessage => rawMessage(`s${number}`, `{"number":${number}`, undefined, { offset: String(number) });

describe('a flood while it comes', () => {
  const count = 1_250;
  let session: Session;
  let dead: SentMessages;
  let intake: Intake;
  const options = (): IntakeOptions => ({
    resultsTopic: 'sleeve-results.v1',
    deadLettersTopic: 'sleeve-results.dlq.v1',
    deadLetters: dead,
    onPoison: 'hold',
  });

  beforeEach(async () => {
    session = memorySession();
    dead = new SentMessages();
    intake = createIntake(session, options());
    await defineSleeve(session, 'coins');
  });

  async function eventsOf(...types: string[]): Promise<DomainEvent[]> {
    return toDomainEvents(await session.ports.store.readAll({ after: null, maxCount: 1_000, types }));
  }

  async function taken(from: number, to: number): Promise<string[]> {
    const outcomes: string[] = [];
    for (let number = from; number < to; number++) outcomes.push((await intake.handle(poison(number), still)).outcome);
    return outcomes;
  }

  test('leaves a letter for each of the first, and for the rest a fact for hundreds, with every message in it', async () => {
    const outcomes = await taken(0, count);
    expect(outcomes.filter((outcome) => outcome === 'rejected').length).toBe(limits.lettersPerWindowMax);
    expect(new Set(outcomes.slice(limits.lettersPerWindowMax))).toEqual(new Set(['gathered']));
    await intake.flush();
    expect((await eventsOf('SleeveRunRejected')).length).toBe(limits.lettersPerWindowMax);
    const facts = await eventsOf('MessagesRefused');
    expect(facts.length).toBe(Math.ceil((count - limits.lettersPerWindowMax) / limits.refusedTogetherMax));
    const hashes: string[] = [];
    for (const { data } of facts) {
      const { payload, count: told, sleeve, reasons } = data as MessagesRefused;
      const messages = await unsealMany(session.ports, payload.sealed);
      expect({ told, sleeve, reasons }).toEqual({
        told: messages.length,
        sleeve: null,
        reasons: [{ code: 'MessageInvalid', count: told }],
      });
      for (const { value, sha256 } of messages) expect(session.ports.crypto.sha256Hex(value!)).toBe(sha256);
      hashes.push(...messages.map(({ sha256 }) => sha256));
    }
    const expected = Array.from({ length: count }, (_, number) => session.ports.crypto.sha256Hex(poison(number).value!));
    expect(hashes).toEqual(expected.slice(limits.lettersPerWindowMax));
    expect(dead.sent.length).toBe(limits.lettersPerWindowMax + facts.length);
  });

  test('acknowledges nothing that is not recorded: what is gathered says so, and a flush that fails fails for good', async () => {
    await taken(0, limits.lettersPerWindowMax);
    expect((await intake.handle(poison(5_000), still)).outcome).toBe('gathered');
    expect(await eventsOf('MessagesRefused')).toEqual([]);
    const append = jest.spyOn(session.ports.store, 'append').mockRejectedValue(new LedgerError('StoreFull', 'the disk is full'));
    await expect(intake.flush()).rejects.toMatchObject({ code: 'StoreFull' });
    append.mockRestore();
    await expect(intake.flush()).rejects.toMatchObject({ code: 'StoreFull' });
    // Control: another process is given the message again, as its offset was never committed.
    intake = createIntake(session, options());
    expect((await intake.handle(poison(5_000), still)).outcome).toBe('rejected');
  });

  test('keeps no sleeve waiting: a valid result of another one is taken in', async () => {
    await taken(0, limits.lettersPerWindowMax + 10);
    expect(await intake.handle(resultMessage(sleeveResult(), { offset: '9' }), still)).toMatchObject({
      outcome: 'accepted',
      sleeve: 'coins',
    });
  });

  test('that held valid results of a sleeve nobody had defined yet is retried whole, or erased whole', async () => {
    await taken(0, limits.lettersPerWindowMax);
    for (const [index, asOf] of ['2024-04-01', '2024-04-02'].entries())
      await intake.handle(resultMessage(sleeveResult({ sleeve: 'late', asOf, rows: 30 }), { offset: `9${index}` }), still);
    await intake.flush();
    const [fact] = await eventsOf('MessagesRefused');
    const { letterId } = fact!.data as { letterId: string };
    await expect(retryLetter(session, letterId, 'too early', options())).rejects.toMatchObject({ code: 'SleeveUnknown' });
    await defineSleeve(session, 'late');
    expect(await retryLetter(session, letterId, 'defined now', options())).toMatchObject({ already: false, runId: expect.any(String) });
    expect((await eventsOf('SleeveRunAccepted')).map(({ data }) => (data as { asOf: string }).asOf)).toEqual(['2024-04-01', '2024-04-02']);
    expect(await letterFindings(session.ports, false)).toEqual({ unopened: 0, faults: [], notes: [] });
    await eraseLetter(session, letterId, 'request 12');
    await expect(unsealMany(session.ports, (fact!.data as MessagesRefused).payload.sealed)).rejects.toMatchObject({
      code: 'LetterKeyMissing',
    });
    expect(await letterFindings(session.ports, false)).toEqual({ unopened: 0, faults: [], notes: [] });
  });
});
