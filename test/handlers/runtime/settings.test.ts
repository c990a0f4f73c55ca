/** What can be set, by whom, and in which words it is refused. The names and values are those of docs/reference and the guides. */
import { describe, expect, test } from '@jest/globals';
import type { LedgerError } from '../../../domain/shared/errors.ts';
import {
  besideStore,
  cacheFolder,
  environmentNames,
  isServer,
  letterKeyFileOf,
  redacted,
  resolveSettings,
  type Settings,
} from '../../../handlers/runtime/settings.ts';
import { refusalOf } from '../../support/refusal.ts';

const defaults: Settings = {
  store: 'ledger.sqlite',
  manifest: 'manifest.json',
  actor: 'unnamed',
  witness: null,
  witnessQuorum: null,
  key: null,
  origin: null,
  logLevel: 'warn',
  kafka: null,
  resultsTopic: 'sleeve-results.v1',
  allocationsTopic: 'allocations.v1',
  deadLettersTopic: 'sleeve-results.dlq.v1',
  backtestJobsTopic: 'backtest-jobs.v1',
  backtestResultsTopic: 'backtest-results.v1',
  group: 'sleeve-ledger',
  onPoison: 'hold',
  http: null,
  httpHosts: null,
  workerUrls: null,
  workers: null,
  cache: null,
  clockJumpLimitDays: 400,
  oidcIssuer: null,
  oidcAudience: null,
  oidcNameClaim: 'preferred_username',
  oidcRolesClaim: 'roles',
  oidcRoles: null,
};
const names = Object.keys(defaults) as (keyof Settings)[];

/** Another value of each setting that can be, as text. */
const others: Record<keyof Settings, string> = {
  store: 'other.sqlite',
  manifest: 'other.json',
  actor: 'ü person',
  witness: 'folder',
  witnessQuorum: '2',
  key: 'key',
  origin: 'example.com/log',
  logLevel: 'debug',
  kafka: 'kafka://host:9092',
  resultsTopic: 'a',
  allocationsTopic: 'b',
  deadLettersTopic: 'c',
  backtestJobsTopic: 'd',
  backtestResultsTopic: 'e',
  group: 'group.1_a-B',
  onPoison: 'supersede',
  http: '127.0.0.1:9464',
  httpHosts: 'ledger.example,10.0.0.1:80,[::1]',
  workerUrls: 'http://worker-1:9464,https://[::1]:9465/',
  workers: '0',
  cache: 'folder',
  clockJumpLimitDays: '1',
  oidcIssuer: 'https://sso.example/realms/desk',
  oidcAudience: 'sleeve-ledger',
  oidcNameClaim: 'email',
  oidcRolesClaim: 'groups',
  oidcRoles: 'cio=approver',
};

const numbers: ReadonlySet<string> = new Set(['witnessQuorum', 'workers', 'clockJumpLimitDays']);
const read = (name: keyof Settings): unknown => {
  if (name === 'oidcRoles') return { cio: ['approver'] };
  return numbers.has(name) ? Number(others[name]) : others[name];
};

function refused(flags: Readonly<Record<string, unknown>>): LedgerError {
  return refusalOf(() => resolveSettings(flags, {}, null));
}

