/** CloudEvents 1.0 over HTTP, in the three content modes of its binding. */
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { PostedMessage } from '../../handlers/intake/posting.ts';
import { parseStrictJson } from '../../handlers/messages/strict-json.ts';
import type { ApiRequest } from '../ports/ports.ts';

export const structuredType = 'application/cloudevents+json';
export const batchType = 'application/cloudevents-batch+json';

/** What a request carries. */
export interface PostedEvents {
  readonly messages: readonly PostedMessage[];
  /** Whether it is a batch, and is answered as one. */
  readonly batched: boolean;
}

function invalid(message: string, path: string, cause?: unknown): LedgerError {
  return new LedgerError('RequestInvalid', message, { at: { path }, cause });
}

/**
 * An attribute in a header of HTTP: what is no printable ASCII, and quotes, blanks and per cent signs, are percent-encoded, and some
 * senders put the whole in quotes. Errors: RequestInvalid.
 */
function attributeIn(name: string, header: string): string {
  const text = /^"(?<quoted>.*)"$/s.exec(header)?.groups?.['quoted']?.replaceAll(/\\(.)/gs, '$1') ?? header;
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch (cause) {
    throw invalid(`${name}: its percent-encoding is not UTF-8`, name, cause);
  }
}

/** One event: whole in the body, or its data there and its attributes in headers. */
function single({ headers, body }: ApiRequest, mode: 'structured' | 'binary'): PostedMessage {
  const attributes = Object.entries(headers).flatMap(([name, text]) =>
    mode === 'binary' && name.startsWith('ce-') && text !== undefined
      ? [[`ce_${name.slice('ce-'.length)}`, attributeIn(name, text)] as const]
      : [],
  );
  const { 'content-type': contentType, traceparent } = headers;
  return {
    value: body,
    headers: {
      ...Object.fromEntries(attributes),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
}

/** Each event of a batch as if it had come alone: the same numbers, in the one text that they have. */
function batch({ body }: ApiRequest): readonly PostedMessage[] {
  let events: unknown;
  try {
    events = parseStrictJson(body);
  } catch (cause) {
    throw invalid(`the batch cannot be read: ${(cause as Error).message}`, 'body', cause);
  }
  if (!Array.isArray(events)) throw invalid('a batch is a list of CloudEvents', 'body');
  if (events.length > limits.postedTogetherMax)
    throw new LedgerError(
      'LimitExceeded',
      `the batch has ${events.length} events, at most ${limits.postedTogetherMax} are taken together`,
      {
        evidence: { found: events.length, max: limits.postedTogetherMax },
      },
    );
  const encoder = new TextEncoder();
  return events.map((event: object) => ({ value: encoder.encode(canonicalJson(event)), headers: { 'content-type': structuredType } }));
}

/**
 * The CloudEvents of a request. Whether an event is right is not asked here: one that is wrong is judged like one that came by a broker.
 * Errors: RequestInvalid for what is no CloudEvent in any mode, and for a batch that is no list; LimitExceeded.
 */
export function cloudEventsOf(request: ApiRequest): PostedEvents {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType === batchType) return { messages: batch(request), batched: true };
  if (mediaType.startsWith('application/cloudevents')) return { messages: [single(request, 'structured')], batched: false };
  if (request.headers['ce-specversion'] !== undefined) return { messages: [single(request, 'binary')], batched: false };
  throw invalid(`neither content-type: ${structuredType} or ${batchType}, nor the header ce-specversion of binary mode`, 'content-type');
}
