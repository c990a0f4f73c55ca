import { describe, expect, test } from '@jest/globals';
import type { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { headersOf, readCloudEvent, writeCloudEvent } from '../../../handlers/messages/cloud-event.ts';
import { sleeveResultType } from '../../../handlers/messages/event-types.ts';
import { readSleeveResult } from '../../../handlers/messages/result-rules.ts';
import type { SleeveResult } from '../../../handlers/messages/sleeve-result.ts';
import { parseStrictJson } from '../../../handlers/messages/strict-json.ts';
import { sleeveResult, structuredText } from '../../support/sleeve-results.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(work: () => unknown): { readonly code: string; readonly message: string; readonly path: string | undefined } {
  try {
    work();
  } catch (error) {
    const { code, message, at } = error as LedgerError;
    return { code, message, path: at.path };
  }
  throw new Error('nothing was refused');
}

describe('strict JSON', () => {
  test('reads what JSON.parse reads', () => {
    const text = ' {"a":[1,-0.5e-3,true,null,"\\u0041\\"{"],"b":{"c":{}},"":"NaN [ {" } ';
    expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text));
  });

  test.each([
    ['no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), 'not UTF-8'],
    ['half a document', bytes('{"a":'), 'not JSON'],
    ['a string without end', bytes('{"a":"b'), 'a string has no end'],
    ['an escape that does not exist', bytes('{"\\q":1}'), 'an escape'],
    ['NaN', bytes('{"a":NaN}'), 'NaN is not a number'],
    ['Infinity', bytes('{"a":-Infinity}'), 'Infinity is not a number'],
    ['a number beyond the doubles', bytes('{"a":1e999}'), 'not a JSON number'],
    ['__proto__', bytes('{"a":{"__proto__":{"isAdmin":true}}}'), '__proto__'],
    ['__proto__ in escapes', bytes('{"\\u005f_proto__":1}'), '__proto__'],
    ['a member twice', bytes('{"a":1,"b":2,"a":3}'), 'appears twice'],
    ['a member twice in escapes', bytes('{"a":1,"\\u0061":3}'), 'appears twice'],
    ['a lone surrogate', bytes('{"a":"\\ud800"}'), 'lone surrogate'],
    [
      'more members than are read',
      bytes(`{${Array.from({ length: limits.jsonMembersMax + 1 }, (_, at) => `"${at}":0`).join(',')}}`),
      `more than ${limits.jsonMembersMax} members`,
    ],
    ['nesting of 10,000 lists', bytes('['.repeat(10_000) + ']'.repeat(10_000)), 'nested deeper'],
    ['nesting of 10,000 objects', bytes('{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)), 'nested deeper'],
    ['nothing', new Uint8Array(), 'not JSON'],
  ])('refuses %s', (_what, value, why) => {
    const { code, message } = refusal(() => parseStrictJson(value));
    expect({ code, message }).toEqual({ code: 'MessageInvalid', message: expect.stringContaining(why) });
  });

  test('looks at the nesting before it parses: the deepest that is allowed is read', () => {
    const deep = '['.repeat(limits.jsonDepthMax) + ']'.repeat(limits.jsonDepthMax);
    expect(() => parseStrictJson(bytes(deep))).not.toThrow();
    expect(refusal(() => parseStrictJson(bytes(`[${deep}]`))).message).toContain('nested deeper');
  });

  test('takes the same name in two objects for no repetition', () => {
    expect(parseStrictJson(bytes('[{"a":{"a":1}},{"a":2}]'))).toEqual([{ a: { a: 1 } }, { a: 2 }]);
  });
});

const structuredHeaders = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const binaryHeaders = {
  'content-type': 'application/json',
  ce_specversion: '1.0',
  ce_type: sleeveResultType,
  ce_source: '/desk',
  ce_id: '1',
};

describe('CloudEvents over Kafka', () => {
  test('are read alike in structured and in binary mode', () => {
    const data = { a: [1, 2] };
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const expected = { type: sleeveResultType, subject: 'coins', partitionKey: null, traceparent: trace, data };
    const inHeaders = { ...expected, id: binaryHeaders.ce_id, source: binaryHeaders.ce_source };
    expect(readCloudEvent(bytes(structuredText(data, { subject: 'coins', traceparent: trace })), structuredHeaders)).toEqual({
      ...expected,
      id: 'id-1',
      source: '/desk',
    });
    expect(readCloudEvent(bytes(JSON.stringify(data)), { ...binaryHeaders, ce_subject: 'coins', ce_traceparent: trace })).toEqual(
      inHeaders,
    );
    expect(readCloudEvent(bytes(JSON.stringify(data)), { ...binaryHeaders, ce_subject: 'coins', traceparent: trace })).toEqual(inHeaders);
  });

  test('need no time and no content type of the data', () => {
    expect(
      readCloudEvent(bytes(JSON.stringify({ specversion: '1.0', id: '1', source: '/desk', type: 't', data: 5 })), structuredHeaders),
    ).toMatchObject({ data: 5, subject: null });
    const { 'content-type': _, ...without } = binaryHeaders;
    expect(readCloudEvent(bytes('5'), without)).toMatchObject({ data: 5 });
  });

  test.each([
    ['no value', null, structuredHeaders, 'no value'],
    ['neither mode', bytes('{}'), {}, 'content-type: application/cloudevents+json'],
    ['a batch', bytes('[]'), { 'content-type': 'application/cloudevents-batch+json' }, 'is not read here'],
    ['a list', bytes('[]'), structuredHeaders, 'an object'],
    ['no id', bytes(structuredText({}, { id: '' })), structuredHeaders, 'id: must be a text'],
    ['no source', bytes('{"specversion":"1.0","id":"1","type":"t","data":1}'), structuredHeaders, 'source: missing'],
    ['no specversion', bytes('{"id":"1","source":"/a","type":"t","data":1}'), structuredHeaders, 'specversion: missing'],
    ['CloudEvents 0.3', bytes(structuredText({}, { specversion: '0.3' })), structuredHeaders, 'CloudEvents 0.3'],
    ['an id that is a number', bytes(structuredText({}, { id: 7 })), structuredHeaders, 'id: must be a text'],
    ['no data', bytes('{"specversion":"1.0","id":"1","source":"/a","type":"t"}'), structuredHeaders, 'data: missing'],
    ['binary data', bytes(structuredText({}, { data_base64: 'AA==' })), structuredHeaders, 'must be JSON'],
    ['data of another kind', bytes(structuredText({}, { datacontenttype: 'text/xml' })), structuredHeaders, 'application/json'],
    ['a time that is none', bytes(structuredText({}, { time: 'yesterday' })), structuredHeaders, 'no CloudEvent'],
    ['an attribute in capitals', bytes(structuredText({}, { Region: 'eu' })), structuredHeaders, 'no CloudEvent'],
  ])('refuse %s', (_what, value, headers, why) => {
    const { code, message } = refusal(() => readCloudEvent(value, headers));
    expect({ code, message }).toEqual({ code: 'MessageInvalid', message: expect.stringContaining(why) });
  });

  test('keep the headers that say what the bytes are, whatever their case, and no others', () => {
    const headers = headersOf({
      'Content-Type': bytes('application/json'),
      ce_type: bytes('t'),
      ce_id: bytes('x'.repeat(2_000)),
      other: bytes('o'),
      ce_source: Uint8Array.of(0xff),
    });
    expect(headers).toEqual({ 'content-type': 'application/json', ce_type: 't' });
  });

  test('are written in structured mode and read back', () => {
    const message = writeCloudEvent(
      { id: '7', type: 't', source: '/ledger', time: '2026-01-02T03:04:05.678Z', subject: 'coins', sequence: '000000000007' },
      { b: 1, a: [2] },
      'coins',
    );
    expect(message.headers).toEqual({ 'content-type': 'application/cloudevents+json; charset=utf-8' });
    expect(JSON.parse(new TextDecoder().decode(message.value))).toEqual({
      specversion: '1.0',
      datacontenttype: 'application/json',
      id: '7',
      type: 't',
      source: '/ledger',
      time: '2026-01-02T03:04:05.678Z',
      subject: 'coins',
      sequence: '000000000007',
      data: { a: [2], b: 1 },
    });
    expect(readCloudEvent(message.value, message.headers)).toEqual({
      id: '7',
      source: '/ledger',
      partitionKey: null,
      type: 't',
      subject: 'coins',
      traceparent: null,
      data: { a: [2], b: 1 },
    });
  });
});

describe('the rules of a sleeve result', () => {
  const [profile] = sleeveResult().profiles;
  const withReturns = (dates: string[], values: number[]): SleeveResult =>
    sleeveResult({ profiles: [{ ...profile!, returns: { dates, values } }] });
  const withWeights = (...weights: [string, number][]): SleeveResult =>
    sleeveResult({ profiles: [{ ...profile!, weights: weights.map(([symbol, weight]) => ({ symbol, weight })) }] });

  test('admit a result as it is', () => {
    expect(readSleeveResult(sleeveResult())).toEqual(sleeveResult());
    expect(readSleeveResult(withWeights(['BINANCE:BTCUSDT', 0.6], ['BINANCE:ETHUSDT', -0.4]))).toBeDefined();
  });

  test.each([
    ['a member that is not known', { ...sleeveResult(), extra: 1 }, 'MessageInvalid', ''],
    ['no as-of date', { ...sleeveResult(), asOf: undefined }, 'MessageInvalid', 'asOf'],
    ['a day that does not exist', sleeveResult({ asOf: '2024-02-30' }), 'MessageInvalid', 'asOf'],
    ['a name that is not a name', sleeveResult({ sleeve: 'a/b' }), 'MessageInvalid', 'sleeve'],
    ['a negative correction', sleeveResult({ correction: -1 }), 'MessageInvalid', 'correction'],
    ['a profile twice', sleeveResult({ profiles: [profile!, profile!] }), 'MessageInvalid', 'profiles[1].risk'],
    ['no profile', sleeveResult({ profiles: [] }), 'MessageInvalid', 'profiles'],
    ['a symbol twice', withWeights(['NYSE:A', 0.5], ['NYSE:A', 0.5]), 'MessageInvalid', 'profiles[0].weights[1].symbol'],
    ['an exchange that is not known', withWeights(['MARS:A', 1]), 'ExchangeUnknown', 'profiles[0].weights[0].symbol'],
    ['a symbol with a line feed', withWeights(['NYSE:A\nB', 1]), 'MessageInvalid', 'profiles[0].weights[0].symbol'],
    ['a turned atom', withWeights(['BINANCE:BTCUSDT_rating_all_SHORT_1d', -1]), 'MessageInvalid', 'profiles[0].weights[0].weight'],
    [
      'a weight that is a text',
      { ...sleeveResult(), profiles: [{ ...profile!, weights: [{ symbol: 'NYSE:A', weight: '1' }] }] },
      'MessageInvalid',
      'profiles[0].weights[0].weight',
    ],
    ['more values than dates', withReturns(['2024-01-02'], [0.1, 0.2]), 'MessageInvalid', 'profiles[0].returns'],
    ['a date twice', withReturns(['2024-01-02', '2024-01-02'], [0.1, 0.2]), 'MessageInvalid', 'profiles[0].returns.dates[1]'],
    ['descending dates', withReturns(['2024-01-03', '2024-01-02'], [0.1, 0.2]), 'MessageInvalid', 'profiles[0].returns.dates[1]'],
    ['a date that is none', withReturns(['2024-13-02'], [0.1]), 'MessageInvalid', 'profiles[0].returns.dates[0]'],
    ['a loss of everything', withReturns(['2024-01-02'], [-1]), 'MessageInvalid', 'profiles[0].returns.values[0]'],
    [
      'returns beyond any number',
      withReturns(['2024-01-02', '2024-01-03'], [1e300, 1e300]),
      'MessageInvalid',
      'profiles[0].returns.values',
    ],
    ['a look ahead', withReturns(['2024-03-30', '2024-03-31'], [0.1, 0.2]), 'MessageInvalid', 'profiles[0].returns.dates'],
    [
      'returns that are neither inline nor a reference',
      { ...sleeveResult(), profiles: [{ ...profile!, returns: { dates: ['2024-01-02'] } }] },
      'MessageInvalid',
      'profiles[0].returns.values',
    ],
  ])('refuse %s', (_what, data, code, path) => {
    expect(refusal(() => readSleeveResult(JSON.parse(JSON.stringify(data))))).toMatchObject(path === '' ? { code } : { code, path });
  });

  test('refuse more returns inline than a message may carry', () => {
    const risks = ['hrp', 'risk_parity', 'min_variance', 'max_sharpe', 'barbell', 'equal_weight', 'market', 'benchmark'] as const;
    const rows = limits.messageReturnCellsMax / risks.length;
    const dates = Array.from({ length: rows + 1 }, (_, index) => new Date(Date.UTC(1972, 0, 1 + index)).toISOString().slice(0, 10));
    const ofRows = (count: number): SleeveResult =>
      sleeveResult({
        asOf: '2099-12-31',
        profiles: risks.map((risk) => ({
          ...profile!,
          risk,
          returns: { dates: dates.slice(0, count), values: dates.slice(0, count).map(() => 0) },
        })),
      });
    expect(() => readSleeveResult(ofRows(rows))).not.toThrow();
    expect(refusal(() => readSleeveResult(ofRows(rows + 1)))).toMatchObject({ code: 'MessageInvalid', path: 'profiles' });
  });
});
