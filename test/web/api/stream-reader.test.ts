import { describe, expect, test } from '@jest/globals';
import { StreamParser } from '../../../web/src/api/stream-reader.ts';

const text = 'retry: 2000\nid: 5\n\n: alive\n\nid: 7\nevent: seal\ndata: {"a":1}\ndata: {"b":2}\n\n:\nid: 9\n\ndata: last\n\n';
// As the HTML standard parses it, section 9.2.6: data lines are joined, comments and messages without data are dropped, an id stays.
const messages = [
  { id: '7', event: 'seal', data: '{"a":1}\n{"b":2}' },
  { id: '9', event: 'message', data: 'last' },
];

describe('a stream of events', () => {
  test.each([1, 2, 3, 7, 1_000])('is read the same in pieces of %i characters', (size) => {
    const parser = new StreamParser();
    const read = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      parser.take(text.slice(at * size, (at + 1) * size)),
    ).flat();
    expect(read).toEqual(messages);
    expect(parser.lastId).toBe('9');
  });

  test('is read with every kind of line end', () => {
    expect(new StreamParser().take(text.replaceAll('\n', '\r\n'))).toEqual(messages);
  });

  test('gives nothing of a message that has not ended, and knows an id that stands by itself', () => {
    const parser = new StreamParser();
    expect(parser.take('id: 3\ndata: half')).toEqual([]);
    expect(new StreamParser().lastId).toBeNull();
    expect(parser.lastId).toBe('3');
  });
});
