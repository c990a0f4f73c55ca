import { describe, expect, test } from '@jest/globals';
import { domainEventsHere, readCommands, readRedelivered, readSent } from './ledger-folder.ts';
import { MemoryBroker } from './memory-broker.ts';
import { comparable } from './not-compared.ts';
import { onDatabase, RecordedLedger } from './recorded-ledger.ts';
import type { Answer } from './program.ts';
import { redeliver, redelivered, redeliverMessages } from './redeliver.ts';
import { work } from './working.ts';

const kafka = ['--kafka', 'kafka://memory'];

/** A later build raises the format before its first write, and seals: positions move by these events. */
const withoutPosition = (answer: Answer): Answer => ({ ...comparable(answer), position: null });

/** That nothing is recorded twice. */
export function redeliveryContract(release: string): void {
  describe('when everything is delivered once more', () => {
    const ledger = new RecordedLedger(release);

    test('takes every command as one that it knows, and answers as it did', async () => {
      const { commands } = readRedelivered();
      const before = await domainEventsHere();
      expect(commands.length).toBeGreaterThan(20);
      expect(redelivered(readCommands()).map(({ argv }) => argv)).toEqual(commands.map(({ argv }) => argv));
      for (const { argv, exit, answer } of commands) {
        const now = await redeliver({ argv }, ledger.recording.endedAt);
        expect({ argv, exit: now.exit, answer: withoutPosition(now.answer) }).toEqual({ argv, exit, answer: withoutPosition(answer) });
      }
      expect(await domainEventsHere()).toBe(before);
    });

    test('takes every message as one that it knows', async () => {
      const before = await domainEventsHere();
      const outcomes = await redeliverMessages(ledger.recording.endedAt);
      expect(outcomes).toEqual(readRedelivered().messages);
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['already']));
      expect(await domainEventsHere()).toBe(before);
    });

    test('decides nothing again and sends nothing twice when a worker starts', async () => {
      const before = await domainEventsHere();
      const broker = new MemoryBroker();
      expect(await work(['work', ...kafka], ledger.recording.endedAt, broker, () => true)).toMatchObject({ exit: 0 });
      expect(await domainEventsHere()).toBe(before);
      expect(broker.sent).toEqual([]);
    });

    test('sends the very publications that it sent, when the relay has lost its place', async () => {
      onDatabase((database) => database.exec('DELETE FROM checkpoints'));
      const expected = readSent().filter(({ topic }) => topic === 'allocations.v1');
      const broker = new MemoryBroker();
      expect(expected.length).toBeGreaterThan(3);
      await work(['work', ...kafka, '--roles', 'relay'], ledger.recording.endedAt, broker, () => broker.sent.length >= expected.length);
      expect(broker.sent).toEqual(expected);
    });
  });
}
