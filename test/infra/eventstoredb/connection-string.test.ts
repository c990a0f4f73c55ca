import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { isEventStoreDbLocation, parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import { refusalOf } from '../../support/refusal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const file = join(temporaryDirectory(), 'an authority.pem');
writeFileSync(file, 'certificate');

const form = 'must have the form esdb://user:password@host:port?options';
const host = 'names a host that is not a name:port';
const notLoopback = 'turns TLS off, which is for loopback addresses only';
const option = 'has an option other than tls, tlsCAFile, connectionName, readModels, ledger';
const ledger = 'names a ledger by something else than a letter and at most 63 letters, digits and underscores';
const scheme = 'must begin with esdb:// or esdb+discover://';
const tls = 'must say tls=true or tls=false';

describe('the location of an EventStoreDB', () => {
  const plain = {
    endpoints: [{ address: 'one', port: 2113 }],
    discover: false,
    tls: true,
    rootCertificate: null,
    credentials: { username: 'u' },
    connectionName: null,
    ledger: null,
    readModels: null,
    shown: 'one:2113',
  };
  test.each<[string, object]>([
    ['esdb://u:p@one', {}],
    ['esdb://u:p@one/', {}],
    ['esdb://u:p@one?', {}],
    ['esdb://u:p@one/?&tls=true&', {}],
    ['esdb+discover://u:p@one', { discover: true }],
    ['esdb://u%40x:p@one:1', { credentials: { username: 'u@x' }, endpoints: [{ address: 'one', port: 1 }], shown: 'one:1' }],
    ['esdb://u:p@one:65535', { endpoints: [{ address: 'one', port: 65_535 }], shown: 'one:65535' }],
    [
      'esdb://u:p@One_1.x-2,[fe80::A9]:7',
      {
        endpoints: [
          { address: 'One_1.x-2', port: 2113 },
          { address: '[fe80::A9]', port: 7 },
        ],
        shown: 'One_1.x-2:2113,[fe80::A9]:7',
      },
    ],
    [
      'esdb://u:p@one?connectionName=a%20b&readModels=m.sqlite&ledger=Desk_2',
      { connectionName: 'a b', readModels: 'm.sqlite', ledger: 'Desk_2' },
    ],
    [`esdb://u:p@one?ledger=${'a'.repeat(64)}`, { ledger: 'a'.repeat(64) }],
    ['esdb://u:p@one?readModels=a=b', { readModels: 'a=b' }],
  ])('%s says where the server is', (text, expected) => {
    const settings = parseConnectionString(text);
    expect(settings).toEqual({ ...plain, ...expected });
    expect(settings.credentials.password).toBe('p');
    expect(inspect(settings)).not.toContain('password');
  });

  test('names a file of certificates', () => {
    expect(parseConnectionString(`esdb://u:p@one?tlsCAFile=${encodeURIComponent(file)}`).rootCertificate).toEqual(
      Buffer.from('certificate'),
    );
    const refusal = refusalOf(() => parseConnectionString('esdb://u:p@one?tlsCAFile=/no/such/file'));
    expect([refusal.code, refusal.message, refusal.at]).toEqual([
      'FileMissing',
      'the certificate file /no/such/file cannot be read',
      { file: '/no/such/file' },
    ]);
    expect(refusal.cause).toMatchObject({ code: 'ENOENT' });
  });

  test.each(['localhost', '127.0.0.1', '127.255.10.254', '[::1]'])('may turn TLS off on %s, and needs no user there', (address) => {
    const { tls: isTls, credentials } = parseConnectionString(`esdb://${address}?tls=false`);
    expect([isTls, credentials.username, credentials.password]).toEqual([false, 'nobody', '']);
  });

  test.each([
    ['esdb://u@one', ['u', '']],
    ['esdb://u:@one', ['u', '']],
    ['esdb://u:p%3A1@one', ['u', 'p:1']],
  ])('%s logs in', (text, who) => {
    const { credentials } = parseConnectionString(text);
    expect([credentials.username, credentials.password]).toEqual(who);
  });

  test.each([
    ['postgres://u:secret@one', scheme],
    [' esdb://u:secret@one', scheme],
    ['esdb+other://u:secret@one', scheme],
    ['esdb://', form],
    ['esdb://u:secret@one//', form],
    ['esdb://u:secret@one/folder', form],
    ['esdb://:secret@one', form],
    ['esdb://u:secret@one:x', host],
    ['esdb://u:secret@one:0', host],
    ['esdb://u:secret@one:65536', host],
    ['esdb://u:secret@one:002113', host],
    ['esdb://u:secret@one:2113x', host],
    ['esdb://u:secret@*one', host],
    ['esdb://u:secret@one*', host],
    ['esdb://u:secret@[]', host],
    ['esdb://u:secret@[::1', host],
    ['esdb://u:secret@[::g]', host],
    ['esdb://u:secret@one,', host],
    ['esdb://u:secret@one?tls=no', tls],
    ['esdb://u:secret@one?tls=false', notLoopback],
    ['esdb://127.0.0.1,one?tls=false', notLoopback],
    ['esdb+discover://127.0.0.1?tls=false', notLoopback],
    ['esdb://localhost.example.com?tls=false', notLoopback],
    ['esdb://my.localhost?tls=false', notLoopback],
    ['esdb://128.0.0.1?tls=false', notLoopback],
    ['esdb://127.0.0.1000?tls=false', notLoopback],
    ['esdb://127.0.1?tls=false', notLoopback],
    ['esdb://1127.0.0.1?tls=false', notLoopback],
    ['esdb://one', 'names no user, but a server with TLS needs one'],
    ['esdb://u:secret@one?keepAliveTimeout=1', option],
    ['esdb://u:secret@one?ledger=', option],
    ['esdb://u:secret@one?ledger', option],
    ['esdb://u:secret@one?ledger=1a', ledger],
    ['esdb://u:secret@one?ledger=a-b', ledger],
    ['esdb://u:secret@one?ledger=a.', ledger],
    [`esdb://u:secret@one?ledger=${'a'.repeat(65)}`, ledger],
    ['esdb://%zz:secret@one', 'has a user that is not percent-encoded text'],
    ['esdb://u:secret%zz@one', 'has a password that is not percent-encoded text'],
    ['esdb://u:secret@one?ledger=%zz', 'has a value that is not percent-encoded text'],
  ])('%s is refused, and no part of it is said', (text, why) => {
    const refusal = refusalOf(() => parseConnectionString(text));
    expect([refusal.code, refusal.at, refusal.message]).toEqual(['ConfigInvalid', { path: 'store' }, `the EventStoreDB location ${why}`]);
    expect(inspect(refusal)).not.toContain('secret');
  });

  test('is told by its scheme', () => {
    expect(['esdb://x', 'esdb+discover://x', 'xesdb://x', 'esdb:/x', 'ledger.sqlite'].map(isEventStoreDbLocation)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
