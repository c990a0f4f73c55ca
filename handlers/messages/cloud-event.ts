import { CloudEvent, Kafka } from 'cloudevents';
import { isObject } from '../../domain/manifest/values.ts';
import { type Json, type JsonObject, canonicalJson } from '../../domain/shared/canonical-json.ts';
import type { MessageToSend } from '../ports/ports.ts';
import { parseStrictJson, refuseMessage } from './strict-json.ts';

/** Headers that say what the bytes are (CloudEvents 1.0, Kafka protocol binding, content modes); all others are left aside. */
const attributeHeaders = ['ce_specversion', 'ce_type', 'ce_source', 'ce_id', 'ce_subject', 'ce_time', 'ce_dataschema', 'ce_traceparent'];
const keptHeaders: ReadonlySet<string> = new Set(['content-type', 'traceparent', ...attributeHeaders]);
const headerCharsMax = 1_024;

/** The headers concerned as text, by lower-case name. One that is too long, or no UTF-8, is none. */
export function headersOf(headers: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [written, bytes] of Object.entries(headers)) {
    const name = written.toLowerCase();
    if (!keptHeaders.has(name) || bytes.length > headerCharsMax) continue;
    const text = new TextDecoder().decode(bytes);
    if (!text.includes('\uFFFD')) kept[name] = text;
  }
  return kept;
}

export interface IncomingEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | null;
  /** What the sender keeps together and in order (CloudEvents extension `partitionkey`): a broker has it as the key of the message. */
  readonly partitionKey: string | null;
  /** W3C trace context of the sender. */
  readonly traceparent: string | null;
  readonly data: Json;
}

type Headers = Readonly<Record<string, string>>;

/** Structured mode: the value is the whole event. */
function structured(value: Uint8Array): { readonly attributes: JsonObject; readonly data: Json } {
  const event = parseStrictJson(value);
  if (!isObject(event)) return refuseMessage('a CloudEvent is an object');
  const { data, ...attributes } = event;
  if ('data_base64' in attributes) refuseMessage('the data must be JSON', 'data_base64');
  return { attributes, data: data === undefined ? refuseMessage('missing', 'data') : data };
}

/** Binary mode: attributes are headers, the value is the data. */
function binary(value: Uint8Array, headers: Headers): { readonly attributes: JsonObject; readonly data: Json } {
  const attributes: Record<string, Json> = {};
  for (const name of attributeHeaders) if (headers[name] !== undefined) attributes[name.slice('ce_'.length)] = headers[name];
  const contentType = headers['content-type'];
  if (contentType !== undefined) attributes['datacontenttype'] = contentType;
  return { attributes, data: parseStrictJson(value) };
}

const jsonMediaType = /^application\/(?:[a-z0-9.+-]*\+)?json(?:\s*;.*)?$/i;

/** The library fills in what is missing, an id by chance among it: what the specification requires is asked for first. */
function textAttribute(attributes: JsonObject, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' && value !== ''
    ? value
    : refuseMessage(value === undefined ? 'missing' : 'must be a text that is not empty', name);
}

function assertValid(attributes: JsonObject): void {
  for (const name of ['id', 'source', 'type']) textAttribute(attributes, name);
  const version = textAttribute(attributes, 'specversion');
  if (version !== '1.0') refuseMessage(`CloudEvents ${version} is not read here, only 1.0`, 'specversion');
  const mediaType = attributes['datacontenttype'] ?? 'application/json';
  if (typeof mediaType !== 'string' || !jsonMediaType.test(mediaType))
    refuseMessage('the data must be application/json', 'datacontenttype');
  try {
    void new CloudEvent({ ...attributes, data: null });
  } catch (error) {
    refuseMessage(`no CloudEvent: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

function optionalText(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Reads a CloudEvent 1.0 from a Kafka message, structured or binary. Errors: MessageInvalid. */
export function readCloudEvent(value: Uint8Array | null, headers: Headers): IncomingEvent {
  if (value === null) return refuseMessage('the message has no value');
  const isStructured = headers['content-type']?.toLowerCase().startsWith('application/cloudevents') === true;
  if (!isStructured && headers['ce_specversion'] === undefined) {
    refuseMessage('neither the header content-type: application/cloudevents+json (structured mode) nor ce_specversion (binary mode)');
  }
  if (isStructured && !/^application\/cloudevents\+json(?:\s*;.*)?$/i.test(headers['content-type']!))
    refuseMessage(`${headers['content-type']} is not read here`, 'content-type');
  const { attributes, data } = isStructured ? structured(value) : binary(value, headers);
  assertValid(attributes);
  return {
    id: attributes['id'] as string,
    source: attributes['source'] as string,
    type: attributes['type'] as string,
    subject: optionalText(attributes['subject']),
    partitionKey: optionalText(attributes['partitionkey']),
    traceparent: optionalText(attributes['traceparent']) ?? headers['traceparent'] ?? null,
    data,
  };
}

export interface EventToWrite {
  /** Derived, so that the same fact sent twice is known by its id. */
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** Of the fact, as the ledger recorded it. */
  readonly time: string;
  readonly subject?: string;
  /** Orders events of one subject, as text too (CloudEvents extension `sequence`). */
  readonly sequence?: string;
  readonly traceparent?: string;
}

/** A CloudEvent 1.0 in structured mode. The data are written in canonical form. */
export function writeCloudEvent(attributes: EventToWrite, data: object, key: string | null): MessageToSend {
  const event = new CloudEvent<unknown>({
    specversion: '1.0',
    datacontenttype: 'application/json',
    ...attributes,
    data: JSON.parse(canonicalJson(data)) as unknown,
  });
  const { value, headers } = Kafka.structured(event);
  return { key, value: new TextEncoder().encode(value), headers: { 'content-type': (headers as Record<string, string>)['content-type']! } };
}