const written = (name: string): string => `SLEEVE_LEDGER_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

const witness = (value: unknown): unknown => resolveSettings({ witness: value }, {}, null).settings.witness;

const inFile = (content: unknown) => {
  const { code, message, at } = refusalOf(() => resolveSettings({}, {}, { name: 'f.yaml', content }));
  return { code, message, at };
};

describe('what is in force', () => {
  test('where nothing is given', () => {
    expect(resolveSettings({}, {}, null)).toEqual({ settings: defaults, from: Object.fromEntries(names.map((name) => [name, 'default'])) });
  });

  test('by flags, by the environment, and by a file', () => {
    const settings = Object.fromEntries(names.map((name) => [name, read(name)]));
    const fromAll = (layer: string): unknown => Object.fromEntries(names.map((name) => [name, layer]));
    expect(resolveSettings(others, {}, null)).toEqual({ settings, from: fromAll('flag') });
    const environment = Object.fromEntries(names.map((name) => [environmentNames[name], others[name]]));
    expect(resolveSettings({}, environment, null)).toEqual({ settings, from: fromAll('environment') });
    const file = { name: 'sleeve-ledger.yaml', content: settings };
    expect(resolveSettings({}, {}, file)).toEqual({ settings, from: fromAll('file') });
  });

  test('by the name of the setting in capitals', () => {
    expect(environmentNames).toEqual(Object.fromEntries(names.map((name) => [name, written(name)])));
  });

  test('of the actor is the user of the system before it is nobody', () => {
    expect(resolveSettings({}, {}, null, 'peter')).toMatchObject({ settings: { actor: 'peter' }, from: { actor: 'system' } });
    const file = { name: 'f', content: { actor: 'desk' } };
    expect(resolveSettings({}, {}, file, 'peter')).toMatchObject({ settings: { actor: 'desk' }, from: { actor: 'file' } });
    expect(resolveSettings({}, {}, null, '').from).toMatchObject({ actor: 'default', store: 'default' });
    expect(resolveSettings({}, {}, null, 'peter').settings.origin).toBeNull();
  });

  test('of witnesses is a folder and places elsewhere, a list or a text', () => {
    expect(witness('folder git://host/repository')).toBe('folder git://host/repository');
    expect(witness(['https://a#b', 'folder', 'git://c'])).toBe('https://a#b folder git://c');
  });

  test('of a file that is empty is what nobody set', () => {
    expect(resolveSettings({}, {}, { name: 'f', content: null }).settings).toEqual(defaults);
  });
});

const wrong: readonly (readonly [name: keyof Settings, value: unknown, why: string])[] = [
  ['store', 7, 'Invalid input'],
  ['actor', 'x'.repeat(201), 'Too big'],
  ['actor', 'a\u200bb', 'a name holds U+200B'],
  ['witness', ['folder', 'another'], 'one folder, not several'],
  ['witness', [], 'Too small'],
  ['witnessQuorum', 0, 'Too small'],
  ['witnessQuorum', 17, 'Too big'],
  ['witnessQuorum', 'two', 'must be a whole number'],
  ['witnessQuorum', '1x', 'must be a whole number'],
  ['origin', 'a b', 'no blanks and no plus sign'],
  ['origin', 'a+b', 'no blanks and no plus sign'],
  ['logLevel', 'loud', 'Invalid option'],
  ['kafka', 'host:9092', 'Invalid string'],
  ['kafka', 'x kafka://host', 'Invalid string'],
  ['resultsTopic', 'a b', 'letters, digits, dot, underscore and dash'],
  ['resultsTopic', 'x'.repeat(250), 'Too big'],
  ['group', 'a b', 'Invalid string'],
  ['group', 'x'.repeat(201), 'Too big'],
  ['onPoison', 'drop', 'Invalid option'],
  ['http', '9464', 'must be HOST:PORT'],
  ['http', 'host:', 'must be HOST:PORT'],
  ['http', 'host:123456', 'must be HOST:PORT'],
  ['http', 'ho st:80', 'must be HOST:PORT'],
  ['http', 'a:b:80', 'must be HOST:PORT'],
  ['httpHosts', 'a,', 'must be names or addresses with commas between them'],
  ['httpHosts', 'a b', 'must be names or addresses with commas between them'],
  ['httpHosts', ',a', 'must be names or addresses with commas between them'],
  ['workerUrls', 'worker:9464', 'must be addresses such as http://worker:9464'],
  ['workerUrls', 'http://somebody:secret@worker', 'must be addresses such as http://worker:9464'],
  ['workerUrls', 'http://a,', 'must be addresses such as http://worker:9464'],
  ['workerUrls', Array.from({ length: 101 }, () => 'http://a').join(','), 'at most 100 workers'],
  ['workers', -1, 'Too small'],
  ['workers', 257, 'Too big'],
  ['workers', '1.5', 'must be a whole number'],
  ['workers', 1.5, 'must be a whole number'],
  ['clockJumpLimitDays', 0, 'Too small'],
  ['clockJumpLimitDays', 36_501, 'Too big'],
  ['clockJumpLimitDays', '1 day', 'must be a whole number of days'],
];

describe('what cannot be', () => {
  test.each(wrong)('%s: %j', (name, value, why) => {
    const { code, message, at } = refused({ [name]: value });
    expect({ code, message, at }).toEqual({
      code: 'ConfigInvalid',
      message: expect.stringContaining(`${name} (from flag): ${why}`),
      at: { path: name },
    });
    const { at: place, message: told } = refusalOf(() => resolveSettings({}, {}, { name: 'f.yaml', content: { [name]: value } }));
    expect({ place, told }).toEqual({
      place: { path: name, file: 'f.yaml' },
      told: expect.stringContaining(`${name} (from file): ${why}`),
    });
  });

  test.each<[keyof Settings, unknown]>([
    ['actor', 'x'.repeat(200)],
    ['witnessQuorum', 16],
    ['resultsTopic', 'x'.repeat(249)],
    ['group', 'x'.repeat(200)],
    ['http', 'host:12345'],
    ['workers', 256],
    ['clockJumpLimitDays', 36_500],
  ])('%s: %j can just be', (name, value) => {
    expect(resolveSettings({ [name]: value }, {}, null).settings[name]).toBe(value);
  });

  test('a file that holds no object, or a setting that is none', () => {
    const noObject = { code: 'ConfigInvalid', message: 'the settings file holds no object', at: { file: 'f.yaml' } };
    expect([inFile([]), inFile('text')]).toEqual([noObject, noObject]);
    expect(inFile({ actr: 'x' })).toEqual({
      code: 'ConfigInvalid',
      message: 'there is no setting actr: did you mean actor?',
      at: { file: 'f.yaml', path: 'actr' },
    });
    expect(inFile({ toString: 'x' })).toMatchObject({ at: { path: 'toString' } });
  });

  test.each([
    [
      { allocationsTopic: 'sleeve-results.v1' },
      'resultsTopic (from default) and allocationsTopic (from flag)',
      'sleeve-results.v1',
      'allocationsTopic',
    ],
    [
      { resultsTopic: 'allocations.v1' },
      'resultsTopic (from flag) and allocationsTopic (from default)',
      'allocations.v1',
      'allocationsTopic',
    ],
    [
      { backtestResultsTopic: 'backtest_jobs_v1', backtestJobsTopic: 'backtest_jobs.v1' },
      'backtestJobsTopic (from flag) and backtestResultsTopic (from flag)',
      'backtest_jobs_v1',
      'backtestResultsTopic',
    ],
    [
      { deadLettersTopic: 'x', backtestResultsTopic: 'x' },
      'deadLettersTopic (from flag) and backtestResultsTopic (from flag)',
      'x',
      'backtestResultsTopic',
    ],
  ])('one topic for two kinds of messages: %j', (flags, both, topic, path) => {
    const { code, message, at } = refused(flags);
    expect({ code, message, at }).toEqual({
      code: 'ConfigInvalid',
      message: `${both} are the topic ${topic}: each needs one of its own`,
      at: { path },
    });
  });
});

describe('files beside a store', () => {
  test.each([
    ['/var/ledger.sqlite', false, '/var/ledger.sqlite'],
    ['C:\\ledger', false, 'C:\\ledger'],
    ['esdb://host:2113', true, 'esdb-host-2113'],
    ['esdb://admin:secret@host:2113?tls=false', true, 'esdb-host-2113'],
    ['esdb+discover://a.example:1,b.example:2/?tls=true', true, 'esdb+discover-a.example-1-b.example-2'],
    ['esdb://[::1]:2113', true, 'esdb--1-2113'],
    ['esdb://host?ledger=desk&tls=false', true, 'esdb-host-desk'],
    ['esdb://host?tls=false&ledger=desk/2', true, 'esdb-host-desk-2'],
    // Perhaps half a password: no host is named.
    ['esdb://admin:sec@ret@host', true, 'esdb-'],
    ['esdb:/admin:secret@host', true, 'esdb-'],
    ['kafka:host', true, 'kafka-'],
    ['postgres://host/name', true, 'postgres-'],
  ])('%s', (store, server, beside) => {
    expect([isServer(store), besideStore(store)]).toEqual([server, beside]);
    expect(letterKeyFileOf(store)).toBe(`${beside}.letter-keys`);
    expect(cacheFolder({ cache: null, store })).toBe(`${beside}.cache`);
    expect(cacheFolder({ cache: 'elsewhere', store })).toBe('elsewhere');
  });

  test('a location is shown without what lets somebody in', () => {
    expect([redacted('esdb://admin:secret@host'), redacted('ledger.sqlite')]).toEqual(['esdb://admin:***@host', 'ledger.sqlite']);
  });
});
