/** Which roles a process takes on, and with what each is made. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ConsumeOptions, MessageBroker } from '../../../handlers/ports/ports.ts';
import { brokerRoles, createRoles, roleNames, rolesByDefault, type RolesOptions } from '../../../handlers/roles/roles.ts';
import { resolveSettings } from '../../../handlers/runtime/settings.ts';
import { until } from '../../support/kafka/ready.ts';
import { SentMessages } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

let watched: WatchedSession;
let consumed: ConsumeOptions[];
let options: RolesOptions;

beforeEach(() => {
  watched = new WatchedSession();
  consumed = [];
  const broker: MessageBroker = {
    source: {
      consume: (given) =>
        new Promise((resolve) => {
          consumed.push(given);
          given.signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    },
    sink: new SentMessages(),
    ensureTopics: async () => undefined,
    close: async () => undefined,
  };
  const { settings } = resolveSettings({ group: 'desk' }, {}, null);
  const sealer = { seal: () => Promise.reject(new Error('nothing is sealed here')) };
  options = { settings, broker, sealer, concurrency: 1, holder: 'process-1' };
});

test('a process that is told none takes on what it can, but does not compute for others', () => {
  expect(rolesByDefault(true)).toEqual(['intake', 'react', 'relay', 'project', 'seal']);
  expect(rolesByDefault(false)).toEqual(['react', 'project', 'seal']);
  expect(brokerRoles).toEqual(['intake', 'relay', 'backtest']);
});

test('roles are made in the order in which they are asked for, and say where they stand', () => {
  const roles = createRoles(watched.session, roleNames, options);
  expect(roles.map((role) => [role.name, role.state()])).toEqual([
    ['intake', { ok: true, detail: '0 messages behind' }],
    ['react', { ok: false, detail: 'starting' }],
    ['relay', { ok: true, detail: 'stands by' }],
    ['project', { ok: false, detail: 'catching up' }],
    ['seal', { ok: true, detail: '0 events unsealed' }],
    ['backtest', { ok: true, detail: '0 jobs done, 0 in hand' }],
  ]);
  expect(createRoles(watched.session, ['seal', 'react'], options).map(({ name }) => name)).toEqual(['seal', 'react']);
  expect(createRoles(watched.session, [], options)).toEqual([]);
});

describe('without a broker', () => {
  test.each([
    ['intake', 'an intake without a broker'],
    ['relay', 'a relay without a broker'],
    ['backtest', 'jobs of backtests without a broker'],
  ] as const)('the role %s is a fault of this program', (name, message) => {
    expect(() => createRoles(watched.session, [name], { ...options, broker: null })).toThrow(
      expect.objectContaining({ code: 'Internal', message }),
    );
  });

  test.each(['react', 'project', 'seal'] as const)('the role %s is made', (name) => {
    expect(createRoles(watched.session, [name], { ...options, broker: null }).map((role) => role.name)).toEqual([name]);
  });
});

test.each([
  ['intake', 'sleeve-results.v1', 'desk-intake', 10_000],
  ['backtest', 'backtest-jobs.v1', 'desk-backtest', null],
] as const)('the role %s consumes %s as %s', async (name, topic, group, lagMax) => {
  const [role] = createRoles(watched.session, [name], options);
  const stop = new AbortController();
  const ran = role!.run(stop.signal);
  await until('it consumes', () => consumed.length > 0);
  expect(consumed.map((given) => [given.topic, given.group])).toEqual([[topic, group]]);
  if (lagMax !== null) {
    consumed[0]!.onLag!(0, lagMax);
    expect(role!.state().ok).toBe(true);
    consumed[0]!.onLag!(0, lagMax + 1);
    expect(role!.state().ok).toBe(false);
  }
  stop.abort();
  await ran;
});

test('the relay holds a lease of ten seconds on its topic, in the name of the process', async () => {
  const [role] = createRoles(watched.session, ['relay'], options);
  const stop = new AbortController();
  const ran = role!.run(stop.signal);
  await until('it holds the lease', () => role!.state().detail === 'holds the lease');
  const { checkpoints } = watched.session.ports;
  expect((await checkpoints.read('relay-allocations.v1'))!.value).toEqual({
    holder: 'process-1',
    expiresAt: '2026-01-02T03:04:15.678Z',
    state: null,
  });
  stop.abort();
  await ran;
  expect((await checkpoints.read('relay-allocations.v1'))!.value).toMatchObject({ holder: null });
});
