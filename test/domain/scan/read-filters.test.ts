/** What stands in a scanner file is read as it is, or refused with the place, the kind and the sentence (docs/reference/scanners). */
import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../domain/shared/canonical-json.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scannerOf } from '../../support/scanners.ts';

const sound = { id: 'one', sort_by: 'ADX', prefilter_limit: 300, limit: 20 };
const withFilter = (filter: Json): JsonObject => ({ ...sound, filters: [filter] });
const compared = (left: string, operation: string, right?: Json): JsonObject =>
  withFilter({ left, operation, ...(right === undefined ? {} : { right }) });
const withCondition = (condition: Json): JsonObject => ({ ...sound, trend: { momentum: [condition] } });
const operations = 'greater, less, egreater, eless, equal, nequal, in_range, not_in_range, empty, nempty, match';

const refused: readonly (readonly [JsonObject, fault: string, path: string, said: string])[] = [
  [{ ...sound, filters: 'x' }, 'value_type', 'filters', 'filters "x" is not a list'],
  [withFilter(7), 'value_type', 'filters[0]', 'filters[0] 7 is not an object'],
  [withFilter(null), 'value_type', 'filters[0]', 'filters[0] null is not an object'],
  [withFilter([1]), 'value_type', 'filters[0]', 'filters[0] [1] is not an object'],
  [
    withFilter({ left: 'ADX', operation: 'empty', rights: 1 }),
    'unknown_key',
    'filters[0].rights',
    'filters[0].rights is no key of a scanner: did you mean right?',
  ],
  [withFilter({ operation: 'empty' }), 'missing_key', 'filters[0].left', 'filters[0].left nothing is not a text'],
  [withFilter({ left: '', operation: 'empty' }), 'value_type', 'filters[0].left', 'filters[0].left "" is not a text'],
  [withFilter({ left: 4, operation: 'empty' }), 'value_type', 'filters[0].left', 'filters[0].left 4 is not a text'],
  [withFilter({ left: 'ADX' }), 'unknown_operation', 'filters[0].operation', `filters[0].operation nothing: one of ${operations}`],
  [compared('ADX', 'between', 1), 'unknown_operation', 'filters[0].operation', `filters[0].operation "between": one of ${operations}`],
  [compared('ADX', 'empty', 1), 'filter_value_type', 'filters[0].right', 'filters[0].right 1: empty compares with nothing'],
  [compared('ADX', 'nempty', 'x'), 'filter_value_type', 'filters[0].right', 'filters[0].right "x": nempty compares with nothing'],
  [compared('ADX', 'greater', '1'), 'filter_value_type', 'filters[0].right', 'filters[0].right "1" is not a number'],
  [compared('category', 'less', '1'), 'filter_value_type', 'filters[0].right', 'filters[0].right "1" is not a number'],
  [compared('ADX', 'egreater'), 'filter_value_type', 'filters[0].right', 'filters[0].right nothing is not a number'],
  [
    compared('category', 'equal', 26),
    'category_not_text',
    'filters[0].right',
    'filters[0].right 26: category ids are quoted text, and a list for equal',
  ],
  [
    compared('category', 'match', 26),
    'category_not_text',
    'filters[0].right',
    'filters[0].right 26: category ids are quoted text, and a list for match',
  ],
  [
    compared('category', 'equal', ['26']),
    'category_not_text',
    'filters[0].right',
    'filters[0].right ["26"]: category ids are quoted text, and a list for equal',
  ],
  ...(['in_range', 'not_in_range'] as const).flatMap((operation) =>
    ['26', [], ['26', 27]].map((right): readonly [JsonObject, string, string, string] => [
      compared('category', operation, right),
      'category_not_text',
      'filters[0].right',
      `filters[0].right ${JSON.stringify(right)}: category ids are quoted text, and a list for ${operation}`,
    ]),
  ),
  ...(['in_range', 'not_in_range'] as const).flatMap((operation) =>
    [[], 'x', [true], [1, 'x']].map((right): readonly [JsonObject, string, string, string] => [
      compared('ADX', operation, right),
      'filter_value_type',
      'filters[0].right',
      `filters[0].right ${JSON.stringify(right)}: a list of texts, or [lowest, highest] in numbers`,
    ]),
  ),
  ...[[2, 1], [1], [1, 2, 3]].map((right): readonly [JsonObject, string, string, string] => [
    compared('ADX', 'in_range', right),
    'filter_value_type',
    'filters[0].right',
    `filters[0].right ${JSON.stringify(right)}: a range of numbers is [lowest, highest]`,
  ]),
  [compared('type', 'match', 4), 'filter_value_type', 'filters[0].right', 'filters[0].right 4 is not a text'],
  [compared('type', 'match'), 'filter_value_type', 'filters[0].right', 'filters[0].right nothing is not a text'],
  [compared('type', 'equal', null), 'filter_value_type', 'filters[0].right', 'filters[0].right null is not a single value'],
  [compared('type', 'equal'), 'filter_value_type', 'filters[0].right', 'filters[0].right nothing is not a single value'],
  [compared('type', 'nequal', {}), 'filter_value_type', 'filters[0].right', 'filters[0].right {} is not a single value'],
  [{ ...sound, trend: { momentum: {} } }, 'value_type', 'trend.momentum', 'trend.momentum {} is not a list'],
  [withCondition('x'), 'value_type', 'trend.momentum[0]', 'trend.momentum[0] "x" is not an object'],
  [
    withCondition({ column: 'ROC', op: 'greater', value: 0, values: 0 }),
    'unknown_key',
    'trend.momentum[0].values',
    'trend.momentum[0].values is no key of a scanner: did you mean value?',
  ],
  [
    withCondition({ column: 'ROC', op: 'equal', value: 0 }),
    'unknown_operation',
    'trend.momentum[0].op',
    'trend.momentum[0].op "equal": one of greater, less, egreater, eless',
  ],
  [withCondition({ op: 'less', value: 0 }), 'missing_key', 'trend.momentum[0].column', 'trend.momentum[0].column nothing is not a text'],
  [
    withCondition({ column: 'ROC', op: 'less', value: '0' }),
    'gate_type',
    'trend.momentum[0].value',
    'trend.momentum[0].value "0" is not a number',
  ],
];

