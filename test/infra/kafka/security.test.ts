import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import { makeCertificates } from '../../support/kafka/certificates.ts';
import { sharedKafka } from '../../support/kafka/cluster.ts';
import { recordingLog, newTopic, numbered, numbersOf, startMember } from '../../support/kafka/members.ts';
import { until } from '../../support/kafka/ready.ts';
import { defaultTuning } from '../../../infra/kafka/tuning.ts';
import { needs } from '../../support/needs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const describeWithKafka = needs('kafka', 'openssl').describe;

jest.setTimeout(60_000);

const directory = temporaryDirectory();

/** The error with which each side ends, and everything that was logged or thrown, as text. */
async function refusalsOf(text: string): Promise<{ codes: unknown[]; shownText: string; ms: number }> {
  const started = performance.now();
  const { log, lines } = recordingLog();
  const broker = openKafka(parseKafkaConnection(text), { log, tuning: { sendMsMax: 3_000 } });
  const member = startMember(text, { topic: 'any', group: 'any' }, { goneMsMax: 3_000 });
  const errors = [await broker.sink.send('any', numbered(1, 1)).catch((error: unknown) => error), await member.ended];
  await Promise.all([broker.close(), member.stop()]);
  return {
    codes: errors.map((error) => (error as { code: unknown }).code),
    shownText: inspect([errors, lines, member.lines], { depth: 9 }),
    ms: performance.now() - started,
  };
}

describeWithKafka('a broker with TLS, client certificates and logins', () => {
  const shared = sharedKafka({ tls: 'mutual', sasl: 'scram-sha-512' });
  const connection = (change: (text: string) => string = (text) => text): string => change(shared.kafka.connectionString);

  test.each(['scram-sha-512', 'scram-sha-256', 'plain'])('takes and gives messages after a login by %s', async (mechanism) => {
    const topic = await newTopic(shared.broker, 1);
    const text = connection((whole) => whole.replace('scram-sha-512', mechanism));
    const { log, lines } = recordingLog();
    const broker = openKafka(parseKafkaConnection(text), { log });
    await broker.sink.send(topic, numbered(3, 1));
    await broker.close();
    const member = startMember(text, { topic, group: topic });
    await until('all have arrived', () => member.received.length === 3);
    await member.stop();
    expect(numbersOf(member.received)).toEqual([0, 1, 2]);
    expect(inspect([lines, member.lines], { depth: 9 })).not.toMatch(/p@ss|p%40ss/);
  });

  test.each([
    ['scram-sha-512', 'wrong-password'],
    ['plain', 'wrong-password'],
  ])('refuses a wrong password by %s at once, and nobody repeats it', async (mechanism, password) => {
    const { codes, shownText, ms } = await refusalsOf(
      connection((text) => text.replace(/:[^:@]*@/, `:${password}@`).replace('scram-sha-512', mechanism)),
    );
    expect(codes).toEqual(['BrokerRefused', 'BrokerRefused']);
    expect(shownText).not.toContain(password);
    // Repeating goes on for `sendMsMax`.
    expect(ms).toBeLessThan(defaultTuning.sendMsMax / 2);
  });

  test('is not believed when another authority than the one named has signed it', async () => {
    const folder = join(directory, 'strangers');
    mkdirSync(folder);
    const stranger = makeCertificates(folder);
    const { codes } = await refusalsOf(connection((text) => text.replace(/ca=[^&]*/, `ca=${encodeURIComponent(stranger.ca)}`)));
    expect(codes).toEqual(['BrokerRefused', 'BrokerRefused']);
  });

  test('is not believed on the authorities of Node alone', async () => {
    const { codes } = await refusalsOf(connection((text) => text.replace(/ca=[^&]*&/, '')));
    expect(codes).toEqual(['BrokerRefused', 'BrokerRefused']);
  });

  test('refuses a client without a certificate', async () => {
    const { codes } = await refusalsOf(connection((text) => text.replace(/&cert=[^&]*&key=[^&]*/, '')));
    expect(codes).toEqual(['BrokerRefused', 'BrokerRefused']);
  });

  test('understands nobody who speaks without TLS', async () => {
    const { codes } = await refusalsOf(`kafka://${shared.kafka.brokers.join(',')}?tls=false`);
    expect(codes).toEqual(['BrokerUnavailable', 'BrokerUnavailable']);
  });
});
