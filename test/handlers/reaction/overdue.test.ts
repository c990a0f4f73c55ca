import { describe, expect, test } from '@jest/globals';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { sweepOverdue } from '../../../handlers/reaction/overdue.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { viewOf } from '../../../handlers/read-models/views.ts';
import { sleeveStatus, type SleeveStatusRow } from '../../../projections/sleeve-status.ts';
import { type Desk, deliver, deskManifest, openDesk, recorded, ManualClock } from './desk.ts';

type Due = { time: string; zone: string; calendar: 'XNYS' | 'XCRY'; days_after?: number };
const evening: Due = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' };

const manifestWith = (due: Due | null) =>
  deskManifest((manifest) => {
    if (due !== null) manifest.profiles['stocks'] = { expected_by: due };
  });

/** A desk whose manifest is applied at an instant. */
async function deskFrom(instant: string, due: Due | null = evening): Promise<Desk> {
  const clock = new ManualClock();
  clock.instant = instant;
  return { ...(await openDesk(manifestWith(due), { clock })), clock };
}

const sweep = async (desk: Desk, now: string): Promise<string[]> =>
  (await sweepOverdue(desk.session, now)).map(({ sleeve, session }) => `${sleeve} ${session}`);
const open = async (desk: Desk): Promise<string[] | undefined> =>
  (await (await viewOf(desk.session.ports, sleeveStatus, null)).row<SleeveStatusRow>('sleeve/stocks'))?.overdue.map(
    ({ session }) => session,
  );

describe('overdue results', () => {
  test('are noted once for each session since the sleeve was defined, however often one looks', async () => {
    const desk = await deskFrom('2022-12-12T12:00:00.000Z');
    desk.clock.instant = '2022-12-14T12:00:00.000Z';
    // 18:30 in New York is 23:30 UTC: of the 14th nothing is due yet.
    expect(await sweep(desk, '2022-12-14T12:00:00.000Z')).toEqual(['stocks 2022-12-12', 'stocks 2022-12-13']);
    expect(await sweep(desk, '2022-12-14T23:00:00.000Z')).toEqual([]);
    expect(await recorded(desk, 'SleeveOverdue')).toEqual([
      { sleeve: 'stocks', session: '2022-12-12', expectedBy: '2022-12-12T23:30:00.000Z', latestAsOf: null },
      { sleeve: 'stocks', session: '2022-12-13', expectedBy: '2022-12-13T23:30:00.000Z', latestAsOf: null },
    ]);
  });

  test('are answered by a result of the session or a later one', async () => {
    const desk = await deskFrom('2022-12-12T12:00:00.000Z');
    await sweep(desk, '2022-12-15T12:00:00.000Z');
    expect(await open(desk)).toEqual(['2022-12-12', '2022-12-13', '2022-12-14']);
    await deliver(desk, 'stocks', '2022-12-13');
    expect(await open(desk)).toEqual(['2022-12-14']);
    expect(await sweep(desk, '2022-12-15T12:00:00.000Z')).toEqual([]);
    desk.clock.instant = '2022-12-16T22:00:00.000Z';
    await deliver(desk, 'stocks', '2022-12-16');
    expect(await open(desk)).toEqual([]);
    expect(await sweep(desk, '2022-12-17T12:00:00.000Z')).toEqual([]);
  });

  test('two sweeps at once note each session once', async () => {
    const desk = await deskFrom('2022-12-12T12:00:00.000Z');
    const other = { ...desk.session, folds: new StreamFolds(desk.session.ports.store) };
    const noted = await Promise.all([
      sweepOverdue(desk.session, '2022-12-16T12:00:00.000Z'),
      sweepOverdue(other, '2022-12-16T12:00:00.000Z'),
    ]);
    expect(new Set(noted.flat().map(({ session }) => session)).size).toBe(4);
    expect((await recorded(desk, 'SleeveOverdue')).map(({ session }) => session)).toEqual([
      '2022-12-12',
      '2022-12-13',
      '2022-12-14',
      '2022-12-15',
    ]);
  });

  test('are never asked of a sleeve that nothing is expected of, or no longer', async () => {
    const desk = await deskFrom('2022-12-12T12:00:00.000Z', null);
    expect(await sweep(desk, '2022-12-20T12:00:00.000Z')).toEqual([]);
    const until = await deskFrom('2022-12-12T12:00:00.000Z');
    until.clock.instant = '2022-12-13T12:00:00.000Z';
    await applyManifest(until.session, manifestWith(null), null);
    expect(await sweep(until, '2022-12-20T12:00:00.000Z')).toEqual([]);
  });
});
