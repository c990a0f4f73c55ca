/** What the role that allocates counts, logs and says of itself. */
import { describe, expect, test } from '@jest/globals';
import { reacting } from '../../../handlers/roles/reacting.ts';
import { recordingLog } from '../../support/kafka/members.ts';
import { deliver, deliverAll, type Desk, deskManifest, ManualClock, openDesk, until } from '../reaction/desk.ts';

type Measured = readonly [name: string, figure: number, labels: unknown];

const oneSleeve = (publication: object = {}) =>
  deskManifest(({ profiles }) => {
    profiles['listed']!['publication'] = publication;
    delete profiles['nested'];
    delete profiles['whole'];
  });

type Figures = (name: string) => (readonly [figure: number, labels: unknown])[];
type Work = (desk: Desk, role: ReturnType<typeof reacting>, of: Figures) => Promise<void>;

/** A desk with a log and figures to look at, worked on while something is done. */
async function working(manifest: Parameters<typeof openDesk>[0], work: Work) {
  const { log, lines } = recordingLog();
  const measured: Measured[] = [];
  const note = (name: string, figure = 1, labels: unknown = {}): void => void measured.push([name, figure, labels]);
  const of: Figures = (name) => measured.filter((one) => one[0] === name).map(([, figure, labels]) => [figure, labels]);
  const desk = await openDesk(manifest, { log, metrics: { count: note, set: note, observe: note } });
  const role = reacting(desk.session, { group: 'desk-reaction', concurrency: 1, backlogMax: 0 });
  expect([role.name, role.state()]).toEqual(['react', { ok: false, detail: 'starting' }]);
  const stop = new AbortController();
  const ran = role.run(stop.signal);
  try {
    await work(desk, role, of);
  } finally {
    stop.abort();
    await ran;
  }
  expect(role.state()).toEqual({ ok: false, detail: 'starting' });
  return { lines, of };
}

describe('a portfolio that is decided on', () => {
  test('is counted, logged with its run, and timed from the newest result', async () => {
    const { lines, of } = await working(oneSleeve(), async (desk, role, figures) => {
      await until('it looks', () => role.state().detail === '0 of 1 portfolios to look at');
      expect(role.state().ok).toBe(true);
      await deliver(desk, 'stocks', '2022-12-15');
      await deliver(desk, 'funds', '2022-12-15');
      await until(
        'it is decided',
        async () => (await desk.session.ports.store.readAll({ after: null, maxCount: 9, types: ['AllocationPublished'] })).length === 1,
      );
      await until('nothing is left', () => role.state().detail === '0 of 1 portfolios to look at');
      await until('the gauge says so', () => figures('sleeve_ledger_due_portfolios').at(-1)?.[0] === 0);
    });
    expect(of('sleeve_ledger_decisions_total')).toEqual([[1, { decision: 'published' }]]);
    // The clock of the desk stands still between the result and the decision.
    expect(of('sleeve_ledger_reaction_seconds')).toEqual([[0, {}]]);
    expect(lines.filter(({ message }) => message === 'decided on a portfolio')).toEqual([
      { level: 'info', message: 'decided on a portfolio', fields: { meta: 'listed', runId: expect.any(String), decision: 'published' } },
    ]);
    expect(lines.filter(({ message }) => message === 'looked at a portfolio').at(0)).toMatchObject({
      level: 'debug',
      fields: { meta: 'listed', kind: 'waiting' },
    });
  });

  test('later is counted as scheduled', async () => {
    const { of, lines } = await working(oneSleeve({ coalescing_window_seconds: 60 }), async (desk) => {
      await deliver(desk, 'stocks', '2022-12-15');
      await deliver(desk, 'funds', '2022-12-15');
      await until(
        'it is scheduled',
        async () => (await desk.session.ports.store.readAll({ after: null, maxCount: 9, types: ['ReallocationScheduled'] })).length === 1,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    expect(of('sleeve_ledger_decisions_total')[0]).toEqual([1, { decision: 'scheduled' }]);
    expect(lines.some(({ message }) => message === 'decided on a portfolio')).toBe(false);
  });
});

test('results that do not arrive are told in the log', async () => {
  const due = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } as const;
  const manifest = deskManifest(({ profiles }) => {
    profiles['stocks'] = { expected_by: due };
  });
  const clock = new ManualClock();
  clock.instant = '2022-12-12T12:00:00.000Z';
  const { log, lines } = recordingLog();
  const desk = await openDesk(manifest, { clock, log });
  await deliverAll({ ...desk, clock }, '2022-12-09');
  clock.instant = '2022-12-13T12:00:00.000Z';
  const stop = new AbortController();
  const ran = reacting(desk.session, { group: 'g', concurrency: 1, backlogMax: 1 }).run(stop.signal);
  await until('it is told', () => lines.some(({ message }) => message === 'a result is overdue'));
  stop.abort();
  await ran;
  expect(lines.filter(({ message }) => message === 'a result is overdue')).toEqual([
    { level: 'warn', message: 'a result is overdue', fields: { sleeve: 'stocks', session: '2022-12-12' } },
  ]);
});
