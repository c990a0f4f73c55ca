/** Each refusal of a CloudEvent in its words and with its place, and each boundary from both sides. */
import { describe, expect, test } from '@jest/globals';
import { headersOf, readCloudEvent, writeCloudEvent } from '../../../handlers/messages/cloud-event.ts';
import { refusalOf } from '../../support/refusal.ts';
import { structuredText } from '../../support/sleeve-results.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const inStructured = { 'content-type': 'application/cloudevents+json' };
const inBinary = { ce_specversion: '1.0', ce_type: 't', ce_source: '/desk', ce_id: '1' };

function refused(text: string | null, headers: Readonly<Record<string, string>>): readonly [string, string, string | undefined] {
  const { code, message, at } = refusalOf(() => readCloudEvent(text === null ? null : bytes(text), headers));
  return [code, message, at.path];
}

const event = (attributes: object): string =>
  JSON.stringify({ specversion: '1.0', id: '1', source: '/a', type: 't', data: 1, ...attributes });

describe('refused is', () => {
  test.each<[string, string | null, Readonly<Record<string, string>>, string, string | undefined]>([
    ['a message without a value', null, inStructured, 'the message has no value', undefined],
    [
      'one of neither mode',
      '{}',
      { 'content-type': 'application/json' },
      'neither the header content-type: application/cloudevents+json (structured mode) nor ce_specversion (binary mode)',
      undefined,
    ],
    [
      'a batch',
      '[]',
      { 'content-type': 'application/cloudevents-batch+json' },
      'content-type: application/cloudevents-batch+json is not read here',
      'content-type',
    ],
    [
      'another format of events',
      '',
      { 'content-type': 'application/cloudevents+avro' },
      'content-type: application/cloudevents+avro is not read here',
      'content-type',
    ],
    [
      'a type that only begins so',
      '',
      { 'content-type': 'application/cloudevents+jsonx' },
      'content-type: application/cloudevents+jsonx is not read here',
      'content-type',
    ],
    ['a list', '[]', inStructured, 'a CloudEvent is an object', undefined],
    ['binary data', event({ data_base64: 'AA==' }), inStructured, 'data_base64: the data must be JSON', 'data_base64'],
    ['an event without data', '{"specversion":"1.0","id":"1","source":"/a","type":"t"}', inStructured, 'data: missing', 'data'],
    ['one without an id', event({ id: undefined }), inStructured, 'id: missing', 'id'],
    ['one with an empty id', event({ id: '' }), inStructured, 'id: must be a text that is not empty', 'id'],
    ['one with an empty source', event({ source: '' }), inStructured, 'source: must be a text that is not empty', 'source'],
    ['one with a number for a type', event({ type: 1 }), inStructured, 'type: must be a text that is not empty', 'type'],
    ['one without a version', event({ specversion: undefined }), inStructured, 'specversion: missing', 'specversion'],
    [
      'one of another version',
      event({ specversion: '1.1' }),
      inStructured,
      'specversion: CloudEvents 1.1 is not read here, only 1.0',
      'specversion',
    ],
    [
      'data that are no JSON',
      event({ datacontenttype: 'text/json' }),
      inStructured,
      'datacontenttype: the data must be application/json',
      'datacontenttype',
    ],
    [
      'data of a type that ends otherwise',
      event({ datacontenttype: 'application/json5' }),
      inStructured,
      'datacontenttype: the data must be application/json',
      'datacontenttype',
    ],
    [
      'data whose type begins otherwise',
      event({ datacontenttype: 'x application/json' }),
      inStructured,
      'datacontenttype: the data must be application/json',
      'datacontenttype',
    ],
    [
      'data of a type that is no text',
      event({ datacontenttype: 1 }),
      inStructured,
      'datacontenttype: the data must be application/json',
      'datacontenttype',
    ],
    ['binary mode without a source', '1', { ce_specversion: '1.0', ce_type: 't', ce_id: '1' }, 'source: missing', 'source'],
  ])('%s', (_, text, headers, why, path) => {
    expect(refused(text, headers)).toEqual(['MessageInvalid', why, path]);
  });

  test('what the library refuses, in the first line of its words', () => {
    const [code, message, path] = refused(event({ time: 'yesterday' }), inStructured);
    expect([code, path]).toEqual(['MessageInvalid', undefined]);
    expect(message).toMatch(/^no CloudEvent: .+$/);
    expect(message.split('\n').length).toBe(1);
  });
});

