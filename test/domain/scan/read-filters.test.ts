import { describe, expect, test } from '@jest/globals';
import { filtersAt, gateNumber, listAt, momentumAt, objectAt, requireKnownKeys, textAt } from '../../../domain/scan/read-filters.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';

const file = 'base.yaml';
const at = { file, path: 'here' };

/** The message and the place of a refusal. */
function refused(work: () => unknown): readonly [message: string, path: string | undefined] {
  try {
    work();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    expect([error.code, error.at.file]).toEqual(['ScannerConfigInvalid', file]);
    return [error.message, error.at.path];
  }
  throw new Error('nothing was refused');
}

const filter = (left: string, operation: string, right?: Json): Json => ({ left, operation, ...(right === undefined ? {} : { right }) });
const read = (...filters: Json[]) => filtersAt(filters, file);

describe('a filter of a scanner', () => {
  test.each([
    ['close', 'greater', 5],
    ['close', 'eless', -1.5],
    ['type', 'equal', 'fund'],
    ['flag', 'nequal', true],
    ['close', 'equal', 5],
    ['category', 'equal', '27'],
    ['category', 'in_range', ['27', '44']],
    ['category', 'not_in_range', ['27']],
    ['exchange', 'in_range', ['NYSE', 'AMEX']],
    ['close', 'in_range', [1, 1]],
    ['close', 'not_in_range', [1, 2]],
    ['description', 'match', 'bond'],
  ] as const)('of %s %s %j is read as it stands', (left, operation, right) => {
    expect(read(filter(left, operation, right as Json))).toEqual([{ left, operation, right }]);
  });

  test('that asks whether a value is there has nothing to compare with', () => {
    expect(read(filter('x', 'empty'), filter('x', 'nempty', null))).toEqual([
      { left: 'x', operation: 'empty' },
      { left: 'x', operation: 'nempty' },
    ]);
    expect(refused(() => read(filter('x', 'nempty', 0)))).toEqual([
      expect.stringContaining('filters[0].right 0: nempty compares with nothing'),
      'filters[0].right',
    ]);
  });

  test.each([
    ['close', 'greater', '5', 'filter_value_type', '"5" is not a number'],
    ['close', 'less', undefined, 'filter_value_type', 'nothing is not a number'],
    ['category', 'equal', 27, 'category_not_text', '27: category ids are quoted text, and a list for equal'],
    ['category', 'in_range', '27', 'category_not_text', '"27": category ids are quoted text, and a list for in_range'],
    ['category', 'in_range', [27], 'category_not_text', '[27]: category ids are quoted text, and a list for in_range'],
    ['category', 'not_in_range', [], 'category_not_text', '[]: category ids are quoted text, and a list for not_in_range'],
    ['close', 'in_range', [2, 1], 'filter_value_type', '[2,1]: a range of numbers is [lowest, highest]'],
    ['close', 'in_range', [1], 'filter_value_type', '[1]: a range of numbers is [lowest, highest]'],
    ['close', 'in_range', [1, 2, 3], 'filter_value_type', '[1,2,3]: a range of numbers is [lowest, highest]'],
    ['close', 'in_range', [1, 'a'], 'filter_value_type', '[1,"a"]: a list of texts, or [lowest, highest] in numbers'],
    ['close', 'not_in_range', [], 'filter_value_type', '[]: a list of texts, or [lowest, highest] in numbers'],
    ['close', 'in_range', 5, 'filter_value_type', '5: a list of texts, or [lowest, highest] in numbers'],
    ['name', 'match', 5, 'filter_value_type', '5 is not a text'],
    ['name', 'match', ['a'], 'filter_value_type', '["a"] is not a text'],
    ['name', 'equal', undefined, 'filter_value_type', 'nothing is not a single value'],
    ['name', 'equal', null, 'filter_value_type', 'null is not a single value'],
    ['name', 'nequal', ['a'], 'filter_value_type', '["a"] is not a single value'],
  ] as const)('of %s %s %j is refused: %s', (left, operation, right, fault, words) => {
    const good = filter('type', 'equal', 'fund');
    const [message, path] = refused(() => read(good, filter(left, operation, right)));
    expect([message, path]).toEqual([expect.stringContaining(`filters[1].right ${words}`), 'filters[1].right']);
    expect(message).toContain(fault);
  });

  test('with another key, without a column or with another operation is refused at its place', () => {
    expect(refused(() => read({ left: 'x', operation: 'equal', rigth: 1 }))).toEqual([
      expect.stringMatching(/unknown_key.*filters\[0\]\.rigth is no key of a scanner.*right/),
      'filters[0].rigth',
    ]);
    expect(refused(() => read({ operation: 'equal', right: 1 }))).toEqual([
      expect.stringMatching(/missing_key.*filters\[0\]\.left nothing is not a text/),
      'filters[0].left',
    ]);
    expect(refused(() => read(filter('x', 'above', 1)))).toEqual([
      expect.stringMatching(/unknown_operation.*filters\[0\]\.operation "above": one of .*egreater.*, /),
      'filters[0].operation',
    ]);
    expect(refused(() => read('x'))).toEqual([expect.stringMatching(/value_type.*filters\[0\] "x" is not an object/), 'filters[0]']);
    expect(refused(() => filtersAt({}, file))).toEqual([expect.stringMatching(/value_type.*filters \{\} is not a list/), 'filters']);
    expect(filtersAt(undefined, file)).toEqual([]);
  });
});

describe('a condition of momentum', () => {
  const condition = { column: 'Perf.1M', op: 'greater', value: 0 };
  test('is read as it stands, and refused at its place', () => {
    expect(momentumAt([condition], file)).toEqual([condition]);
    expect(momentumAt(undefined, file)).toEqual([]);
    const bad = (changed: object) => refused(() => momentumAt([condition, { ...condition, ...changed }], file));
    expect(bad({ op: 'equal' })).toEqual([
      expect.stringMatching(/unknown_operation.*trend\.momentum\[1\]\.op "equal": one of greater, /),
      'trend.momentum[1].op',
    ]);
    expect(bad({ value: '0' })).toEqual([
      expect.stringMatching(/gate_type.*trend\.momentum\[1\]\.value "0" is not a number/),
      'trend.momentum[1].value',
    ]);
    expect(bad({ column: '' })).toEqual([
      expect.stringMatching(/value_type.*trend\.momentum\[1\]\.column "" is not a text/),
      'trend.momentum[1].column',
    ]);
    expect(bad({ operation: 'greater' })).toEqual([expect.stringContaining('unknown_key'), 'trend.momentum[1].operation']);
    expect(refused(() => momentumAt('x', file))).toEqual([expect.stringContaining('trend.momentum "x" is not a list'), 'trend.momentum']);
  });
});

test('a value is an object, a list, a text or a number, or is refused with what stands there', () => {
  expect(objectAt({ a: 1 }, at)).toEqual({ a: 1 });
  for (const value of [null, undefined, [], 'a', 1] as const) expect(refused(() => objectAt(value, at))[1]).toBe('here');
  expect(listAt([1], at)).toEqual([1]);
  expect(textAt('a', at)).toBe('a');
  for (const value of [1, '', null] as const) expect(refused(() => textAt(value, at))[0]).toContain('value_type');
  expect(gateNumber(0, at)).toBe(0);
  expect(refused(() => gateNumber(undefined, at))[0]).toContain('here nothing is not a number');
  expect(() => requireKnownKeys({ a: 1 }, ['a', 'b'], at)).not.toThrow();
  expect(refused(() => requireKnownKeys({ c: 1 }, ['a'], { file, path: '' }))[1]).toBe('c');
});
