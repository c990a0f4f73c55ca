import kafkajs from 'kafkajs';
import { LedgerError } from '../../domain/shared/errors.ts';

/** What a failure means: the brokers said no, they know no such topic, the group has moved on, or nobody can tell. */
export type Verdict = 'refused' | 'topic_missing' | 'membership' | 'unavailable';

/** A time limit of this adapter has passed. */
export class NoAnswer extends Error {}

const membershipTypes = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'NOT_COORDINATOR_FOR_GROUP']);
/** The library takes these for final; a broker that starts or has a bad moment says them. */
const passingTypes = new Set(['UNKNOWN', 'BROKER_NOT_AVAILABLE', 'STALE_CONTROLLER_EPOCH', 'KAFKAJS_UNKNOWN_ERROR_CODE']);
/** Codes of OpenSSL and Node for a certificate that does not hold, and for a peer that speaks no TLS. */
const tlsCode = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_|ERR_SSL_|EPROTO)/;
/** A connection lost in the middle of a login is reported by the library as a login refused. */
const lostInLogin = /closed|timed out|not connected/i;

/** An error, what caused it and what it gathers, the outermost first. */
function withCauses(error: unknown): unknown[] {
  const found = [error];
  // Grows while it is walked.
  for (const current of found) {
    const { cause, errors } = (current ?? {}) as { cause?: unknown; errors?: unknown };
    for (const inner of [cause, ...(Array.isArray(errors) ? errors : [])])
      if (inner !== undefined && inner !== null && !found.includes(inner)) found.push(inner);
  }
  return found;
}

function verdictOn(error: unknown): Verdict | null {
  if (error instanceof kafkajs.KafkaJSSASLAuthenticationError) return lostInLogin.test(error.message) ? 'unavailable' : 'refused';
  if (error instanceof kafkajs.KafkaJSConnectionError)
    return tlsCode.test((error as { code?: string }).code ?? '') ? 'refused' : 'unavailable';
  // Compressed by a codec that isn't read: it will not be read next time either.
  if (error instanceof kafkajs.KafkaJSNotImplemented) return 'refused';
  if (!(error instanceof kafkajs.KafkaJSProtocolError)) return null;
  if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION') return 'topic_missing';
  if (membershipTypes.has(error.type)) return 'membership';
  return error.retriable || passingTypes.has(error.type) ? 'unavailable' : 'refused';
}

export function verdictOf(error: unknown): Verdict {
  return (
    withCauses(error)
      .map(verdictOn)
      .find((verdict) => verdict !== null) ?? 'unavailable'
  );
}

/** The failure as a registered error. The library's texts name hosts, topics and reasons, never a password. */
export function translated(error: unknown, at: { readonly brokers: string; readonly topic?: string }): LedgerError {
  if (error instanceof LedgerError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const type = withCauses(error).find((one) => one instanceof kafkajs.KafkaJSProtocolError)?.type;
  const detail = { evidence: { ...at, said, ...(type === undefined ? {} : { type }) }, cause: error };
  const verdict = verdictOf(error);
  if (verdict === 'topic_missing')
    return new LedgerError('TopicMissing', `the Kafka brokers at ${at.brokers} know no topic ${at.topic ?? 'of that name'}`, detail);
  if (verdict === 'refused') return new LedgerError('BrokerRefused', `the Kafka brokers at ${at.brokers} refused: ${said}`, detail);
  return new LedgerError('BrokerUnavailable', `the Kafka brokers at ${at.brokers} are not available: ${said}`, detail);
}
