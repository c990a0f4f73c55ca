import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { NoAnswer, translated, verdictOf } from '../../../infra/kafka/failures.ts';

const protocol = (type: string, retriable: boolean): Error =>
  new kafkajs.KafkaJSProtocolError(Object.assign(new Error(`said ${type}`), { type, code: 1, retriable }));
const connection = (code: string): Error => new kafkajs.KafkaJSConnectionError('Connection error', { broker: 'b:1', code });
// Their types declare no argument, their constructors take one.
const LoginError: new (said: string) => Error = kafkajs.KafkaJSSASLAuthenticationError;
const NotImplemented: new (said: string) => Error = kafkajs.KafkaJSNotImplemented;
const login = (said: string): Error => new LoginError(said);
/** As the library wraps what it gave up. */
const givenUp = (cause: Error): Error => new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 3, retryTime: 100 });

describe('what a failure of Kafka means', () => {
  test.each([
    ['a wrong password', login('SASL PLAIN authentication failed: Authentication failed'), 'BrokerRefused'],
    ['a connection lost while logging in', login('SASL PLAIN authentication failed: Connection closed by the server'), 'BrokerUnavailable'],
    ['a certificate of somebody else', connection('SELF_SIGNED_CERT_IN_CHAIN'), 'BrokerRefused'],
    ['a peer that speaks no TLS', connection('EPROTO'), 'BrokerRefused'],
    ['nobody at the port', connection('ECONNREFUSED'), 'BrokerUnavailable'],
    ['no permission', protocol('TOPIC_AUTHORIZATION_FAILED', false), 'BrokerRefused'],
    ['no permission, given up after retries', givenUp(protocol('GROUP_AUTHORIZATION_FAILED', false)), 'BrokerRefused'],
    ['too large a message', protocol('MESSAGE_TOO_LARGE', false), 'BrokerRefused'],
    ['too few replicas in sync', givenUp(protocol('NOT_ENOUGH_REPLICAS', true)), 'BrokerUnavailable'],
    ['a broker that has a bad moment', protocol('UNKNOWN', false), 'BrokerUnavailable'],
    ['an unknown topic', givenUp(protocol('UNKNOWN_TOPIC_OR_PARTITION', true)), 'TopicMissing'],
    [
      'topics that could not be made',
      new kafkajs.KafkaJSAggregateError('Topic creation errors', [protocol('INVALID_REPLICATION_FACTOR', false)] as Error[]),
      'BrokerRefused',
    ],
    ['a codec that is not read', new NotImplemented('Snappy compression not implemented'), 'BrokerRefused'],
    ['a fault in the library', new TypeError("Cannot read property 'brokers' of null"), 'BrokerUnavailable'],
    ['no answer', new NoAnswer('no answer in time'), 'BrokerUnavailable'],
    ['what is not an error', 'gone', 'BrokerUnavailable'],
  ])('%s', (_, error, code) => {
    const translatedError = translated(error, { brokers: 'b:1', topic: 'results' });
    expect(translatedError.code).toBe(code);
    expect(translatedError.evidence).toMatchObject({ brokers: 'b:1', topic: 'results' });
    expect(translatedError.cause).toBe(error);
  });

  test.each(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'NOT_COORDINATOR_FOR_GROUP'])(
    '%s is of the group, not of the brokers',
    (type) => {
      expect(verdictOf(protocol(type, false))).toBe('membership');
    },
  );

  test('keeps what is in our words already', () => {
    const error = new LedgerError('TopicMissing', 'no such topic');
    expect(translated(error, { brokers: 'b:1' })).toBe(error);
  });
});
