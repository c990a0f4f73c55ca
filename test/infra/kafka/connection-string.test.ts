import { inspect } from 'node:util';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const file = join(directory, 'a file.pem');
writeFileSync(file, 'certificate');
const path = encodeURIComponent(file);

function refusalOf(text: string): LedgerError {
  try {
    parseKafkaConnection(text);
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

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
    expect(settings.tls?.client?.key.toString()).toBe('certificate');
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
    ['another scheme', 'https://secret@broker:9092'],
    ['no host', 'kafka://'],
    ['a host without a port', 'kafka://ledger:secret@broker?mechanism=plain'],
    ['a port beyond 65535', 'kafka://broker:70000'],
    ['TLS off on a network', 'kafka://ledger:secret@kafka:9092?tls=false&mechanism=plain'],
    ['TLS off on one of several', 'kafka://127.0.0.1:9092,kafka:9092?tls=false'],
    ['a name that only looks like loopback', 'kafka://localhost.example.com:9092?tls=false'],
    ['TLS neither on nor off', 'kafka://localhost:9092?tls=no'],
    ['certificates without TLS', `kafka://localhost:9092?tls=false&ca=${path}`],
    ['a certificate without its key', `kafka://broker:9092?cert=${path}`],
    ['a user without a mechanism', 'kafka://ledger:secret@broker:9092'],
    ['a user without a password', 'kafka://ledger@broker:9092?mechanism=plain'],
    ['a mechanism without a user', 'kafka://broker:9092?mechanism=plain'],
    ['an unknown mechanism', 'kafka://ledger:secret@broker:9092?mechanism=gssapi'],
    ['an unknown option', 'kafka://ledger:secret@broker:9092?password=secret'],
    ['an option without a value', 'kafka://broker:9092?ca='],
    ['an option said twice', 'kafka://broker:9092?tls=true&tls=false'],
    ['a broken escape', 'kafka://ledger:secret%zz@broker:9092?mechanism=plain'],
  ])('is refused with %s, naming the setting and no secret', (_, text) => {
    const refusal = refusalOf(text);
    expect(refusal.code).toBe('ConfigInvalid');
    expect(refusal.at.path).toBe('kafka');
    expect(inspect(refusal)).not.toContain('secret');
  });

  test('names the file that is not there', () => {
    expect(refusalOf('kafka://broker:9092?ca=/no/such/file').code).toBe('FileMissing');
  });
});