describe('read is', () => {
  test.each([
    'application/cloudevents+json',
    'application/cloudevents+json; charset=utf-8',
    'application/cloudevents+json;charset=utf-8',
    'Application/CloudEvents+JSON ; charset=UTF-8',
  ])('an event whose content type is %s', (contentType) => {
    expect(readCloudEvent(bytes(event({})), { 'content-type': contentType })).toEqual({
      id: '1',
      source: '/a',
      type: 't',
      subject: null,
      partitionKey: null,
      traceparent: null,
      data: 1,
    });
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/problem+json',
    'APPLICATION/JSON',
    'application/vnd.a-b.c+json;v=1',
  ])('data of the type %s, in either mode', (datacontenttype) => {
    expect(readCloudEvent(bytes(event({ datacontenttype })), inStructured).data).toBe(1);
    expect(readCloudEvent(bytes('1'), { ...inBinary, 'content-type': datacontenttype }).data).toBe(1);
  });

  test('every attribute of binary mode, and a trace from wherever it stands', () => {
    const whole = {
      ...inBinary,
      ce_subject: 's',
      ce_time: '2026-01-02T03:04:05Z',
      ce_dataschema: 'https://a/b',
      ce_traceparent: 'own',
      traceparent: 'other',
    };
    expect(readCloudEvent(bytes('[1]'), whole)).toEqual({
      id: '1',
      source: '/desk',
      type: 't',
      subject: 's',
      partitionKey: null,
      traceparent: 'own',
      data: [1],
    });
    expect(readCloudEvent(bytes('[1]'), { ...inBinary, traceparent: 'other' }).traceparent).toBe('other');
    expect(readCloudEvent(bytes(structuredText(1, { traceparent: 'own' })), { ...inStructured, traceparent: 'other' }).traceparent).toBe(
      'own',
    );
    // What is no text is no subject.
    expect(refused(event({ subject: 7 }), inStructured)[0]).toBe('MessageInvalid');
  });
});

describe('headers', () => {
  test('are kept that say what the bytes are, in lower case', () => {
    const names = [
      'content-type',
      'traceparent',
      'ce_specversion',
      'ce_type',
      'ce_source',
      'ce_id',
      'ce_subject',
      'ce_time',
      'ce_dataschema',
      'ce_traceparent',
    ];
    const given = Object.fromEntries(names.map((name) => [name.toUpperCase(), bytes(name)]));
    expect(headersOf({ ...given, ce_extension: bytes('x'), authorization: bytes('secret') })).toEqual(
      Object.fromEntries(names.map((name) => [name, name])),
    );
  });

  test('are none when they are too long, or no UTF-8', () => {
    expect(headersOf({ ce_id: bytes('x'.repeat(1_024)), ce_type: bytes('x'.repeat(1_025)), ce_source: Uint8Array.of(0x61, 0xff) })).toEqual(
      {
        ce_id: 'x'.repeat(1_024),
      },
    );
  });
});

test('what is written has its key, one header, and its data in canonical form', () => {
  const attributes = { id: '7', type: 't', source: '/ledger', time: '2026-01-02T03:04:05.678Z' };
  const { key, value, headers } = writeCloudEvent(attributes, { b: 1, a: 1.5e300 }, null);
  expect([key, headers]).toEqual([null, { 'content-type': 'application/cloudevents+json; charset=utf-8' }]);
  const text = new TextDecoder().decode(value);
  expect(text).toContain('"data":{"a":1.5e+300,"b":1}');
  expect(JSON.parse(text)).toEqual({ specversion: '1.0', datacontenttype: 'application/json', ...attributes, data: { a: 1.5e300, b: 1 } });
});
