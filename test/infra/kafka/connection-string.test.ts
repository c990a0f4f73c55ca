import { inspect } from 'node:util';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { refusalOf } from '../../support/refusal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const file = join(directory, 'a file.pem');
writeFileSync(file, 'certificate');
const path = encodeURIComponent(file);

const form = 'must have the form kafka://user:password@host:port?options';
const host = 'names a host that is not a name:port';
const notLoopback = 'turns TLS off, which is for loopback addresses only';
const option = 'has an option other than tls, mechanism, ca, cert, key, clientId';
const mechanism = 'must name a mechanism with its user: mechanism=plain|scram-sha-256|scram-sha-512';

describe('a Kafka connection string', () => {
  test('names brokers, login and certificates', () => {
    const settings = parseKafkaConnection(
      `kafka://le%2Fdger:p%40ss%3A1@one.example.com:9093,` +
        `[::1]:9094?mechanism=scram-sha-512&ca=${path}&cert=${path}&key=${path}&clientId=intake`,
    );
    expect(settings.brokers).toEqual(['one.example.com:9093', '[::1]:9094']);
    expect(settings.sasl?.mechanism).toBe('scram-sha-512');
    expect(settings.sasl?.username).toBe('le/dger');
    expect(settings.sasl?.password).toBe('p@ss:1');
    expect(settings.tls?.ca?.toString()).toBe('certificate');
    expect(settings.tls?.client).toEqual({ certificate: Buffer.from('certificate'), key: Buffer.from('certificate') });
    expect(settings.clientId).toBe('intake');
    expect(settings.shown).toBe('one.example.com:9093,[::1]:9094');
  });

  test('means TLS, trusting whom Node trusts, unless it says otherwise', () => {
    expect(parseKafkaConnection('kafka://broker:9093').tls).toEqual({ ca: null, client: null });
    expect(parseKafkaConnection('kafka://broker:9093?tls=true').sasl).toBeNull();
    expect(parseKafkaConnection('kafka://localhost:9092,127.0.0.1:9093?tls=false').tls).toBeNull();
  });

  test('shows its password to nobody who prints it', () => {
    const settings = parseKafkaConnection('kafka://ledger:secret@localhost:9092?tls=false&mechanism=plain');
    expect(settings.sasl?.password).toBe('secret');
    for (const shown of [inspect(settings, { depth: 9 }), JSON.stringify(settings), settings.shown]) expect(shown).not.toContain('secret');
  });

  test.each([
    ['another scheme', 'https://secret@broker:9092', form],
    ['something before its scheme', ' kafka://broker:9092', form],
    ['no host', 'kafka://', form],
    ['two slashes behind its hosts', 'kafka://broker:9092//', form],
    ['a folder', 'kafka://broker:9092/folder', form],
    ['a user without a name', 'kafka://:secret@broker:9092?mechanism=plain', form],
    ['a user without a password', 'kafka://ledger@broker:9092?mechanism=plain', form],
    ['a host without a port', 'kafka://ledger:secret@broker?mechanism=plain', host],
    ['a host without a name', 'kafka://:9092', host],
    ['an address without an end', 'kafka://[::1:9092', host],
    ['an address of nothing', 'kafka://[]:9092', host],
    ['letters that no address has', 'kafka://[::g]:9092', host],
    ['a name with a star', 'kafka://bro*ker:9092', host],
    ['a name with a star before it', 'kafka://*broker:9092', host],
    ['a port that is no number', 'kafka://broker:kafka', host],
    ['something behind a port', 'kafka://broker:9092x', host],
    ['port 0', 'kafka://broker:0', host],
    ['a port beyond 65535', 'kafka://broker:65536', host],
    ['a port of six digits', 'kafka://broker:009092', host],
    ['one host of several without a port', 'kafka://broker:9092,other', host],
    ['TLS off on a network', 'kafka://ledger:secret@kafka:9092?tls=false&mechanism=plain', notLoopback],
    ['TLS off on one of several', 'kafka://127.0.0.1:9092,kafka:9092?tls=false', notLoopback],
    ['TLS off on another network than 127', 'kafka://128.0.0.1:9092?tls=false', notLoopback],
    ['a name that only looks like loopback', 'kafka://localhost.example.com:9092?tls=false', notLoopback],
    ['a name that ends like loopback', 'kafka://my.localhost:9092?tls=false', notLoopback],
    ['a name that begins like an address', 'kafka://127.0.0.1.example.com:9092?tls=false', notLoopback],
    ['a name that ends like an address', 'kafka://x127.0.0.1:9092?tls=false', notLoopback],
    ['parts of four digits', 'kafka://127.0.0.1000:9092?tls=false', notLoopback],
    ['TLS neither on nor off', 'kafka://localhost:9092?tls=no', 'must say tls=true or tls=false'],
    ['an authority without TLS', `kafka://localhost:9092?tls=false&ca=${path}`, 'names certificates although it turns TLS off'],
    [
      'a certificate without TLS',
      `kafka://localhost:9092?tls=false&cert=${path}&key=${path}`,
      'names certificates although it turns TLS off',
    ],
    ['a certificate without its key', `kafka://broker:9092?cert=${path}`, 'must name cert and key together, or neither'],
    ['a key without its certificate', `kafka://broker:9092?key=${path}`, 'must name cert and key together, or neither'],
    ['a user without a mechanism', 'kafka://ledger:secret@broker:9092', mechanism],
    ['an unknown mechanism', 'kafka://ledger:secret@broker:9092?mechanism=gssapi', mechanism],
    ['a mechanism without a user', 'kafka://broker:9092?mechanism=plain', 'names a mechanism but no user and password'],
    ['an unknown option', 'kafka://ledger:secret@broker:9092?password=secret', option],
    ['an option without a value', 'kafka://broker:9092?ca=', option],
    ['a word instead of an option', 'kafka://broker:9092?tls', option],
    ['an option said twice', 'kafka://broker:9092?tls=true&tls=false', 'says tls twice'],
    ['a broken escape in a user', 'kafka://led%zz:secret@broker:9092?mechanism=plain', 'has a user that is not percent-encoded text'],
    [
      'a broken escape in a password',
      'kafka://ledger:secret%zz@broker:9092?mechanism=plain',
      'has a password that is not percent-encoded text',
    ],
    ['a broken escape in a value', 'kafka://broker:9092?clientId=%zz', 'has a value that is not percent-encoded text'],
  ])('is refused with %s, naming the setting and no secret', (_, text, why) => {
    const refusal = refusalOf(() => parseKafkaConnection(text));
    expect([refusal.code, refusal.at, refusal.message]).toEqual(['ConfigInvalid', { path: 'kafka' }, `the Kafka connection ${why}`]);
    expect(inspect(refusal)).not.toContain('secret');
  });

  test.each([
    ['kafka://broker:1', ['broker:1']],
    ['kafka://broker:65535/', ['broker:65535']],
    ['kafka://Broker_1.example-2.com:9092?', ['Broker_1.example-2.com:9092']],
    ['kafka://[fe80::A9]:09092/?&', ['[fe80::A9]:9092']],
    ['kafka://[2001:DB8::1]:9092,b:2', ['[2001:DB8::1]:9092', 'b:2']],
  ])('%s names its brokers', (text, brokers) => {
    expect(parseKafkaConnection(text)).toEqual({
      brokers,
      tls: { ca: null, client: null },
      sasl: null,
      clientId: 'sleeve-ledger',
      shown: brokers.join(','),
    });
  });

  test.each(['localhost', '127.0.0.1', '127.255.10.254', '[::1]'])('may turn TLS off on %s', (address) => {
    expect(parseKafkaConnection(`kafka://${address}:9092?tls=false`).tls).toBeNull();
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('logs in by %s, also with an empty password', (named) => {
    const { sasl } = parseKafkaConnection(`kafka://ledger:@broker:9092?mechanism=${named}`);
    expect([sasl, sasl?.password]).toEqual([{ mechanism: named, username: 'ledger' }, '']);
  });

  test('names the file that is not there', () => {
    const refusal = refusalOf(() => parseKafkaConnection('kafka://broker:9092?ca=/no/such/file'));
    expect([refusal.code, refusal.at, refusal.message]).toEqual([
      'FileMissing',
      { file: '/no/such/file' },
      'the file /no/such/file of the Kafka connection cannot be read',
    ]);
    expect(refusal.cause).toMatchObject({ code: 'ENOENT' });
  });
});
