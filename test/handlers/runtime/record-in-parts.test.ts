/** Two sessions that record the same run, in any order of their reads and appends. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ComputedBacktest } from '../../../domain/backtest-run/computed-run.ts';
import { contentHashOf, decodeEnvelope } from '../../../domain/shared/envelope.ts';
import type { EventStore } from '../../../handlers/ports/ports.ts';
import { readWholeStream } from '../../../handlers/runtime/record.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import { record, recordingInPartsContract } from '../../contract/recording-in-parts.contract.ts';
import { ledgerSession, storeLike } from '../../support/ledger-session.ts';
import { memoryLedger, sqliteLedger } from '../../support/ledger-subjects.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { largeBacktest } from '../../support/small-backtest.ts';

const directory = scratchDirectory();
const folder = (): string => mkdtempSync(join(directory, 'ledger-'));

recordingInPartsContract('memory', 2_200, async () => memoryLedger(folder()));

recordingInPartsContract('SQLite', 1_010, async () => sqliteLedger(folder()));

/** A store whose reads and appends take place when the scheduler says so. */
function scheduled(store: EventStore, s: fc.Scheduler): EventStore {
  return storeLike(store, {
    append: async (...given) => {
      await s.schedule(Promise.resolve(), 'append');
      return store.append(...given);
    },
    readStream: async (...given) => {
      await s.schedule(Promise.resolve(), 'read');
      return store.readStream(...given);
    },
  });
}

describe('two sessions that record one run of several appends', () => {
  test('leave one whole and chained stream, in whichever order they read and append', async () => {
    const run: ComputedBacktest = await largeBacktest(2_010);
    const { sha256 } = createNodeCrypto();
    const hashes = run.drafts.map((draft) => contentHashOf(sha256, draft));
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const { session } = await ledgerSession(join(folder(), 'ledger'));
        const { store } = session.ports;
        const at = (now: string): Session => ({
          ...session,
          ports: { ...session.ports, clock: fixedClock(now), store: scheduled(store, s) },
        });
        const both = [at('2026-11-21T08:00:01.000Z'), at('2026-11-21T08:00:02.000Z')].map((one) => record(one, run));
        const answers = await s.waitFor(Promise.all(both));
        // Whoever appended the end recorded the run; the other may have continued it before, or found it whole.
        expect(answers.filter(({ already }) => !already).length).toBeGreaterThan(0);
        const stored = await readWholeStream(store, `backtest-${run.runId}`);
        expect(stored.map(({ contentHash }) => contentHash)).toEqual(hashes);
        stored.forEach(({ bytes }, index) => {
          if (index > 0) expect(decodeEnvelope(bytes).prevHash).toBe(stored[index - 1]!.hash);
        });
      }),
      { numRuns: 6 },
    );
  }, 60_000);
});
