import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../../bin/open-ledger.ts';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import type { IntakeStep } from '../../../handlers/intake/intake.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import { projectRoot } from '../../support/cli.ts';
import { type IntakeJob, runIntakeJob } from '../../support/intake-job.ts';
import { defineSleeve, sleeveResult, structuredText } from '../../support/sleeve-results.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/**
 * C10: a process is killed (SIGKILL) at a step of the intake, before the offset is committed; the broker delivers the message again to
 * another one.
 */

const directory = temporaryDirectory();
let trial = 0;
let store: string;
let deadLettersFile: string;

beforeEach(async () => {
  trial += 1;
  store = join(directory, `ledger-${trial}.sqlite`);
  deadLettersFile = join(directory, `dead-letters-${trial}.jsonl`);
  const ledger = await openLedger({ store, create: true, actor: 'tests', logLevel: 'silent' });
  await defineSleeve(ledger.session, 'coins');
  await ledger.close();
});

const whole = (job: Partial<IntakeJob>): IntakeJob => ({
  message: null,
  settle: null,
  onPoison: 'hold',
  dieAt: null,
  deadLettersFile,
  ...job,
});

const run = (job: Partial<IntakeJob>): Promise<void> => runIntakeJob(store, whole(job));

/** The same in a process of its own, which kills itself at the step. */
function die(job: Partial<IntakeJob> & Pick<IntakeJob, 'dieAt'>): void {
  const child = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(projectRoot, 'test/support/intake-child.ts'), store, JSON.stringify(whole(job))],
    { cwd: projectRoot, encoding: 'utf8' },
  );
  expect({ signal: child.signal, stderr: child.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
}

interface Seen {
  readonly types: readonly string[];
  readonly events: readonly DomainEvent[];
  readonly faults: readonly unknown[];
}

async function seen(): Promise<Seen> {
  const opened = await openLedger({ store, logLevel: 'silent' });
  try {
    const events = toDomainEvents(await readWholeStream(opened.session.ports.store, 'sleeve-coins'));
    return { types: events.map(({ type }) => type), events, faults: (await opened.verify()).faults };
  } finally {
    await opened.close();
  }
}

const sentIds = (): unknown[] =>
  existsSync(deadLettersFile)
    ? readFileSync(deadLettersFile, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: unknown }).id)
    : [];

const valid = (asOf: string): NonNullable<IntakeJob['message']> => ({
  key: 'coins',
  value: structuredText(sleeveResult({ asOf, rows: 10 })),
  offset: asOf,
});
const poison: NonNullable<IntakeJob['message']> = { key: 'coins', value: '{', offset: '0' };

const letterIdIn = ({ events }: Seen): string =>
  (events.find(({ type }) => type === 'SleeveRunRejected')!.data as { letterId: string }).letterId;

describe('C10: killed at a step, then delivered again: nothing doubled, nothing missing', () => {
  test.each<IntakeStep>(['run recorded', 'run accepted'])('a valid result, at "%s"', async (dieAt) => {
    die({ message: valid('2024-02-01'), dieAt });
    await run({ message: valid('2024-02-01') });
    const { types, faults } = await seen();
    expect({ types, faults }).toEqual({ types: ['SleeveDefined', 'SleeveRunAccepted'], faults: [] });
  });

  test.each<IntakeStep>(['letter recorded', 'letter sent'])('a poisonous message, at "%s"', async (dieAt) => {
    die({ message: poison, dieAt });
    await run({ message: poison });
    const afterCrash = await seen();
    expect(afterCrash.types).toEqual(['SleeveDefined', 'SleeveRunRejected']);
    // At least once, and each time under the id by which a reader knows it.
    expect(new Set(sentIds())).toEqual(new Set([letterIdIn(afterCrash)]));
    expect(sentIds().length).toBe(dieAt === 'letter recorded' ? 1 : 2);
  });

  test('a result that is held, at "result held"', async () => {
    await run({ message: poison });
    die({ message: valid('2024-02-01'), dieAt: 'result held' });
    await run({ message: valid('2024-02-01') });
    expect((await seen()).types).toEqual(['SleeveDefined', 'SleeveRunRejected', 'SleeveResultHeld']);
  });

  test.each<IntakeStep>(['letter resolved', 'run recorded', 'run accepted', 'held result processed'])(
    'a letter that is discarded, at "%s": the next message completes it',
    async (dieAt) => {
      await run({ message: poison });
      await run({ message: valid('2024-02-01') });
      await run({ message: valid('2024-02-02') });
      const settle = { how: 'discard' as const, letterId: letterIdIn(await seen()) };
      die({ settle, dieAt });
      await run({ message: valid('2024-02-05') });
      const { types, events, faults } = await seen();
      expect(types.filter((type) => type !== 'SleeveResultReleased')).toEqual([
        'SleeveDefined',
        'SleeveRunRejected',
        'SleeveResultHeld',
        'SleeveResultHeld',
        'DeadLetterResolved',
        'SleeveRunAccepted',
        'SleeveRunAccepted',
        'SleeveRunAccepted',
      ]);
      expect(types.filter((type) => type === 'SleeveResultReleased').length).toBe(2);
      expect(events.flatMap((event) => (event.type === 'SleeveRunAccepted' ? [event.data.asOf] : []))).toEqual([
        '2024-02-01',
        '2024-02-02',
        '2024-02-05',
      ]);
      expect(faults).toEqual([]);
    },
  );

  test.each<IntakeStep>(['run recorded', 'letter resolved', 'run accepted'])('a result that supersedes, at "%s"', async (dieAt) => {
    await run({ message: poison });
    await run({ message: valid('2024-02-01') });
    const message = valid('2024-02-02');
    die({ message, onPoison: 'supersede', dieAt });
    await run({ message, onPoison: 'supersede' });
    const { types, events } = await seen();
    expect(types.filter((type) => type === 'DeadLetterResolved').length).toBe(1);
    expect(events.flatMap((event) => (event.type === 'SleeveRunAccepted' ? [event.data.asOf] : [])).toSorted()).toEqual([
      '2024-02-01',
      '2024-02-02',
    ]);
  });
});