test.each(refused)('%j is refused as %s at %s', (tree, fault, path, said) => {
  const { code, message, evidence, at } = refusalOf(() => scannerOf(tree));
  expect({ code, message, evidence, at }).toEqual({
    code: 'ScannerConfigInvalid',
    message: `${fault}: ${said}`,
    evidence: { fault },
    at: { file: 'test.yaml', path },
  });
});

describe('filters', () => {
  const filters: readonly JsonObject[] = [
    { left: 'ADX', operation: 'greater', right: 1 },
    { left: 'ADX', operation: 'less', right: 1 },
    { left: 'ADX', operation: 'egreater', right: 1 },
    { left: 'ADX', operation: 'eless', right: 1 },
    { left: 'type', operation: 'equal', right: 'fund' },
    { left: 'type', operation: 'equal', right: 5 },
    { left: 'is_primary', operation: 'equal', right: true },
    { left: 'type', operation: 'nequal', right: 'fund' },
    { left: 'category', operation: 'equal', right: '26' },
    { left: 'category', operation: 'match', right: '2' },
    { left: 'category', operation: 'in_range', right: ['26'] },
    { left: 'category', operation: 'not_in_range', right: ['26', '27'] },
    { left: 'name', operation: 'in_range', right: ['A'] },
    { left: 'name', operation: 'not_in_range', right: ['A', 'B'] },
    { left: 'ADX', operation: 'in_range', right: [1, 2] },
    { left: 'ADX', operation: 'not_in_range', right: [2, 2] },
    { left: 'name', operation: 'match', right: 'gold' },
    { left: 'ADX', operation: 'empty' },
    { left: 'ADX', operation: 'nempty' },
  ];

  test('are read in the order of the file, as they stand there', () => {
    expect(scannerOf({ ...sound, filters }).filters).toStrictEqual(filters);
  });

  test('of emptiness may say null as what they compare with', () => {
    expect(scannerOf(compared('ADX', 'empty', null)).filters).toStrictEqual([{ left: 'ADX', operation: 'empty' }]);
    expect(scannerOf(compared('ADX', 'nempty', null)).filters).toStrictEqual([{ left: 'ADX', operation: 'nempty' }]);
  });

  test('that are not written are none, and so are conditions of momentum', () => {
    const { filters: none, gates } = scannerOf(sound);
    expect([none, gates.momentum]).toEqual([[], []]);
  });
});

test('conditions of momentum are read in the order of the file', () => {
  const momentum = [
    { column: 'ROC', op: 'greater', value: 0 },
    { column: 'Perf.W', op: 'eless', value: -1.5 },
  ];
  expect(scannerOf({ ...sound, trend: { momentum } }).gates.momentum).toStrictEqual(momentum);
});
