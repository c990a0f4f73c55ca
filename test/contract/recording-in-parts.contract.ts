/** A run that no append holds: recorded in several, continued by whoever computes it again, whole in the end. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTools } from '../../bin/adapters.ts';
import type { ComputedBacktest } from '../../domain/backtest-run/computed-run.ts';
import { type BacktestDraft, draftBacktest, isFinished } from '../../domain/backtest-run/slice.ts';
import { contentHashOf } from '../../domain/shared/envelope.ts';
import { limits } from '../../domain/shared/limits.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { verifyLedger } from '../../handlers/ledger/verify.ts';
import type { Clock, EventStore, StoredEvent } from '../../handlers/ports/ports.ts';
import { createDeliveries } from '../../handlers/runtime/deliveries.ts';
import { readWholeStream } from '../../handlers/runtime/record.ts';
import { type RecordedInParts, recordInParts } from '../../handlers/runtime/record-in-parts.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { storeLike } from '../support/ledger-session.ts';
import { largeBacktest } from '../support/small-backtest.ts';
import type { RedeliverySubject } from './redelivery.contract.ts';

const { sha256 } = createNodeCrypto();

/** Every reading is later than the one before, so that no two attempts place the same bytes. */
function movingClock(): Clock {
  let milliseconds = Date.parse('2026-11-21T08:00:00.000Z');
  return { now: () => new Date((milliseconds += 1000)).toISOString() };
}

const cacheUse = (key: string): BacktestDraft =>
  draftBacktest('CacheUsed', { runId: 'run', uses: [{ job: 'backtest-sleeve', key: key.repeat(64), data: 'd'.repeat(64) }] });

export function record(
  session: Session,
  { runId, drafts, staged }: ComputedBacktest,
  beside: readonly BacktestDraft[] = [],
): Promise<RecordedInParts> {
  const stream = `backtest-${runId}`;
  return recordInParts(session, { stream, drafts, beside, isFinished, command: ['RecordBacktest', runId], correlation: runId }, staged);
}

/** A store that is gone once it has taken so many appends. */
function dyingStore(store: EventStore, appends: number): EventStore {
  let taken = 0;
  return storeLike(store, {
    append: async (...given) => {
      if (taken++ >= appends) throw new Error('killed');
      return store.append(...given);
    },
  });
}

/** `decisions`: how many the run has, at least so many that one append does not hold them. */
export function recordingInPartsContract(name: string, decisions: number, makeSubject: () => Promise<RedeliverySubject>): void {
  const parts = Array.from({ length: Math.floor((decisions + 2) / limits.appendEventsMax) }, (_, index) => index + 1);
  describe(`${name}: a run of ${decisions} decisions`, () => {
    let run: ComputedBacktest;
    let subject: RedeliverySubject;
    let sessions: readonly [Session, Session];

    beforeAll(async () => {
      run = await largeBacktest(decisions);
    });
    beforeEach(async () => {
      subject = await makeSubject();
      const { settings } = resolveSettings({ store: `${subject.directory}/ledger` }, {}, null);
      const tools = { ...createTools({ logLevel: 'silent', isTerminal: false }), clock: movingClock() };
      const open = async (actor: string): Promise<Session> => {
        const opened = await subject.open();
        const ports = { ...tools, ...opened, deliveries: createDeliveries(opened.store) };
        return { ports, ledger: await openLedger(ports, settings, true), actor };
      };
      sessions = [await open('first'), await open('second')];
    });
    afterEach(() => subject.dispose());

    const stored = (): Promise<StoredEvent[]> => readWholeStream(sessions[1].ports.store, `backtest-${run.runId}`);

    /** Every fact once and in order, as it was computed; chains, references and rows are those of a sound ledger. */
    async function expectWhole(beside: readonly BacktestDraft[] = []): Promise<void> {
      expect((await stored()).map(({ contentHash }) => contentHash)).toEqual(
        [...run.drafts, ...beside].map((draft) => contentHashOf(sha256, draft)),
      );
      const witnessDirectory = `${subject.directory}/ledger.witness`;
      expect(await verifyLedger(sessions[1].ports, { witnessDirectory, checkpoint: null })).toMatchObject({ faults: [] });
    }

    test('is recorded in order with what says how it came about, and again changes nothing', async () => {
      expect(await record(sessions[0], run, [cacheUse('a')])).toEqual({ found: 0, already: false });
      await expectWhole([cacheUse('a')]);
      expect(await record(sessions[1], run, [cacheUse('b')])).toEqual({ found: run.drafts.length, already: true });
      expect(await record(sessions[1], run)).toEqual({ found: run.drafts.length, already: true });
      await expectWhole([cacheUse('a')]);
    });

    test.each(parts)('of a process that died after %i appends is continued by another, to the same facts', async (appends) => {
      const [{ ports }] = sessions;
      const dying = { ...sessions[0], ports: { ...ports, store: dyingStore(ports.store, appends) } };
      await expect(record(dying, run)).rejects.toThrow('killed');
      const found = (await stored()).length;
      expect(found).toBeGreaterThanOrEqual(appends);
      expect(found).toBeLessThanOrEqual(appends * limits.appendEventsMax);
      expect(found).toBeLessThan(run.drafts.length);
      // What is there is sound as it stands: its artifacts came with its first append.
      const witnessDirectory = `${subject.directory}/ledger.witness`;
      expect(await verifyLedger(sessions[1].ports, { witnessDirectory, checkpoint: null })).toMatchObject({ faults: [] });
      expect(await record(sessions[1], run, [cacheUse('a')])).toEqual({ found, already: false });
      await expectWhole([cacheUse('a')]);
    });

    test('of two processes at once is one stream', async () => {
      const answers = await Promise.all([record(sessions[0], run), record(sessions[1], run, [cacheUse('a')])]);
      expect(answers.filter(({ already }) => !already).length).toBeGreaterThan(0);
      const last = (await stored()).at(-1)!;
      await expectWhole(last.type === 'CacheUsed' ? [cacheUse('a')] : []);
    });

    test('is not continued with other numbers, nor with those of other rules', async () => {
      const [{ ports }] = sessions;
      const dying = { ...sessions[0], ports: { ...ports, store: dyingStore(ports.store, 1) } };
      await expect(record(dying, run)).rejects.toThrow('killed');
      const begun = (await stored()).length;
      const moved = run.drafts.map((draft) =>
        draft.type === 'WindowAllocated' && draft.data.index === 500
          ? draftBacktest('WindowAllocated', { ...draft.data, rows: 11 })
          : draft,
      );
      await expect(record(sessions[1], { ...run, drafts: moved })).rejects.toMatchObject({
        code: 'EventContentConflict',
        evidence: { revision: 501 },
      });
      const underOthers = run.drafts.map((draft) =>
        draft.type === 'BacktestStarted' ? draftBacktest('BacktestStarted', { ...draft.data, rules: 1 }) : draft,
      );
      await expect(record(sessions[1], { ...run, drafts: underOthers })).rejects.toMatchObject({ code: 'EventContentConflict' });
      expect(await stored()).toHaveLength(begun);
      await record(sessions[1], run);
      // Once it is whole, what was recorded first stands.
      expect(await record(sessions[0], { ...run, drafts: underOthers })).toMatchObject({ already: true });
      await expectWhole();
    });
  });
}
