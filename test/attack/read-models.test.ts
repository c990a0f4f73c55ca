/**
 * Somebody who may write the file but has no key edits, deletes and inserts rows of read models. No decision may be another for it: each
 * records the very bytes that it records on an untouched ledger, or it is refused, and after `ledger rebuild` records those bytes.
 */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { discardLetter } from '../../handlers/commands/settle-letter.ts';
import type { IntakeOptions } from '../../handlers/intake/intake.ts';
import { reallocate } from '../../handlers/reaction/reallocate.ts';
import { sweepOverdue } from '../../handlers/reaction/overdue.ts';
import { RecordedInputs } from '../../handlers/runs/recorded-inputs.ts';
import { consuming } from '../../handlers/roles/consuming.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { streams } from '../../handlers/runtime/streams.ts';
import { MemoryBroker } from '../golden/support/memory-broker.ts';
import { until } from '../handlers/reaction/desk.ts';
import { eventsHere } from '../golden/support/ledger-folder.ts';
import { openSession, run } from '../golden/support/program.ts';
import { onDatabase, RecordedLedger } from '../golden/support/recorded-ledger.ts';
import { rowAttacks, textOf } from './support/edited-rows.ts';

const ledger = new RecordedLedger('0.1.0');
const later = '2024-07-18T22:00:00.000Z';
const cio = ['--actor', 'cio'];

interface Outcome {
  /** Bytes of what was recorded. */
  readonly events: readonly string[];
  /** What an answer or a file says, where that is what the verb is for. */
  readonly told: string | null;
  readonly refused: string | null;
}

type Decision = () => Promise<Omit<Outcome, 'events'>>;

interface Case {
  readonly before?: () => Promise<void>;
  /** The code with which it is refused on an untouched ledger. */
  readonly refused?: string;
  /** Whether it records something: unless it is refused or only told. */
  readonly records?: boolean;
  /** Whether its answer is what it is for. */
  readonly tells?: boolean;
  readonly decide: Decision;
}

const verb =
  (argv: () => readonly string[], told: (result: Readonly<Record<string, unknown>>) => unknown = () => null): Decision =>
  async () => {
    const { answer } = await run([...argv()], { now: later });
    const words = answer.result === null ? null : told(answer.result);
    return { told: words === null ? null : JSON.stringify(words), refused: answer.error?.code ?? null };
  };

const done =
  (...all: readonly (readonly string[])[]): (() => Promise<void>) =>
  async () => {
    for (const argv of all) {
      const { exit, answer } = await run(argv, { now: later });
      if (exit !== 0) throw new Error(`${argv.join(' ')}: ${JSON.stringify(answer.error)}`);
    }
  };

const inSession =
  (work: (session: Session) => Promise<unknown>): Decision =>
  async () => {
    const session = await openSession(later);
    try {
      return { told: JSON.stringify(await work(session)), refused: null };
    } finally {
      await session.ports.store.close();
    }
  };

const recordedRun = (name: string): string => ledger.recording.runs[name]!;
const flowMeta = (meta: string, ...flags: string[]): string[] => ['flow', 'meta', '--profile', meta, ...flags, '--no-seal'];
const fresh = ['--as-of', '2024-07-18'];
const portfolios = ['checked', 'desk', 'fleet', 'mixed', 'nested', 'paced'];
const waive = (meta: string): string[] => {
  const about = ['--paths', uncovered, '--until', '2024-12-31', '--why', 'a test'];
  return ['parity', 'waive', '--meta', meta, ...about, '--no-seal'];
};
let uncovered = '';
let waiverId = '';
let letterOfSleeve = '';

/** The manifest in force with other caps. */
function changedManifest(): string {
  const manifest = JSON.parse(readFileSync('manifest.json', 'utf8')) as { profiles: Record<string, { meta_allocation?: object }> };
  Object.assign(manifest.profiles['desk']!.meta_allocation!, { max_weight: 0.6 });
  delete manifest.profiles['fleet'];
  writeFileSync('changed.json', JSON.stringify(manifest));
  return 'changed.json';
}

const stocks = (): string[] => [...ledger.recording.goOn.sleeves[0]!, ...fresh, '--no-seal'];

