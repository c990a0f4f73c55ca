/** C4: every command of ours is delivered again: at once, later, by two sessions together, and after a crash half-way. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseManifest } from '../../domain/manifest/validate.ts';
import type { SleeveRunDraft } from '../../domain/sleeve-run/slice.ts';
import { createTools } from '../../bin/adapters.ts';
import { createDeliveries } from '../../handlers/runtime/deliveries.ts';
import { flowMeta, type FlowMeta } from '../../handlers/commands/flow-meta.ts';
import { acceptSleeveRun, produceSleeveRun, recordSleeveRun } from '../../handlers/commands/flow-production.ts';
import type { ComputedSleeveRun } from '../../domain/sleeve-run/computed-run.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { seal } from '../../handlers/commands/seal-ledger.ts';
import type { Clock, Ports } from '../../handlers/ports/ports.ts';
import { recordNewStream } from '../../handlers/runtime/record.ts';
import { recordOnce } from '../../handlers/runtime/record-once.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { resolveSettings, type Settings } from '../../handlers/runtime/settings.ts';
import { verifyLedger } from '../../handlers/ledger/verify.ts';
import { streams } from '../../handlers/runtime/streams.ts';
import { priceFile, simulatedPrices } from '../support/prices.ts';
import { smallManifest, type SmallSleeve, smallSleeves } from '../support/small-market.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { addressesIn } from '../support/artifact-addresses.ts';

export interface RedeliverySubject {
  /** A store over the same data each time: as another process would open it. */
  open(): Promise<Pick<Ports, 'store' | 'artifacts' | 'readModels' | 'checkpoints'>>;
  /** A folder for key and witness. */
  readonly directory: string;
  dispose(): Promise<void>;
}

const manifest = parseManifest(smallManifest(), 'manifest.json');
const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;
const allocation: FlowMeta = {
  manifest,
  meta: 'pair',
  risks: null,
  join: null,
  projection: null,
  proxies: null,
  asOf: null,
  restateWhy: null,
};

/** Every reading is later than the one before: a redelivery never finds the clock where the first delivery left it. */
function movingClock(): Clock {
  let milliseconds = Date.parse('2026-11-21T08:00:00.000Z');
  return { now: () => new Date((milliseconds += 1000)).toISOString() };
}

const quarantine = (session: Session, number: number): Promise<unknown> =>
  streams.sleeve.handle(session, 'stocks', { kind: 'QuarantineSleeve', sleeve: 'stocks', number, why: 'outage' });
const reinstate = (session: Session, number: number): Promise<unknown> =>
  streams.sleeve.handle(session, 'stocks', { kind: 'ReinstateSleeve', sleeve: 'stocks', number, why: 'over' });
const waiver = (session: Session, kind: 'GrantParityWaiver' | 'RevokeParityWaiver', waiverId: string): Promise<unknown> =>
  streams.metaPortfolio.handle(session, 'pair', {
    kind,
    waiverId,
    meta: 'pair',
    who: 'cio',
    why: 'migration',
    paths: ['backtest.test_window'],
    until: '2026-12-31',
  });

function firstWeightMoved(draft: SleeveRunDraft): SleeveRunDraft {
  if (draft.type !== 'SleeveProfileSolved') return draft;
  const data = JSON.parse(JSON.stringify(draft.data)) as typeof draft.data;
  data.weights[0]!.weight += 1e-15;
  return { ...draft, data };
}

/** The run as a build would compute it that came to another number. */
function withOtherNumbers(run: ComputedSleeveRun): { readonly other: ComputedSleeveRun; readonly solved: number } {
  const solved = run.drafts.findIndex(({ type }) => type === 'SleeveProfileSolved');
  return { other: { ...run, drafts: run.drafts.map((draft, index) => (index === solved ? firstWeightMoved(draft) : draft)) }, solved };
}

const append = (session: Session, { runId, drafts, staged }: ComputedSleeveRun): Promise<{ readonly already: boolean }> =>
  recordOnce(session, { stream: `sleeveRun-${runId}`, drafts, command: ['RecordSleeveRun', runId], correlation: runId }, staged);

