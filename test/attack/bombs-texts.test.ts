/** Separated text, JSON and YAML of others that would cost far more than their length, through every reader of them. */
import { describe, expect, test } from '@jest/globals';
import { arrowChunksOf } from '../../infra/pickle/numpy.ts';
import type { PickleValue } from '../../infra/pickle/values.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { expectCheap, expectRefused, measured } from './support/bombs.ts';
import { brokenLogs, textBombs } from './support/text-bombs.ts';

const scratch = scratchDirectory();
const cases = textBombs.flatMap(({ bombs, ...of }) => Object.entries(bombs).map(([name, content]) => ({ ...of, name, content })));

const manyDays = Array.from({ length: 9_000 }, (_, at) => new Date(at * 86_400_000).toISOString().slice(0, 10));
const manySymbols = Array.from({ length: 1_999 }, (_, at) => `X:A${at}`);

describe('a text of somebody else', () => {
  test.each(cases)('$reader: $name are refused', ({ reader, name, content, extension, refused }) => {
    expectRefused(measured(scratch, reader, name, content(), extension), ...refused);
  });

  test.each(Object.keys(brokenLogs))('the audit log of a run: %s are a broken chain', (name) => {
    const found = measured(scratch, 'log of a run', name, brokenLogs[name]!());
    expect(found.code).toBeNull();
    expectCheap(found);
  });

  test.each([
    ['CSV prices', 'csv', `date,X:A,X:B\n${manyDays.map((day, at) => `${day},${at},1.5\n`).join('')}`],
    [
      'CSV prices',
      'csv',
      `date,${manySymbols.join(',')}\n${manyDays
        .slice(0, 3)
        .map((day) => `${day}${',1.25'.repeat(1_999)}\n`)
        .join('')}`,
    ],
    ['scanners', 'yaml', 'name: stocks\nmarkets: [america]\n'],
    ['run document', 'json', JSON.stringify({ data: Array.from({ length: 60_000 }, (_, at) => ({ at })) })],
  ] as const)('control: %s of an honest text are read', (reader, extension, content) => {
    const found = measured(scratch, reader, 'an honest text', content, extension);
    expect([found.message, found.code]).toEqual(['read', null]);
    expectCheap(found);
  });
});

describe('a pickle of somebody else', () => {
  test('pieces of an Arrow array that hold pieces, each twice and 60 deep, are refused', () => {
    let value: PickleValue = null;
    for (let depth = 0; depth < 60; depth++)
      value = { kind: 'made', maker: 'arrowChunkedArray', args: [{ kind: 'list', items: [value, value] }], state: undefined };
    expect(() => arrowChunksOf(value, 'bomb.pkl')).toThrow(expect.objectContaining({ code: 'PickleRefused' }));
  });
});
