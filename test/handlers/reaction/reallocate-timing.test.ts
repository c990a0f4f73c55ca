/** Windows and cool-downs: due times are facts, counted from ledger times and never from a worker's own clock. */
import { describe, expect, test } from '@jest/globals';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { deliver, deliverAll, openDesk, recorded, ManualClock } from './desk.ts';
import { decided, friday, look, publications, thursday, withPolicy } from './looking.ts';

/** A time of the day on which the desk's clock starts, at eight. */
const at = (time: string): string => `2022-12-31T${time}.000Z`;

describe('windows and cool-downs', () => {
  test('a window opens with the first result and is over when its time is up, whatever arrives meanwhile', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60 }));
    await deliverAll(desk, thursday);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('08:01:00') });
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('08:01:00') });
    desk.clock.advance(50);
    await deliver(desk, 'stocks', thursday, 1);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('08:01:00') });
    desk.clock.advance(9);
    expect(await look(desk)).toMatchObject({ kind: 'scheduled' });
    desk.clock.advance(1);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect(await recorded(desk, 'ReallocationScheduled')).toEqual([
      { meta: 'whole', because: 'coalescing_window', countedFrom: at('08:00:00'), waitSeconds: 60, dueAt: at('08:01:00') },
    ]);
    expect((await publications(desk))[0]!.inputs.map(({ correction }) => correction)).toEqual([1, 0, 0]);
  });

  test('a sleeve that corrects itself all the time does not keep the window open', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60 }));
    await deliverAll(desk, thursday);
    await look(desk);
    for (let correction = 1; correction <= 3; correction++) {
      desk.clock.advance(30);
      for (const sleeve of ['stocks', 'funds', 'coins'] as const) await deliver(desk, sleeve, thursday, correction);
      await look(desk);
    }
    // Due at 08:01:00, and looked at every 30 seconds.
    expect(await publications(desk)).toMatchObject([{ inputs: [{ correction: 2 }, { correction: 2 }, { correction: 2 }] }]);
  });

  test('the next window opens with the first result after the decision', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60 }));
    await deliverAll(desk, thursday);
    await look(desk);
    desk.clock.advance(100);
    await look(desk);
    desk.clock.advance(3600);
    await deliver(desk, 'coins', thursday, 1);
    desk.clock.advance(10);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('09:02:40') });
  });

  test('results of a sleeve that is pinned to a run open no window', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60 }));
    await deliver(desk, 'stocks', thursday);
    await deliver(desk, 'funds', thursday);
    const pinned = await deliver(desk, 'coins', thursday);
    await applyManifest(
      desk.session,
      withPolicy({ coalescing_window_seconds: 60 }, (manifest) =>
        Object.assign((manifest.profiles['whole']!['sleeves'] as object[])[2]!, { run_id: pinned }),
      ),
      null,
    );
    desk.clock.advance(60);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    desk.clock.advance(10);
    await deliver(desk, 'coins', friday);
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    desk.clock.advance(10);
    await deliver(desk, 'stocks', thursday, 1);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('08:02:20') });
  });

  test('a cool-down is counted from the last publication', async () => {
    const desk = await openDesk(withPolicy({ cool_down_seconds: 3600 }));
    await deliverAll(desk, thursday);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    desk.clock.advance(600);
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('09:00:00') });
    desk.clock.advance(2_999);
    expect(await look(desk)).toMatchObject({ kind: 'scheduled' });
    desk.clock.advance(1);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect(await recorded(desk, 'ReallocationScheduled')).toMatchObject([
      { because: 'cool_down', countedFrom: at('08:00:00'), waitSeconds: 3600 },
    ]);
  });

  test('after a skip the window opens with the next result, and the cool-down is still counted from the publication', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60, cool_down_seconds: 600, no_trade_band_two_sided: 2 }));
    await deliverAll(desk, thursday);
    desk.clock.advance(60);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    desk.clock.advance(540);
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('08:11:00') });
    desk.clock.advance(60);
    expect(await look(desk)).toEqual(decided('RebalanceSkipped'));
    desk.clock.advance(10);
    await deliver(desk, 'stocks', friday, 1);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('08:12:10') });
  });

  test('of a window within a cool-down the cool-down is what is waited for, and one that outlasts it is waited for instead', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60, cool_down_seconds: 3600 }));
    await deliverAll(desk, thursday);
    desk.clock.advance(60);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    desk.clock.advance(60);
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('09:01:00') });
    desk.clock.advance(3_520);
    for (const sleeve of ['stocks', 'funds', 'coins'] as const) await deliver(desk, sleeve, friday, 1);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: at('09:01:40') });
    expect(await recorded(desk, 'ReallocationScheduled')).toMatchObject([{ because: 'cool_down' }, { because: 'coalescing_window' }]);
  });

  test('workers on either side of the end of a window schedule the same cool-down', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60, cool_down_seconds: 3600 }));
    await deliverAll(desk, thursday);
    desk.clock.advance(60);
    await look(desk);
    desk.clock.advance(1);
    await deliverAll(desk, friday);
    const ahead = new ManualClock();
    ahead.instant = at('08:30:00');
    const other: Session = { ...desk.session, ports: { ...desk.session.ports, clock: ahead } };
    expect(await Promise.all([look(desk), look({ session: other })])).toEqual([
      { kind: 'scheduled', dueAt: at('09:01:00') },
      { kind: 'scheduled', dueAt: at('09:01:00') },
    ]);
    expect(await recorded(desk, 'ReallocationScheduled')).toHaveLength(1);
  });

  test('two workers whose clocks differ schedule the same', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 600 }));
    await deliverAll(desk, thursday);
    const ahead = new ManualClock();
    ahead.instant = at('08:05:00');
    const other: Session = { ...desk.session, actor: 'another worker', ports: { ...desk.session.ports, clock: ahead } };
    const looks = await Promise.all([look(desk), look({ session: other })]);
    expect(looks).toEqual([
      { kind: 'scheduled', dueAt: at('08:10:00') },
      { kind: 'scheduled', dueAt: at('08:10:00') },
    ]);
    expect(await recorded(desk, 'ReallocationScheduled')).toHaveLength(1);
  });
});