const decisions: Readonly<Record<string, Case>> = {
  'a sleeve is run': { decide: verb(stocks) },
  'a portfolio is allocated': { decide: verb(() => flowMeta('desk', '--join', 'drop')) },
  'a nested portfolio is allocated': { decide: verb(() => flowMeta('nested', '--risk', 'all', '--join', 'drop')) },
  'a portfolio is allocated as of an earlier date': {
    decide: verb(() => flowMeta('desk', '--as-of', '2024-06-28', '--risk', 'all', '--join', 'drop')),
  },
  'an allocation is restated once more': {
    decide: verb(() => flowMeta('desk', '--as-of', '2024-06-28', '--risk', 'hrp,equal_weight', '--restate', '--why', 'a third look')),
  },
  'a portfolio whose sleeve is quarantined is allocated': {
    refused: 'SleeveQuarantined',
    before: done(['sleeve', 'quarantine', 'stocks', '--why', 'a test', '--no-seal']),
    decide: verb(() => flowMeta('desk', '--join', 'drop')),
  },
  'a portfolio is allocated by the waiver that stands': {
    before: async () => done(waive('mixed'))(),
    decide: verb(() => flowMeta('mixed', '--join', 'drop')),
  },
  'a portfolio is allocated whose waiver was revoked': {
    refused: 'ParityRejected',
    records: true,
    decide: verb(() => flowMeta('mixed', '--join', 'drop')),
  },
  'a sleeve is quarantined': { decide: verb(() => ['sleeve', 'quarantine', 'coins', '--why', 'a test', '--no-seal']) },
  'a sleeve that nobody knows is quarantined': {
    refused: 'SleeveUnknown',
    decide: verb(() => ['sleeve', 'quarantine', 'ghost', '--why', 'a test', '--no-seal']),
  },
  'a sleeve is reinstated': {
    before: done(['sleeve', 'quarantine', 'coins', '--why', 'a test', '--no-seal']),
    decide: verb(() => ['sleeve', 'reinstate', 'coins', '--why', 'a test', '--no-seal']),
  },
  'a portfolio is halted': { decide: verb(() => ['halt', '--meta', 'checked', '--why', 'a test', '--no-seal']) },
  'a portfolio is resumed': {
    before: done(['halt', '--meta', 'checked', '--why', 'a test', '--no-seal']),
    decide: verb(() => ['resume', '--meta', 'checked', '--why', 'a test', '--no-seal']),
  },
  'a violation is waived': { decide: verb(() => waive('mixed')) },
  'a violation is waived of a portfolio that nobody knows': { refused: 'PortfolioUndefined', decide: verb(() => waive('phantom')) },
  'a waiver is revoked': {
    before: async () => done(waive('mixed'))(),
    decide: verb(() => ['parity', 'revoke', waiverId, '--meta', 'mixed', '--why', 'a test', '--no-seal']),
  },
  'what is held is approved': { decide: verb(() => ['approve', heldRun(), '--why', 'a test', ...cio, '--no-seal']) },
  'what was held first is approved again': {
    refused: 'NothingHeld',
    decide: verb(() => ['approve', recordedRun('checkedFirst'), '--why', 'a test', ...cio, '--no-seal']),
  },
  'the latest run of a portfolio is approved': {
    decide: verb(() => ['approve', 'latest', '--meta', 'checked', '--why', 'a test', ...cio, '--no-seal']),
  },
  'what is held is rejected': { decide: verb(() => ['reject', heldRun(), '--why', 'a test', '--no-seal']) },
  'a changed manifest is applied': {
    tells: true,
    records: true,
    decide: verb(
      () => ['manifest', 'apply', '--manifest', changedManifest(), '--no-seal'],
      ({ absent }) => absent,
    ),
  },
  'the letter of a sleeve is discarded, and what waited behind it taken in': {
    decide: verb(() => ['dlq', 'discard', letterOfSleeve, '--why', 'a test', '--no-seal']),
  },
  'a letter is retried': {
    refused: 'MessageInvalid',
    decide: verb(() => ['dlq', 'retry', letterOfSleeve, '--why', 'a test', '--no-seal']),
  },
  'a tournament is run on the prices of the newest run': {
    decide: verb(() => ['tournament', 'run', '--profile', 'coins', '--risk', 'equal_weight', '--no-seal']),
  },
  'a portfolio is tested': { decide: verb(() => ['backtest', 'run', '--meta', 'paced', '--risk', 'equal_weight', '--no-seal']) },
  'the reaction looks at every portfolio': {
    tells: true,
    records: true,
    before: async () => done(stocks())(),
    decide: inSession(async (session) => {
      const looked: unknown[] = [];
      for (const meta of portfolios) looked.push(await reallocate(session, new RecordedInputs(session.ports), meta));
      return looked;
    }),
  },
  'overdue sessions are noted': { tells: true, records: true, decide: inSession((session) => sweepOverdue(session, later)) },
  'parity is checked': {
    tells: true,
    refused: 'ParityRejected',
    decide: verb(
      () => ['parity', 'check', '--meta', 'mixed'],
      (result) => result,
    ),
  },
  'parity is checked as it was known while the waiver stood': {
    tells: true,
    decide: verb(
      () => ['parity', 'check', '--meta', 'mixed', '--known-at', '2024-07-12T23:00:40.000Z'],
      (result) => result,
    ),
  },
  'the publication in force is asked for': {
    tells: true,
    decide: verb(
      () => ['timeline', 'published', '--meta', 'nested'],
      ({ runId }) => runId,
    ),
  },
  'the latest run of a sleeve is sent': {
    tells: true,
    decide: async () => {
      rmSync('sent.json', { force: true });
      const { answer } = await run(['produce', 'latest', '--sleeve', 'coins', '--inline', '-o', 'sent.json'], { now: later });
      return { told: answer.error === undefined ? readFileSync('sent.json', 'utf8') : null, refused: answer.error?.code ?? null };
    },
  },
  'the lines of a run are exported': {
    tells: true,
    decide: async () => {
      rmSync('run.jsonl', { force: true });
      const { answer } = await run(['audit', 'export', '--run', recordedRun('nestedSecond'), '-o', 'run.jsonl'], { now: later });
      return { told: answer.error === undefined ? readFileSync('run.jsonl', 'utf8') : null, refused: answer.error?.code ?? null };
    },
  },
};

