import { describe, expect, test } from '@jest/globals';
import { domainEventsHere } from './ledger-folder.ts';
import { MemoryBroker } from './memory-broker.ts';
import { RecordedLedger } from './recorded-ledger.ts';
import { work } from './working.ts';

/** That an old ledger is worked on as a new one. */
export function goingOnContract(release: string): void {
  describe('goes on', () => {
    const ledger = new RecordedLedger(release);

    async function expectAllocated(): Promise<void> {
      const { meta, asOf } = ledger.recording.goOn;
      const allocated = await ledger.runLater(['flow', 'meta', '--profile', meta, '--as-of', asOf]);
      expect(allocated).toMatchObject({
        exit: 0,
        answer: {
          result: {
            already: false,
            asOf,
            parity: { verdict: expect.stringMatching(/^CONFORMANT/) as unknown, decision: 'accepted' },
            profiles: [{ status: 'allocated' }],
          },
        },
      });
      expect(await ledger.runLater(['replay', allocated.answer.result!['runId'] as string, '--strict'])).toMatchObject({
        exit: 0,
        answer: { result: { identical: 1 } },
      });
    }

    test('with new sleeve runs, each beside the old ones of the others, and at last with new ones only', async () => {
      const { sleeves, asOf } = ledger.recording.goOn;
      for (const argv of sleeves) {
        expect(await ledger.runLater([...argv, '--as-of', asOf])).toMatchObject({
          exit: 0,
          answer: { result: { already: false, asOf, eligibility: 'CERTIFIED' } },
        });
        await expectAllocated();
      }
    });

    test('with a worker that decides on the new results', async () => {
      const { goOn } = ledger.recording;
      const before = await domainEventsHere();
      expect(await work(['work'], ledger.later, new MemoryBroker(), () => true)).toMatchObject({ exit: 0 });
      expect(await domainEventsHere()).toBeGreaterThan(before);
      expect((await ledger.runLater(['weights', '--meta', 'checked'])).answer.result).toMatchObject({ asOf: goOn.asOf });
    });

    test('with another key, and verifies from its first event to its last', async () => {
      expect(await ledger.runLater(['ledger', 'key', 'rotate', '--why', 'for the test'])).toMatchObject({ exit: 0 });
      expect(await ledger.runLater(['ledger', 'verify'])).toMatchObject({ exit: 0, answer: { result: { faults: [] } } });
    });
  });
}