export function redeliveryContract(name: string, makeSubject: () => Promise<RedeliverySubject>): void {
  describe(`${name}: redelivery`, () => {
    let subject: RedeliverySubject;
    let settings: Settings;
    let sessions: readonly [Session & { ports: Ports }, Session & { ports: Ports }];

    beforeEach(async () => {
      subject = await makeSubject();
      settings = resolveSettings({ store: `${subject.directory}/ledger` }, {}, null).settings;
      const tools = { ...createTools({ logLevel: 'silent', isTerminal: false }), clock: movingClock() };
      const open = async (actor: string): Promise<Session & { ports: Ports }> => {
        const opened = await subject.open();
        const ports = { ...tools, ...opened, deliveries: createDeliveries(opened.store) };
        return { ports, ledger: await openLedger(ports, settings, true), actor };
      };
      sessions = [await open('first'), await open('second')];
    });
    afterEach(async () => {
      await subject.dispose();
    });

    const compute = (sleeve: SmallSleeve, last = '2022-12-30', correction = 0): ComputedSleeveRun =>
      produceSleeveRun(sessions[0].ports, {
        manifest,
        profile: sleeve,
        files: [priceFile(`${sleeve}.csv`, simulatedPrices({ symbols: smallSleeves[sleeve], first: '2022-04-01', last, seed: 7 }))],
        options,
        correction,
      });

    const count = async (): Promise<number> => (await sessions[0].ports.store.readAll({ after: null, maxCount: 1000, types: null })).length;

    /** Commands in an order in which each is possible, with what it answers. */
    function commands(): readonly {
      readonly name: string;
      readonly events: number;
      readonly deliver: (session: Session) => Promise<unknown>;
    }[] {
      const stocks = compute('stocks');
      const funds = compute('funds');
      return [
        {
          name: 'record a sleeve run',
          events: stocks.drafts.length + 1,
          deliver: (session) => recordSleeveRun(session, stocks).then(({ runId }) => runId),
        },
        { name: 'accept a sleeve run', events: 0, deliver: (session) => acceptSleeveRun(session, stocks.acceptance!) },
        {
          name: 'record another sleeve run',
          events: funds.drafts.length + 1,
          deliver: (session) => recordSleeveRun(session, funds).then(({ runId }) => runId),
        },
        {
          name: 'record a meta run',
          events: 8,
          deliver: (session) => flowMeta(session, allocation).then(({ runId, drafts }) => [runId, drafts.length]),
        },
        { name: 'quarantine', events: 1, deliver: (session) => quarantine(session, 1).then(() => null) },
        { name: 'reinstate', events: 1, deliver: (session) => reinstate(session, 1).then(() => null) },
        { name: 'grant a waiver', events: 1, deliver: (session) => waiver(session, 'GrantParityWaiver', 'w1').then(() => null) },
        { name: 'revoke a waiver', events: 1, deliver: (session) => waiver(session, 'RevokeParityWaiver', 'w1').then(() => null) },
      ];
    }

    const verified = async (): Promise<void> => {
      const { faults } = await verifyLedger(sessions[1].ports, {
        witnessDirectory: `${subject.directory}/ledger.witness`,
        checkpoint: null,
      });
      expect(faults).toEqual([]);
    };

    test('each command twice in a row: the second adds nothing and answers the same', async () => {
      for (const command of commands()) {
        const before = await count();
        const first = await command.deliver(sessions[0]);
        expect([command.name, (await count()) - before]).toEqual([command.name, command.events]);
        const second = await command.deliver(sessions[1]);
        expect([command.name, second, (await count()) - before]).toEqual([command.name, first, command.events]);
      }
      await verified();
    });

    test('every command again after all the others, five times and in both orders: no extra event, the same answers', async () => {
      const all = commands();
      const answers: unknown[] = [];
      for (const { deliver } of all) answers.push(await deliver(sessions[0]));
      const before = await count();
      for (let round = 0; round < 5; round++) {
        const order = all.map((_, index) => (round % 2 === 0 ? index : all.length - 1 - index));
        for (const index of order)
          expect([all[index]!.name, await all[index]!.deliver(sessions[round % 2]!)]).toEqual([all[index]!.name, answers[index]]);
      }
      expect((await count()) - before).toBe(0);
      await verified();
    });

    test('each command from two sessions at once: recorded once, and both are answered', async () => {
      for (const command of commands()) {
        const before = await count();
        const [one, other] = await Promise.all([command.deliver(sessions[0]), command.deliver(sessions[1])]);
        expect([command.name, other, (await count()) - before]).toEqual([command.name, one, command.events]);
      }
      await verified();
    });

    test('a crash between the run and its acceptance is completed by the next delivery', async () => {
      const { ports, ledger, actor } = sessions[0];
      const run = compute('stocks');
      await ports.artifacts.putAll(run.staged.contents());
      await recordNewStream(ports, ledger.ledgerId, actor, {
        stream: `sleeveRun-${run.runId}`,
        drafts: run.drafts,
        command: ['RecordSleeveRun', run.runId],
        correlation: run.runId,
      });
      const before = await count();
      expect(await recordSleeveRun(sessions[1], run)).toEqual({ runId: run.runId, already: true });
      expect((await count()) - before).toBe(1);
      await recordSleeveRun(sessions[0], run);
      expect((await count()) - before).toBe(1);
      await verified();
    });

    test('a crash after the artifacts leaves orphans, no dangling reference, and the next delivery records the run', async () => {
      const run = compute('stocks');
      await sessions[0].ports.artifacts.putAll(run.staged.contents());
      expect(await count()).toBe(2);
      await verified();
      expect(await recordSleeveRun(sessions[1], run)).toEqual({ runId: run.runId, already: false });
      await verified();
    });

    test('what an append brings along is there when it is acknowledged, and once however often it is appended', async () => {
      const { ports, ledger, actor } = sessions[0];
      const run = compute('stocks');
      const recording = {
        stream: `sleeveRun-${run.runId}`,
        drafts: run.drafts,
        artifacts: run.staged.contents(),
        command: ['RecordSleeveRun', run.runId],
        correlation: run.runId,
      };
      expect((await recordNewStream(ports, ledger.ledgerId, actor, recording)).already).toBe(false);
      const kept = await addressesIn(sessions[1].ports.artifacts);
      expect(kept).toHaveLength(new Set(run.staged.contents().map((bytes) => ports.crypto.sha256Hex(bytes))).size);
      expect((await recordNewStream(sessions[1].ports, ledger.ledgerId, actor, recording)).already).toBe(true);
      expect(await addressesIn(ports.artifacts)).toEqual(kept);
      await verified();
    });

    test('the same run computed from a file of another name is the same run', async () => {
      const run = compute('stocks');
      await recordSleeveRun(sessions[0], run);
      const before = await count();
      const renamed = produceSleeveRun(sessions[1].ports, {
        manifest,
        profile: 'stocks',
        files: [
          priceFile('renamed.parquet', simulatedPrices({ symbols: smallSleeves.stocks, first: '2022-04-01', last: '2022-12-30', seed: 7 })),
        ],
        options,
        correction: 0,
      });
      expect(await recordSleeveRun(sessions[1], renamed)).toEqual({ runId: run.runId, already: true });
      expect((await count()) - before).toBe(0);
    });

    test('a run delivered again by a build with other numbers is answered from the record', async () => {
      const run = compute('stocks');
      await recordSleeveRun(sessions[0], run);
      const stored = await sessions[0].ports.store.readStream(`sleeveRun-${run.runId}`, {
        from: 0n,
        maxCount: 100,
        direction: 'forwards',
      });
      const before = await count();
      const answer = { runId: run.runId, already: true };
      expect(await recordSleeveRun(sessions[1], withOtherNumbers(run).other)).toEqual(answer);
      expect(await recordSleeveRun(sessions[1], { ...run, drafts: run.drafts.slice(0, -1) })).toEqual(answer);
      expect((await count()) - before).toBe(0);
      const after = await sessions[1].ports.store.readStream(`sleeveRun-${run.runId}`, {
        from: 0n,
        maxCount: 100,
        direction: 'forwards',
      });
      expect(after.map(({ hash }) => hash)).toEqual(stored.map(({ hash }) => hash));
    });

    test('other numbers under one id, recorded meanwhile under the same rules, are a conflict and never a success', async () => {
      const run = compute('stocks');
      await recordSleeveRun(sessions[0], run);
      const before = await count();
      const { other, solved } = withOtherNumbers(run);
      await expect(append(sessions[1], other)).rejects.toMatchObject({ code: 'EventContentConflict', evidence: { revision: solved } });
      await expect(append(sessions[1], { ...run, drafts: run.drafts.slice(0, -1) })).rejects.toMatchObject({
        code: 'EventContentConflict',
      });
      // A process of another release computes under other rules: the first to record stands, and nothing is wrong.
      const underOthers = other.drafts.map((draft) =>
        draft.type === 'SleeveRunOpened' ? { ...draft, data: { ...draft.data, rules: rulesInForce + 1 } } : draft,
      );
      expect(await append(sessions[1], { ...other, drafts: underOthers })).toEqual({ already: true });
      await expect(acceptSleeveRun(sessions[1], { ...run.acceptance!, payloadHash: 'f'.repeat(64) })).rejects.toMatchObject({
        code: 'EventContentConflict',
      });
      expect((await count()) - before).toBe(0);
    });

    test('a quarantine and a reinstatement delivered late do not undo what was decided since', async () => {
      await recordSleeveRun(sessions[0], compute('stocks'));
      await quarantine(sessions[0], 1);
      await reinstate(sessions[0], 1);
      await quarantine(sessions[0], 2);
      const before = await count();
      await reinstate(sessions[1], 1);
      await quarantine(sessions[1], 1);
      expect((await count()) - before).toBe(0);
      await expect(flowMeta(sessions[1], allocation)).rejects.toMatchObject({ code: 'SleeveQuarantined' });
    });

    test('a seal twice, and from two sessions at once, seals once', async () => {
      await recordSleeveRun(sessions[0], compute('stocks'));
      const before = await count();
      const [one, other] = await Promise.all([seal(sessions[0], settings), seal(sessions[1], settings)]);
      expect((await count()) - before).toBe(1);
      expect([other.treeSize, other.root, other.checkpoint]).toEqual([one.treeSize, one.root, one.checkpoint]);
      expect(await seal(sessions[1], settings)).toMatchObject({ already: true, treeSize: one.treeSize, root: one.root });
      expect((await count()) - before).toBe(1);
      await verified();
    });

    test('a seal delivered again after other events covers them: it is another seal', async () => {
      const first = await seal(sessions[0], settings);
      await recordSleeveRun(sessions[0], compute('stocks'));
      const second = await seal(sessions[0], settings);
      expect(second).toMatchObject({ already: false });
      expect(second.treeSize).toBeGreaterThan(first.treeSize);
      await verified();
    });
  });
}
