import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from '@jest/globals';
import { answerFormat } from '../../../infra/cache/entry.ts';
import { keyOfNumber, sampleRecipe } from '../../contract/cache.contract.ts';

const key = keyOfNumber(1);

test('columns that are read have memory of their own: a clone of one is no clone of the whole entry', () => {
  const walk = { gross: Float64Array.of(0.1, Number.NaN, -0), net: new Float64Array(1_000), flags: Uint8Array.of(1, 2, 3) };
  const found = answerFormat.read(answerFormat.bytesOf(key, sampleRecipe(), walk), key);
  expect(found.kind).toBe('answer');
  const { gross, net, flags } = (found as unknown as { readonly answer: typeof walk }).answer;
  expect([gross, net, flags].map(({ buffer }) => buffer.byteLength)).toEqual([24, 8_000, 3]);
  expect([...gross]).toEqual([0.1, Number.NaN, -0]);
  expect([gross, net, flags].map((column) => Object.prototype.toString.call(column))).toEqual([
    '[object Float64Array]',
    '[object Float64Array]',
    '[object Uint8Array]',
  ]);
});

test('an answer says by which codec it was written', () => {
  expect(answerFormat.codec).toBe(`V8 ${process.versions.v8}`);
});

const contentOf = (head: unknown, answer: unknown): Buffer => Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), serialize(answer)]);
const entryOf = (content: Uint8Array, newLine = '\n'): Buffer =>
  Buffer.concat([Buffer.from(createHash('sha256').update(content).digest('hex') + newLine), content]);

describe('the bytes of an entry', () => {
  const recipe = sampleRecipe();
  const ownHead = { key, recipe, codec: process.versions.v8 };
  const damaged = { kind: 'damaged', why: 'its bytes are not those that were written' };

  test('are a hash of all that follows, a line of canonical JSON, and a structured clone', () => {
    const bytes = Buffer.from(answerFormat.bytesOf(key, recipe, { weights: [1] }));
    const [hash, head] = bytes.toString('latin1').split('\n', 2) as [string, string];
    expect(hash).toBe(createHash('sha256').update(bytes.subarray(65)).digest('hex'));
    expect(JSON.parse(head)).toEqual(ownHead);
    expect(Object.keys(JSON.parse(head) as object)).toEqual(['codec', 'key', 'recipe']);
    expect(deserialize(bytes.subarray(65 + head.length + 1))).toEqual({ weights: [1] });
  });

  test('give back the answer and how it was made', () => {
    const answer = {
      text: 'line\nline',
      list: [1, null],
      big: 3n,
      when: new Map([['a', Float64Array.of(1)]]),
      raw: Uint8Array.of(1).buffer,
    };
    expect(answerFormat.read(entryOf(contentOf(ownHead, answer)), key)).toEqual({ kind: 'answer', answer, recipe });
    for (const plain of [0, '', null, undefined, false])
      expect(answerFormat.read(answerFormat.bytesOf(key, recipe, plain), key)).toEqual({ kind: 'answer', answer: plain, recipe });
  });

  test('of another key say of which, and those of another V8 are nothing', () => {
    const other = keyOfNumber(2);
    expect(answerFormat.read(entryOf(contentOf({ ...ownHead, key: other }, 1)), key)).toEqual({
      kind: 'damaged',
      why: `it holds the answer of ${other}`,
    });
    expect(answerFormat.read(entryOf(contentOf({ ...ownHead, codec: '0.0.0' }, 1)), key)).toEqual({ kind: 'nothing' });
    expect(answerFormat.read(entryOf(contentOf({ ...ownHead, codec: '0.0.0', key: other }, 1)), key)).toMatchObject({ kind: 'damaged' });
  });

  test('that are cut, or whose hash is no line of its own, are damaged', () => {
    const content = contentOf(ownHead, 1);
    for (const bytes of [
      new Uint8Array(0),
      Buffer.alloc(65),
      entryOf(content, ' '),
      entryOf(content).subarray(0, -1),
      entryOf(content).subarray(1),
    ])
      expect(answerFormat.read(bytes, key)).toEqual(damaged);
    expect(answerFormat.read(Buffer.concat([entryOf(content), Buffer.of(0)]), key)).toEqual(damaged);
  });

  test('may lie anywhere in a larger piece of memory', () => {
    const bytes = answerFormat.bytesOf(key, recipe, { values: Float64Array.of(1.5, 2.5) });
    const larger = Buffer.concat([Buffer.alloc(13), bytes, Buffer.alloc(7)]);
    expect(answerFormat.read(larger.subarray(13, 13 + bytes.length), key)).toMatchObject({ answer: { values: Float64Array.of(1.5, 2.5) } });
  });
});
