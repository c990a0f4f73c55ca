import { expect, test } from '@jest/globals';
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
