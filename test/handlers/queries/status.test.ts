import { describe, expect, test } from '@jest/globals';
import { draftEvent } from '../../../domain/catalogue.ts';
import { approveRebalance } from '../../../handlers/commands/approve-rebalance.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { ledgerStatus } from '../../../handlers/queries/status.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { reallocate, type Reallocation } from '../../../handlers/reaction/reallocate.ts';
import { recordNewStream } from '../../../handlers/runtime/record.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { Workbench } from '../../support/cli.ts';
import { sleeveFacts } from '../../support/portfolio-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { type Desk, deliver, deliverAll, deskManifest, openDesk, ManualClock } from '../reaction/desk.ts';

const scratch = scratchDirectory();
const [thursday, friday] = ['2022-12-15', '2022-12-16'];

const look = (desk: Desk): Promise<Reallocation> => reallocate(desk.session, new RecordedInputs(desk.session.ports), 'whole');
const stateOf = async (desk: Desk, knownAt: string | null = null) =>
  (await ledgerStatus(desk.session.ports, { meta: 'whole', knownAt })).portfolios[0]!;
const stocks = async (desk: Desk, knownAt: string | null = null) =>
  (await ledgerStatus(desk.session.ports, { meta: 'listed', knownAt })).sleeves.find(({ sleeve }) => sleeve === 'stocks')!;
const attention = async (desk: Desk) => (await ledgerStatus(desk.session.ports, { meta: null, knownAt: null })).attention;
const deskWith = (publication: object, change: Parameters<typeof deskManifest>[0] = () => undefined): Promise<Desk> =>
  openDesk(
    deskManifest((manifest) => {
      manifest.profiles['whole']!['publication'] = publication;
      change(manifest);
    }),
  );

async function quarantine({ session }: Desk, sleeve: string): Promise<void> {
  await streams.sleeve.handle(session, sleeve, { kind: 'QuarantineSleeve', sleeve, number: 1, why: 'a drill' });
}

describe('where a portfolio stands', () => {
  test('waits for the sleeves that the reaction waits for', async () => {
    const desk = await openDesk();
    await deliver(desk, 'stocks', thursday);
    await deliver(desk, 'funds', friday);
    const { state, awaited, leaves } = await stateOf(desk);
    expect({ kind: state, awaited }).toEqual(await look(desk));
    expect(leaves).toEqual([
      { path: ['stocks'], sleeve: 'stocks', pinnedRunId: null, runId: expect.stringContaining('stocks-2022-12-15'), asOf: thursday },
      { path: ['funds'], sleeve: 'funds', pinnedRunId: null, runId: expect.stringContaining('funds-2022-12-16'), asOf: friday },
      { path: ['coins'], sleeve: 'coins', pinnedRunId: null, runId: null, asOf: null },
    ]);
    await deliver(desk, 'coins', friday);
    expect((await stateOf(desk)).awaited).toEqual([
      { path: ['stocks'], sleeve: 'stocks', latestAsOf: thursday, wantedAsOf: friday, because: 'behind' },
    ]);
    await quarantine(desk, 'stocks');
    const behind = await stateOf(desk);
    expect({ kind: behind.state, awaited: behind.awaited }).toEqual(await look(desk));
  });

  test('is pending until somebody decides, then published; newer results make it pending again', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    expect((await stateOf(desk)).state).toBe('pending');
    await look(desk);
    expect(await stateOf(desk)).toMatchObject({
      state: 'published',
      publications: 1,
      lastPublication: { number: 1, asOf: thursday },
      awaited: [],
      held: null,
    });
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    await deliverAll(desk, friday);
    expect((await stateOf(desk)).state).toBe('pending');
  });

  test('a waiver makes a decided portfolio pending, as it makes the reaction decide again', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await look(desk);
    const command = {
      kind: 'GrantParityWaiver',
      waiverId: 'w1',
      meta: 'whole',
      who: 'risk',
      why: 'migration',
      paths: ['backtest.step_size'],
      until: '2030-01-01',
    } as const;
    await streams.metaPortfolio.handle(desk.session, 'whole', command);
    expect((await stateOf(desk)).state).toBe('pending');
    expect(await look(desk)).toMatchObject({ kind: 'decided' });
    expect((await stateOf(desk)).state).not.toBe('pending');
  });

  test('is scheduled while it cools down', async () => {
    const desk = await deskWith({ cool_down_seconds: 3600 });
    await deliverAll(desk, thursday);
    await look(desk);
    desk.clock.advance(60);
    await deliverAll(desk, friday);
    expect(await look(desk)).toMatchObject({ kind: 'scheduled' });
    expect(await stateOf(desk)).toMatchObject({ state: 'scheduled', due: { because: 'cool_down', dueAt: '2022-12-31T09:00:00.000Z' } });
  });

  test('is held until it is approved, and needs attention meanwhile', async () => {
    const desk = await deskWith({ maker_checker: true });
    await deliverAll(desk, thursday);
    await look(desk);
    const { state, held } = await stateOf(desk);
    expect({ state, held }).toMatchObject({
      state: 'held',
      held: { proposer: 'test', asOf: thursday, reasons: [{ kind: 'maker_checker' }] },
    });
    expect(await attention(desk)).toEqual([`whole: run ${held!.runId} waits for approval`]);
    await approveRebalance({ ...desk.session, actor: 'somebody else' }, held!.runId, 'seen');
    expect(await stateOf(desk)).toMatchObject({ state: 'published', held: null });
    expect(await attention(desk)).toEqual([]);
  });

  test('is refused with the reason, and needs attention', async () => {
    const desk = await deskWith({}, (manifest) => {
      manifest.profiles['coins']!['backtest'] = { step_size: 10 };
    });
    await deliverAll(desk, thursday);
    await look(desk);
    expect(await stateOf(desk)).toMatchObject({ state: 'refused', lastDecision: { message: expect.stringContaining('ParityRejected') } });
    expect(await attention(desk)).toEqual([expect.stringContaining('whole: refused: ParityRejected')]);
  });

  test('is skipped below the no-trade band, and halted whatever else is true', async () => {
    const desk = await deskWith({ no_trade_band_two_sided: 1.9 });
    await deliverAll(desk, thursday);
    await look(desk);
    await deliverAll(desk, friday);
    await look(desk);
    expect(await stateOf(desk)).toMatchObject({ state: 'skipped', publications: 1, lastPublication: { asOf: thursday } });
    await switchPublication(desk.session, 'HaltPublication', 'whole', 'an audit');
    expect(await stateOf(desk)).toMatchObject({ state: 'halted', haltedWhy: 'an audit' });
    expect(await look(desk)).toEqual({ kind: 'halted', why: 'an audit' });
  });

  test('as known earlier', async () => {
    const desk = await openDesk();
    await deliver(desk, 'stocks', thursday);
    const then = (await desk.session.ports.store.head())!;
    await deliverAll(desk, thursday);
    await look(desk);
    expect(await stateOf(desk, then)).toMatchObject({ state: 'waiting', publications: 0 });
    expect((await stateOf(desk, then)).awaited.map(({ sleeve }) => sleeve)).toEqual(['funds', 'coins']);
  });

  test('a portfolio that nobody defined is refused by name', async () => {
    await expect(ledgerStatus((await openDesk()).session.ports, { meta: 'nowhere', knownAt: null })).rejects.toMatchObject({
      code: 'PortfolioUndefined',
    });
  });
});

