import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { eventsHere, readCommands, readMessages } from './ledger-folder.ts';
import { questionsOf, RecordedLedger } from './recorded-ledger.ts';

const questionsNeeded = [
  'audit-export',
  'counterfactual',
  'diff',
  'dlq-list',
  'explain',
  'export-returns',
  'export-weights',
  'ledger-prove',
  'ledger-verify',
  'parity-check',
  'produce',
  'replay',
  'report',
  'runs',
  'status',
  'timeline',
  'trades',
  'weights',
];

const pieces = [
  'README.md',
  'recording.json',
  'commands.json',
  'manifest.json',
  'ledger.sqlite',
  'ledger.sqlite.key',
  'ledger.sqlite.witness',
  'backup.sqlite',
  'backup.sqlite.checkpoint',
  'audit.jsonl',
  'audit-of-run.jsonl',
  'bundle.zip',
  'inputs/messages.jsonl',
  'inputs/equities.csv',
  'inputs/etfs.parquet',
  'inputs/run-whole/audit.jsonl',
  'expected/sent.json',
  'expected/redelivered.json',
];

/** Kinds of events that release 0.1.0 knew: no later one knows fewer. */
const eventTypesMin = 45;

/** That nothing is missing from the folder, and that what lies there still proves itself. */
export function proofsContract(release: string): void {
  describe('as it lies there', () => {
    const ledger = new RecordedLedger(release);

    test('has every piece, and none is empty', () => {
      expect(pieces.filter((name) => !existsSync(name))).toEqual([]);
      expect(questionsOf(release)).toEqual(expect.arrayContaining(questionsNeeded));
      const { code, stages, runs, goOn } = ledger.recording;
      expect(code.version).toBe(release);
      expect(stages.length).toBeGreaterThan(3);
      expect(Object.keys(runs).length).toBeGreaterThan(10);
      expect(goOn.sleeves).toHaveLength(3);
      expect(readCommands().length).toBeGreaterThan(40);
      expect(readMessages().length).toBeGreaterThan(10);
      expect(existsSync('ledger.sqlite-wal')).toBe(false);
    });

    test('holds every kind of event that its release knew', async () => {
      const { eventsByType, events } = ledger.recording;
      const types = (await eventsHere()).map(({ type }) => type);
      expect(types).toHaveLength(events);
      expect([...new Set(types)].toSorted()).toEqual(Object.keys(eventsByType));
      expect(Object.keys(eventsByType).length).toBeGreaterThanOrEqual(eventTypesMin);
    });

    test('verifies without a fault, to its last seal', async () => {
      const { events } = ledger.recording;
      expect(await ledger.run(['ledger', 'verify'])).toMatchObject({
        exit: 0,
        answer: { result: { faults: [], events, sealedTo: events - 1, witnessedTo: events - 1, unsealed: 1 } },
      });
    });

    test('verifies by each checkpoint that was kept, of both keys', async () => {
      const { stages } = ledger.recording;
      expect(new Set(stages.map(({ verifierKey }) => verifierKey)).size).toBe(2);
      for (const { checkpoint, verifierKey } of stages) {
        expect(await ledger.run(['ledger', 'verify', '--checkpoint', checkpoint, '--vkey', verifierKey])).toMatchObject({
          exit: 0,
          answer: { result: { faults: [] } },
        });
      }
    });

    test('replays: every run is recomputed bit for bit', async () => {
      const { exit, answer } = await ledger.run(['replay', '--all', '--strict']);
      const { checked, identical } = answer.result as { checked: number; identical: number };
      expect({ exit, identical }).toEqual({ exit: 0, identical: checked });
      expect(checked).toBeGreaterThan(20);
    });
  });
}
