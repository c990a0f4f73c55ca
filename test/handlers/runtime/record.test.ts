/** How commands become events: ids that derive, what is read again, and what another writer changes. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { intakeStream } from '../../../domain/sleeve/intake-stream.ts';
import { sleeveStream } from '../../../domain/sleeve/stream.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { admitTime, foldOf, handleCommand, readWholeStream, streamBackwards, toDomainEvents } from '../../../handlers/runtime/record.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { WatchedSession } from '../../support/watched-session.ts';

let watched: WatchedSession;
let session: Session;

beforeEach(() => {
  watched = new WatchedSession();
  session = watched.session;
});

const quarantine = (number: number, of: Session = session) =>
  handleCommand(of, sleeveStream, 'coins', {
    kind: number % 2 === 1 ? 'QuarantineSleeve' : 'ReinstateSleeve',
    sleeve: 'coins',
    number: Math.ceil(number / 2),
    why: 'a drill',
  });

const conflict = new LedgerError('WrongExpectedRevision', 'somebody was first');

const idOf = async (of: Session): Promise<string> => {
  const { appended } = await quarantine(1, of);
  return appended[0]!.id;
};

describe('a command', () => {
  test('leaves its events behind the tail, and the state that they make', async () => {
    const { appended, state } = await quarantine(1);
    const [event] = toDomainEvents(appended);
    expect(event).toMatchObject({ type: 'SleeveQuarantined', data: { sleeve: 'coins', number: 1, why: 'a drill' } });
    expect(event!.envelope).toMatchObject({
      stream: 'sleeve-coins',
      revision: 0,
      actor: 'tests',
      recordedAt: watched.now,
      schemaVersion: 1,
    });
    expect(state.quarantinedWhy).toBe('a drill');
    expect((await foldOf(session, 'sleeve-coins', sleeveStream)).state).toEqual(state);
  });

  test('that was folded before leaves nothing', async () => {
    const first = await quarantine(1);
    expect(await quarantine(1)).toEqual({ appended: [], state: first.state });
    expect((await readWholeStream(session.ports.store, 'sleeve-coins')).length).toBe(1);
  });

  test('is the same event whoever is told to record it, and another on another ledger', async () => {
    const first = await idOf(session);
    expect(await idOf(new WatchedSession().session)).toBe(first);
    const other = new WatchedSession().session;
    expect(await idOf({ ...other, ledger: { ...other.ledger, ledgerId: '2d1f0c6e-0000-5000-8000-000000000001' } })).not.toBe(first);
  });

  test('is decided again when somebody else was first, and gives up in the end', async () => {
    const { store } = session.ports;
    const append = jest.spyOn(store, 'append').mockRejectedValueOnce(conflict);
    expect((await quarantine(1)).appended.length).toBe(1);
    expect(append).toHaveBeenCalledTimes(2);
    append.mockReset().mockRejectedValue(conflict);
    await expect(quarantine(2)).rejects.toBe(conflict);
    expect(append).toHaveBeenCalledTimes(20);
    append.mockReset().mockRejectedValue(new LedgerError('StoreFull', 'no room'));
    await expect(quarantine(2)).rejects.toMatchObject({ code: 'StoreFull' });
    expect(append).toHaveBeenCalledTimes(1);
  });

  test('is not recorded by a clock that is refused', async () => {
    const admit = jest.fn((_now: string) => Promise.reject(new LedgerError('ClockAhead', 'too far')));
    const time = { admit, takeAccepted: () => null };
    await expect(quarantine(1, { ...session, ports: { ...session.ports, time } })).rejects.toMatchObject({ code: 'ClockAhead' });
    expect(admit).toHaveBeenCalledWith(watched.now);
    expect(await readWholeStream(session.ports.store, 'sleeve-coins')).toEqual([]);
    await expect(admitTime(session.ports)).resolves.toBeUndefined();
  });
});

describe('a process that keeps its folds', () => {
  let reads: () => number;

  beforeEach(() => {
    const { store } = session.ports;
    session = { ...session, folds: new StreamFolds(store) };
    const readStream = jest.spyOn(store, 'readStream');
    reads = () => readStream.mock.calls.length;
  });

  test('reads a stream once, and not again what it has just appended', async () => {
    await quarantine(1);
    const before = reads();
    await quarantine(2);
    await quarantine(3);
    expect(reads()).toBe(before);
    expect(session.folds!.kept('sleeve-coins', sleeveStream)!.tail.revision).toBe(2);
    expect((await streams.sleeve.state(session, 'coins')).quarantinedWhy).toBe('a drill');
  });

  test('looks at the store before it leaves a command undone', async () => {
    await quarantine(1);
    const before = reads();
    expect((await quarantine(1)).appended).toEqual([]);
    expect(reads()).toBeGreaterThan(before);
  });

  test('decides anew on what another one has appended meanwhile', async () => {
    await quarantine(1);
    const other = { ...watched.session, actor: 'another' };
    await quarantine(2, other);
    expect((await quarantine(3)).appended.map(({ revision }) => revision)).toEqual([2n]);
    // The very command of another one is found there, and not appended again.
    await quarantine(4, { ...other, actor: 'tests' });
    expect((await quarantine(4)).appended).toEqual([]);
    expect((await readWholeStream(session.ports.store, 'sleeve-coins')).length).toBe(4);
  });
});

test('a stream is told from its end back, whole or up to a position', async () => {
  for (const number of [1, 2, 3]) await quarantine(number);
  const told = async (until: string | null): Promise<number[]> => {
    const revisions: number[] = [];
    for await (const { envelope } of streamBackwards(session.ports.store, 'sleeve-coins', until)) revisions.push(envelope.revision);
    return revisions;
  };
  const [, second] = await readWholeStream(session.ports.store, 'sleeve-coins');
  expect([await told(null), await told(second!.position)]).toEqual([
    [2, 1, 0],
    [1, 0],
  ]);
  expect(streams.intake.name('results')).toBe(intakeStream.name('results'));
});
