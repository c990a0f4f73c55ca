import { describe, expect, test } from '@jest/globals';
import type { IHeaders } from 'kafkajs';
import { receivedMessage } from '../../../infra/kafka/received.ts';

const withHeaders = (headers: IHeaders): Readonly<Record<string, Uint8Array>> =>
  receivedMessage('results', 3, { key: null, value: null, timestamp: '1700000000123', attributes: 0, offset: '9007199254740993', headers })
    .headers;

describe('a received message', () => {
  test('keeps an offset beyond what a number holds', () => {
    const message = receivedMessage('results', 3, {
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      timestamp: '1700000000123',
      attributes: 0,
      offset: '9007199254740993',
      headers: {},
    });
    expect(message).toEqual({
      topic: 'results',
      partition: 3,
      offset: '9007199254740993',
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      headers: {},
      brokerTimeMs: 1_700_000_000_123,
    });
  });

  test('keeps the last of a repeated header, and none without a value', () => {
    expect(withHeaders({ a: [Buffer.from('1'), Buffer.from('2')], b: 'text', c: undefined })).toEqual({
      a: Buffer.from('2'),
      b: Buffer.from('text'),
    });
  });

  test('takes a header named __proto__ for a header', () => {
    const headers = withHeaders(JSON.parse('{"__proto__":"x"}') as IHeaders);
    expect(Object.keys(headers)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });
});
