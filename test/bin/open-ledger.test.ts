/** The library: the same handlers as the command line. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLedger, type OpenLedger } from '../../bin/open-ledger.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { type LooseManifest, smallManifest, writePrices } from '../support/small-market.ts';

const directory = scratchDirectory();
const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;

test('a script records sleeves, lets a portfolio be published by its policy, and asks where it stands', async () => {
  const manifest = parseManifest(smallManifest(), 'manifest.json');
  const ledger = await openLedger({ store: join(directory, 'ledger.sqlite'), create: true, logLevel: 'silent' });
  expect((await ledger.applyManifest(manifest)).portfolios).toHaveLength(3);
  for (const profile of ['stocks', 'funds'] as const) {
    expect(await ledger.reallocate('pair')).toMatchObject({ kind: 'waiting' });
    const files = [await ledger.readPrices(writePrices(directory, profile))];
    await ledger.produceSleeveRun({ manifest, profile, files, options, correction: 0 });
  }
  expect(await ledger.reallocate('pair')).toMatchObject({ kind: 'decided', decision: 'AllocationPublished' });
  expect(await ledger.reallocate('pair')).toEqual({ kind: 'unchanged' });
  const { portfolios } = await ledger.status();
  expect(portfolios.map(({ meta, state }) => [meta, state])).toEqual([
    ['nested', 'waiting'],
    ['pair', 'published'],
    ['whole', 'waiting'],
  ]);
  const weights = await ledger.weights({ meta: 'pair', risk: 'hrp', asOf: null, knownAt: null, published: true });
  expect(weights.publication).toBe(1);
  await ledger.seal();
  expect((await ledger.verify()).faults).toEqual([]);
  await ledger.close();
});

function checked(loose: LooseManifest): void {
  loose.profiles['pair']!['publication'] = { maker_checker: true };
}

describe('a script', () => {
  const manifest = parseManifest(smallManifest(), 'manifest.json');
  let ledger: OpenLedger;
  let at = 0;

  beforeEach(async () => {
    ledger = await openLedger({ store: join(directory, `script-${at++}.sqlite`), create: true, logLevel: 'silent', actor: 'worker' });
  });
  afterEach(() => ledger.close());

  /** Both sleeves of `pair` get a run. */
  async function withRuns(change: (manifest: LooseManifest) => void = () => undefined): Promise<void> {
    const loose = JSON.parse(smallManifest()) as LooseManifest;
    change(loose);
    const own = parseManifest(JSON.stringify(loose), 'manifest.json');
    const { portfolios } = await ledger.applyManifest(own);
    for (const { proposal } of portfolios) if (proposal !== undefined) await ledger.as('checker').approveDefinition(proposal, 'agreed');
    for (const profile of ['stocks', 'funds'] as const) {
      await ledger.produceSleeveRun({
        manifest: own,
        profile,
        files: [await ledger.readPrices(writePrices(directory, profile))],
        options,
        correction: 0,
      });
    }
  }

  test('sees what a manifest would change, and nothing is recorded', async () => {
    const head = await ledger.session.ports.store.head();
    const plan = await ledger.applyManifest(manifest, { dryRun: true });
    expect(plan.portfolios.map(({ name, number, change }) => [name, number, change])).toEqual([
      ['nested', 1, 'new'],
      ['pair', 1, 'new'],
      ['whole', 1, 'new'],
    ]);
    expect(await ledger.session.ports.store.head()).toBe(head);
    await ledger.applyManifest(manifest);
    expect((await ledger.applyManifest(manifest, { dryRun: true })).portfolios.map(({ change }) => change)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
    const loose = JSON.parse(smallManifest()) as LooseManifest;
    checked(loose);
    const changed = await ledger.applyManifest(parseManifest(JSON.stringify(loose), 'manifest.json'), { dryRun: true, metas: ['pair'] });
    expect(changed.portfolios).toEqual([
      { name: 'pair', number: 2, change: 'changed', changes: ['policy.maker_checker'], needsApproval: true },
    ]);
  });

  test('rejects what is held, or approves it, as somebody else', async () => {
    await withRuns(checked);
    expect(await ledger.reallocate('pair')).toMatchObject({ decision: 'RebalanceHeld' });
    const { held } = (await ledger.status({ meta: 'pair' })).portfolios[0]!;
    await expect(ledger.approve(held!.runId, 'mine')).rejects.toMatchObject({ code: 'ApproverIsProposer' });
    expect(await ledger.as('ann').reject(held!.runId, 'wrong prices')).toMatchObject({ already: false });
    expect((await ledger.status({ meta: 'pair' })).portfolios[0]).toMatchObject({
      state: 'rejected',
      lastDecision: { message: 'rejected by ann: wrong prices' },
    });
    expect(await ledger.publications({ meta: 'pair' })).toEqual([]);
  });

  test('takes a sleeve out of use and back, waives and revokes, halts and resumes', async () => {
    await withRuns();
    expect(await ledger.quarantine('stocks', 'outage')).toMatchObject({ state: 'quarantined', already: false, runs: 1 });
    expect(await ledger.quarantine('stocks', 'outage')).toMatchObject({ already: true });
    expect(await ledger.reinstate('stocks', 'over')).toMatchObject({ state: 'in use' });
    const waiver = await ledger.waive({ meta: 'pair', paths: ['backtest.test_window'], until: '2030-12-31', why: 'migration' });
    expect(waiver).toMatchObject({ who: 'worker', stands: true, already: false });
    expect(await ledger.revoke('pair', waiver.waiverId, 'done')).toMatchObject({ already: false });
    expect(await ledger.waive({ meta: 'pair', paths: ['backtest.test_window'], until: '2030-12-31', why: 'migration' })).toMatchObject({
      stands: false,
      already: true,
    });
    expect(await ledger.halt('pair', 'outage')).toMatchObject({ state: 'halted' });
    expect(await ledger.resume('pair', 'over')).toMatchObject({ state: 'running' });
  });

  test('reads events and artifacts by what they are called', async () => {
    await withRuns();
    await ledger.reallocate('pair');
    const [publication] = await ledger.publications({ meta: 'pair' });
    const event = await ledger.event(publication!.eventId);
    expect(event).toMatchObject({ type: 'AllocationPublished', stream: 'metaPortfolio-pair', data: { number: 1 } });
    expect(await ledger.event(`${event.stream}@${event.revision}`)).toEqual(event);
    await expect(ledger.event('ledger@99')).rejects.toMatchObject({ code: 'EventUnknown' });
    const { sha256, text } = await ledger.artifact(publication!.portfolio.sha256);
    expect(JSON.parse(text!)).toMatchObject({ kind: 'flattened-portfolio' });
    expect(sha256).toBe(publication!.portfolio.sha256);
    await expect(ledger.artifact('0'.repeat(64))).rejects.toMatchObject({ code: 'ArtifactUnknown' });
    await expect(ledger.artifact('abc')).rejects.toMatchObject({ code: 'Usage' });
  });

  test('reads every event once, page by page, and in one stream or of some types the same ones', async () => {
    await withRuns();
    const all: string[] = [];
    for (let after: string | null = null; ;) {
      const { events, next } = await ledger.events({ after, maxCount: 7 });
      all.push(...events.map(({ id }) => id));
      if (next === null) break;
      expect(events).toHaveLength(7);
      after = next;
    }
    const { events } = await ledger.events({ maxCount: 1000 });
    expect(all).toEqual(events.map(({ id }) => id));
    expect(new Set(all).size).toBe(all.length);
    const ofStocks = events.filter(({ stream }) => stream === 'sleeve-stocks');
    expect((await ledger.events({ stream: 'sleeve-stocks' })).events).toEqual(ofStocks);
    const first = await ledger.events({ stream: 'sleeve-stocks', maxCount: 1 });
    expect(first.next).toBe(ofStocks[0]!.position);
    expect((await ledger.events({ stream: 'sleeve-stocks', after: first.next })).events).toEqual(ofStocks.slice(1));
    expect((await ledger.events({ types: ['SleeveRunAccepted'] })).events.map(({ id }) => id)).toEqual(
      events.filter(({ type }) => type === 'SleeveRunAccepted').map(({ id }) => id),
    );
    expect((await ledger.events({ knownAt: events[2]!.position })).events).toEqual(events.slice(0, 3));
    await expect(ledger.events({ types: ['NoSuchEvent'] })).rejects.toMatchObject({ code: 'Usage' });
    await expect(ledger.events({ maxCount: 0 })).rejects.toMatchObject({ code: 'Usage' });
  });

  test('asks why, what if and what changed, and proves it', async () => {
    await withRuns();
    await ledger.reallocate('pair');
    const [first] = await ledger.publications({ meta: 'pair' });
    const { runId, eventId, risk, weights } = first!;
    const symbol = Object.keys(weights)[0]!;
    expect((await ledger.explain(symbol, { meta: 'pair', risk, asOf: null, knownAt: null })).contributions.length).toBeGreaterThan(0);
    expect((await ledger.runs({ name: 'pair' })).runs.map((run) => run.runId)).toEqual([runId]);
    expect((await ledger.timeline(runId)).events[0]).toMatchObject({ type: 'MetaRunOpened' });
    expect((await ledger.counterfactual({ runId })).sameRun).toBe(true);
    expect(await ledger.replay()).toMatchObject({ checked: 3, identical: 3 });
    expect((await ledger.diff(runId, runId)).profiles).toHaveLength(1);
    expect((await ledger.parity(manifest, { meta: 'pair' })).outcome.outcome).toBe('accepted');
    expect((await ledger.deadLetters()).letters).toEqual([]);
    await ledger.seal();
    expect(await ledger.prove(eventId)).toMatchObject({ type: 'AllocationPublished' });
    expect((await ledger.trades({ meta: 'pair', capital: 1000, holdings: [], knownAt: null })).trades.length).toBeGreaterThan(0);
  });
});