let held = '';
const heldRun = (): string => held;

async function outcomeOf({ decide }: Case, headBefore: number): Promise<Outcome> {
  const decided = await decide();
  const events = await eventsHere();
  return { ...decided, events: events.slice(headBefore).map(({ bytes }) => textOf(bytes)) };
}

function restore(): void {
  rmSync('ledger.sqlite-wal', { force: true });
  rmSync('ledger.sqlite-shm', { force: true });
  copyFileSync('untouched.sqlite', 'ledger.sqlite');
}

beforeAll(async () => {
  // The first write of a later build raises the format: none of the decisions below is to be that one.
  await done(['halt', '--meta', 'desk', '--why', 'a test', '--no-seal'], ['resume', '--meta', 'desk', '--why', 'a test', '--no-seal'])();
  expect((await ledger.run(['ledger', 'rebuild'])).exit).toBe(0);
  const { portfolios: states } = (await ledger.run(['status', '--meta', 'checked'])).answer.result as unknown as {
    portfolios: { held: { runId: string } }[];
  };
  held = states[0]!.held.runId;
  const { letters } = (await ledger.run(['dlq', 'list'])).answer.result as unknown as {
    letters: { letterId: string; sleeve: string | null }[];
  };
  letterOfSleeve = letters.find(({ sleeve }) => sleeve === 'desk_last')!.letterId;
  onDatabase((database) => database.pragma('wal_checkpoint(TRUNCATE)'));
  copyFileSync('ledger.sqlite', 'untouched.sqlite');
  uncovered = ((await ledger.run(['parity', 'check', '--meta', 'mixed'])).answer.result!['uncovered'] as string[]).join(',');
  waiverId = (await run(waive('mixed'), { now: later })).answer.result!['waiverId'] as string;
  restore();
}, 60_000);

