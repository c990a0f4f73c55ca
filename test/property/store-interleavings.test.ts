/** Writers on connections of their own to one file, in every order that a scheduler finds for their steps. */
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { openSqlite } from '../../infra/sqlite/open.ts';
import type { EventStore, StoredEvent } from '../../handlers/ports/ports.ts';
import { reportFigures } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { chainFaults, sampleEvents, tailOf } from '../support/sample-events.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';
const whole = { from: 0n, maxCount: 1_000, direction: 'forwards' } as const;
const last = { from: 1_000n, maxCount: 1, direction: 'backwards' } as const;

describe('writers that read, decide and append in steps that interleave', () => {
  test('lose nothing, double nothing, and leave one unbroken chain', async () => {
    const runs = propertyRuns(40);
    let conflicts = 0;
    let sequence = 0;
    const writers = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 3 });
    const checked = await fc.check(
      fc.asyncProperty(fc.scheduler(), writers, async (scheduler, appendsOfWriters) => {
        const file = join(directory, `interleaved-${sequence++}.sqlite`);
        const ledgers = appendsOfWriters.map(() => openSqlite(file, { access: 'write', create: true }));
        const step = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
          await scheduler.schedule(Promise.resolve(), label);
          return work();
        };
        const acknowledged: StoredEvent[] = [];
        const write = async (store: EventStore, writer: number, appends: number): Promise<void> => {
          for (let index = 0; index < appends;) {
            const [newest] = await step(`${writer} reads`, () => store.readStream(stream, last));
            const batch = sampleEvents({ stream, count: 2, tail: tailOf(newest), commandId: `writer ${writer}, append ${index}` });
            try {
              const answer = await step(`${writer} appends`, () =>
                store.append(stream, batch, { expectedRevision: newest?.revision ?? 'none' }),
              );
              acknowledged.push(...answer.events);
              index++;
            } catch (error) {
              expect(error).toMatchObject({ code: 'WrongExpectedRevision' });
              conflicts++;
            }
          }
        };
        try {
          const all = Promise.all(appendsOfWriters.map((appends, writer) => write(ledgers[writer]!.store, writer, appends)));
          await scheduler.waitFor(all);
          const stored = await ledgers[0]!.store.readStream(stream, whole);
          expect(chainFaults(stored)).toEqual({ gaps: 0, chainBreaks: 0 });
          expect(stored.map((event) => event.id).toSorted()).toEqual(acknowledged.map((event) => event.id).toSorted());
          expect(stored).toHaveLength(2 * appendsOfWriters.reduce((sum, appends) => sum + appends, 0));
        } finally {
          for (const ledger of ledgers) ledger.close();
          rmSync(file, { force: true });
        }
      }),
      { numRuns: runs },
    );
    reportFigures({
      test: 'C2 interleavings: writers on one file',
      seed: checked.seed,
      trials: checked.numRuns,
      conflicts,
      counterexamples: checked.failed ? 1 : 0,
    });
    if (checked.failed) throw new Error(fc.defaultReportMessage(checked));
    expect(conflicts).toBeGreaterThan(0);
  }, 3_600_000);
});
