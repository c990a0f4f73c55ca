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

const messages: Readonly<Record<string, (said: string) => string>> = {
  BrokerRefused: (said) => `the Kafka brokers at b:1 refused: ${said}`,
  BrokerUnavailable: (said) => `the Kafka brokers at b:1 are not available: ${said}`,
  TopicMissing: () => 'the Kafka brokers at b:1 know no topic results',
};

/** The type of the protocol's error in it, if there is one. */
function typeOf(error: unknown): string | undefined {
  const { type, cause, errors } = (error ?? {}) as { type?: string; cause?: unknown; errors?: readonly unknown[] };
  if (type !== undefined) return type;
  const inner = cause ?? errors?.[0];
  return inner === undefined ? undefined : typeOf(inner);
}

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
    ['a certificate that ended', connection('CERT_HAS_EXPIRED'), 'BrokerRefused'],
    ['an authority that is not known', connection('UNABLE_TO_GET_ISSUER_CERT'), 'BrokerRefused'],
    ['a certificate that signs itself', connection('DEPTH_ZERO_SELF_SIGNED_CERT'), 'BrokerRefused'],
    ['another host', connection('HOSTNAME_MISMATCH'), 'BrokerRefused'],
    ['what is no authority', connection('INVALID_CA'), 'BrokerRefused'],
    ['another name', connection('ERR_TLS_CERT_ALTNAME_INVALID'), 'BrokerRefused'],
    ['another version of TLS', connection('ERR_SSL_WRONG_VERSION_NUMBER'), 'BrokerRefused'],
    ['a code that ends like that of a certificate', connection('NO_CERT_'), 'BrokerUnavailable'],
    ['a connection without a code', connection(''), 'BrokerUnavailable'],
    ['a login that timed out', login('Request SaslAuthenticate timed out'), 'BrokerUnavailable'],
    ['a login without a connection', login('Not connected'), 'BrokerUnavailable'],
    ['a broker that is not there', protocol('BROKER_NOT_AVAILABLE', false), 'BrokerUnavailable'],
    ['another controller', protocol('STALE_CONTROLLER_EPOCH', false), 'BrokerUnavailable'],
    ['a code that the library does not know', protocol('KAFKAJS_UNKNOWN_ERROR_CODE', false), 'BrokerUnavailable'],
    [
      'a cause behind a cause',
      new Error('x', { cause: new Error('y', { cause: protocol('INVALID_TOPIC_EXCEPTION', false) }) }),
      'BrokerRefused',
    ],
    ['nothing at all', null, 'BrokerUnavailable'],
  ])('%s', (_, error, code) => {
    const said = error instanceof Error ? error.message : String(error);
    const translatedError = translated(error, { brokers: 'b:1', topic: 'results' });
    expect([translatedError.code, translatedError.message]).toEqual([code, messages[code]!(said)]);
    expect(translatedError.evidence).toEqual({
      brokers: 'b:1',
      topic: 'results',
      said,
      ...(typeOf(error) === undefined ? {} : { type: typeOf(error) }),
    });
    expect(translatedError.cause).toBe(error);
  });

  test('a topic that nobody named is one of that name', () => {
    expect(translated(protocol('UNKNOWN_TOPIC_OR_PARTITION', true), { brokers: 'b:1' }).message).toBe(
      'the Kafka brokers at b:1 know no topic of that name',
    );
  });

  test('an error that is its own cause ends', () => {
    const circle: Error & { cause?: unknown } = new Error('round');
    circle.cause = circle;
    expect(verdictOf(circle)).toBe('unavailable');
  });

  test('the outermost that says something counts', () => {
    const outer = protocol('ILLEGAL_GENERATION', false);
    outer.cause = protocol('TOPIC_AUTHORIZATION_FAILED', false);
    expect(verdictOf(new Error('wrapped', { cause: outer }))).toBe('membership');
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