describe.each(Object.entries(decisions))('when %s', (_, decision) => {
  let control: Outcome;
  let headBefore = 0;
  beforeAll(async () => {
    restore();
    await decision.before?.();
    expect((await ledger.run(['ledger', 'rebuild'])).exit).toBe(0);
    onDatabase((database) => database.pragma('wal_checkpoint(TRUNCATE)'));
    copyFileSync('ledger.sqlite', 'before.sqlite');
    headBefore = (await eventsHere()).length;
    control = await outcomeOf(decision, headBefore);
  }, 60_000);

  test('on an untouched ledger, it is what the table says', () => {
    const { refused, events, told } = control;
    expect({ refused, records: events.length > 0, tells: told !== null }).toEqual({
      refused: decision.refused ?? null,
      records: decision.records ?? (decision.refused === undefined && decision.tells !== true),
      tells: decision.tells ?? false,
    });
  });

  test.each(Object.entries(rowAttacks))('and %s, the same is decided or the decision is refused', async (__, attack) => {
    rmSync('ledger.sqlite-wal', { force: true });
    rmSync('ledger.sqlite-shm', { force: true });
    copyFileSync('before.sqlite', 'ledger.sqlite');
    onDatabase(attack);
    const attacked = await outcomeOf(decision, headBefore);
    if (attacked.refused !== null && attacked.refused !== control.refused) {
      expect(attacked.refused).toBe('ReadModelsDiffer');
      expect(attacked.events).toEqual([]);
      expect((await run(['ledger', 'rebuild'], { now: later })).exit).toBe(0);
      expect(await outcomeOf(decision, headBefore)).toEqual(control);
    } else expect(attacked).toEqual(control);
  });
});

const parityDecision = async (...flags: string[]): Promise<unknown> =>
  (await ledger.run(['parity', 'check', '--meta', 'mixed', ...flags])).answer.result!['decision'];

test('a parity check as known while a waiver stood says what was decided then', async () => {
  restore();
  expect(await parityDecision()).toBe('rejected');
  const positions: unknown[] = [];
  for (const { type, position, stream } of await eventsHere()) {
    if (stream !== 'metaPortfolio-mixed' || !type.startsWith('ParityWaiver')) continue;
    const before = String(Number(position) - 1);
    positions.push([type, await parityDecision('--known-at', before), await parityDecision('--known-at', position)]);
  }
  expect(positions).toEqual([
    ['ParityWaiverGranted', 'rejected', 'waived'],
    ['ParityWaiverRevoked', 'waived', 'rejected'],
  ]);
});

describe('ledger verify', () => {
  test.each(Object.entries(rowAttacks))('finds that %s', async (_, attack) => {
    restore();
    expect((await ledger.run(['ledger', 'rebuild'])).exit).toBe(0);
    expect((await run(['ledger', 'verify'], { now: later })).answer.result).toMatchObject({ faults: [] });
    onDatabase(attack);
    const { exit, answer } = await run(['ledger', 'verify'], { now: later });
    const kinds = new Set((answer.result!['faults'] as { kind: string }[]).map(({ kind }) => kind));
    expect(exit).toBe(1);
    expect(kinds).toContain('read_model_differs');
  });
});

describe('what waited behind a letter when a process died', () => {
  const options: IntakeOptions = { resultsTopic: 'sleeve-results.v1', deadLetters: null, deadLettersTopic: 'dlq', onPoison: 'hold' };

  test.each(Object.entries(rowAttacks))('is taken in by the next one, though %s', async (_, attack) => {
    restore();
    const died = new Error('died');
    const failpoint = (): void => {
      throw died;
    };
    const first = await openSession(later);
    await expect(discardLetter(first, letterOfSleeve, 'a test', { ...options, failpoint })).rejects.toBe(died);
    await first.ports.store.close();
    onDatabase(attack);
    const second = await openSession(later);
    const stop = new AbortController();
    const broker = new MemoryBroker();
    const role = consuming(second, { ...options, broker, group: 'g', lagMessagesMax: 10 });
    const running = role.run(stop.signal);
    await until('the held result is let go', async () => (await streams.sleeve.state(second, 'desk_last')).held.length === 0);
    stop.abort();
    await running;
    await second.ports.store.close();
  });
});