describe('where a sleeve stands', () => {
  const manifest = deskManifest((change) => {
    change.profiles['stocks'] = { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } };
  });
  test('sessions are overdue by the clock, noted or not, until a result arrives', async () => {
    const clock = new ManualClock();
    clock.instant = '2022-12-13T12:00:00.000Z';
    const desk = { ...(await openDesk(manifest, { clock })), clock };
    clock.instant = '2022-12-15T12:00:00.000Z';
    expect((await stocks(desk)).overdue).toEqual([
      { session: '2022-12-13', expectedBy: '2022-12-13T23:30:00.000Z' },
      { session: '2022-12-14', expectedBy: '2022-12-14T23:30:00.000Z' },
    ]);
    expect(await attention(desk)).toEqual(['stocks: overdue since 2022-12-13 (2 sessions)']);
    // Known by a position, only what had been noted counts; by an instant, the clock of that instant.
    expect((await stocks(desk, await desk.session.ports.store.head())).overdue).toEqual([]);
    expect((await stocks(desk, '2022-12-14T12:00:00.000Z')).overdue).toHaveLength(1);
    await deliver(desk, 'stocks', '2022-12-14');
    expect(await stocks(desk)).toMatchObject({ overdue: [], current: { asOf: '2022-12-14' }, runs: 1 });
  });

  test('dead letters and what waits behind them need attention', async () => {
    const desk = await openDesk();
    const { ports, ledger } = desk.session;
    const letter = draftEvent('SleeveRunRejected', sleeveFacts.rejected(null));
    await recordNewStream(ports, ledger.ledgerId, 'test', {
      stream: 'intake-sleeve-results_v1',
      drafts: [letter],
      command: ['letter'],
      correlation: 'letter',
    });
    expect(await attention(desk)).toEqual(['1 dead letter of no sleeve']);
    expect((await ledgerStatus(ports, { meta: 'whole', knownAt: null })).attention).toEqual([]);
  });
});

describe('the verb', () => {
  test('says what is awaited, and exits 1 with --check only when somebody should look', async () => {
    const bench = new Workbench(scratch, (change) => {
      change.profiles['stocks'] = { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } };
    });
    const now = '2022-12-30T12:00:00.000Z';
    await bench.json(['manifest', 'apply', '--no-seal'], { now });
    await bench.produce('funds', {}, [], { now });
    const asked = await bench.json(['status', '--meta', 'pair', '--check'], { now });
    expect(asked).toMatchObject({ exit: 0, ok: true, result: { portfolios: [{ meta: 'pair', state: 'waiting' }], attention: [] } });
    const { stdout } = await bench.run(['status'], { now });
    expect(stdout).toContain('stocks has no result, wants 2022-12-30');
    const late = await bench.json(['status', '--check'], { now: '2022-12-31T00:00:00.000Z' });
    expect(late).toMatchObject({ exit: 1, ok: false, result: { attention: ['stocks: overdue since 2022-12-30 (1 session)'] } });
  });
});
