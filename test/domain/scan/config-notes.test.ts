/** What a reader of a configuration may not expect: bounds that change nothing, filters twice, gates that only the base writes. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { nameOfFile } from '../../../domain/scan/config-file.ts';
import { actingLeaves, type ConfigNote, configNotes } from '../../../domain/scan/config-notes.ts';
import { effectiveConfig, entryOf } from '../../../domain/scan/inheritance.ts';
import { readScanner } from '../../../domain/scan/read-scanner.ts';
import { allScanners, loadScanner, namedScanners } from '../../../domain/scan/scanner-set.ts';
import { refusalOf } from '../../support/refusal.ts';
import { configFiles } from '../../support/scanners.ts';

const head = 'id: a\ndata_category: test\nsort_by: ADX\nprefilter_limit: 300\nlimit: 20\n';
const over = (base: string, own: string) => configFiles({ 'base.yaml': base, 'a.yaml': `base_preset: base.yaml\n${head}${own}` });
function notesOf(base: string, own: string): readonly ConfigNote[] {
  const config = effectiveConfig(over(base, own), 'a.yaml');
  return configNotes(readScanner(config), config);
}
const filters = (...lines: string[]): string => `filters:\n${lines.map((line) => `  - {${line}}\n`).join('')}`;
const aum = (operation: string, right: number): string => `left: aum, operation: ${operation}, right: ${right}`;

describe('a filter', () => {
  test.each([
    ['greater', 10, 'greater', 5],
    ['egreater', 10, 'egreater', 5],
    ['greater', 10, 'egreater', 5],
    ['greater', 10, 'egreater', 10],
    ['less', 5, 'less', 10],
    ['less', 5, 'eless', 5],
    ['eless', 5, 'less', 6],
  ])('%s %i of the base shadows %s %i of the scanner', (earlier, narrow, later, wide) => {
    expect(notesOf(filters(aum(earlier, narrow)), filters(aum(later, wide)))).toEqual([
      {
        note: 'shadowed_filter',
        said: `aum ${later} ${wide} of a.yaml changes nothing: ${earlier} ${narrow} of base.yaml is in force too`,
        paths: ['/filters/0', '/filters/1'],
      },
    ]);
  });

  test.each([
    ['greater', 5, 'greater', 10],
    ['egreater', 5, 'greater', 5],
    ['less', 10, 'eless', 5],
    ['eless', 5, 'less', 5],
    ['greater', 5, 'less', 1],
    ['equal', 5, 'equal', 1],
    ['nequal', 5, 'greater', 1],
  ])('%s %i of the base does not shadow %s %i of the scanner', (earlier, one, later, other) => {
    expect(notesOf(filters(aum(earlier, one)), filters(aum(later, other)))).toEqual([]);
  });

  test('does not shadow one of its own file, or of another column', () => {
    expect(notesOf('', filters(aum('greater', 10), aum('greater', 5)))).toEqual([]);
    expect(notesOf(filters(aum('greater', 10)), filters('left: nav, operation: greater, right: 5'))).toEqual([]);
  });

  test('that stands there twice is said to, with both files', () => {
    const twice = filters('left: type, operation: equal, right: fund');
    expect(notesOf(twice, twice)).toEqual([
      {
        note: 'repeated_filter',
        said: 'type is filtered twice in the same way (base.yaml, a.yaml)',
        paths: ['/filters/0', '/filters/1'],
      },
    ]);
  });
});

describe('a gate', () => {
  const gates: readonly (readonly [gate: string, yaml: string, pointers: readonly string[], values: readonly string[]])[] = [
    ['volatility', 'volatility: {max: 2}\n', ['/volatility/max'], ['2']],
    ['liquidity', 'volume: {value_traded_min: 7}\n', ['/volume/value_traded_min'], ['7']],
    [
      'trend_recommendation',
      'trend: {recommendation: {enabled: true, min: 0.1}}\n',
      ['/trend/recommendation/enabled', '/trend/recommendation/min'],
      ['true', '0.1'],
    ],
    ['trend_adx', 'trend: {adx: {enabled: true, min: 15}}\n', ['/trend/adx/enabled', '/trend/adx/min'], ['true', '15']],
    [
      'trend_momentum',
      'trend: {momentum: [{column: ROC, op: greater, value: 0}]}\n',
      ['/trend/momentum/0/column', '/trend/momentum/0/op', '/trend/momentum/0/value'],
      ['"ROC"', '"greater"', '0'],
    ],
  ];

  test.each(gates)('%s that only the base writes is noted, with its values', (gate, yaml, pointers, values) => {
    const listed = pointers.map((pointer, index) => `${pointer} ${values[index]} of base.yaml`).join(', ');
    expect(notesOf(yaml, '')).toEqual([
      { note: 'silent_inheritance', said: `${gate} is in force and not written in a.yaml: ${listed}`, paths: pointers },
    ]);
  });

  test.each(gates)('%s that the scanner writes is not noted, even as a repetition of the base', (_, yaml) => {
    expect(notesOf('', yaml)).toEqual([]);
    expect(notesOf(yaml, yaml).filter(({ note }) => note === 'silent_inheritance')).toEqual([]);
  });

  test('that is off is not noted', () => {
    expect(notesOf('volume: {value_traded_min: 0}\ntrend: {adx: {enabled: false, min: 15}}\n', '')).toEqual([]);
  });

  test('is noted behind the filters, in the order of the gates', () => {
    const twice = filters('left: type, operation: equal, right: fund');
    const notes = notesOf(`${twice}trend: {adx: {enabled: true, min: 15}}\nvolatility: {max: 2}\n`, twice);
    expect(notes.map(({ note, said }) => [note, said.split(' ')[0]])).toEqual([
      ['repeated_filter', 'type'],
      ['silent_inheritance', 'volatility'],
      ['silent_inheritance', 'trend_adx'],
    ]);
  });
});

test('the leaves that act are those of the files, the columns of the request, and what the program adds', () => {
  const config = effectiveConfig(over('columns: [aum, close]\nsort_order: asc\n', 'columns: [nav]\n'), 'a.yaml');
  const code = (pointer: string, value: boolean | string) => ({ pointer, value, origin: 'code', history: ['code'] });
  const own = (pointer: string, value: string | number) => ({ pointer, value, origin: 'a.yaml', history: ['a.yaml'] });
  expect(actingLeaves(readScanner(config), config)).toEqual([
    { pointer: '/sort_order', value: 'asc', origin: 'base.yaml', history: ['base.yaml'] },
    own('/id', 'a'),
    own('/data_category', 'test'),
    own('/sort_by', 'ADX'),
    own('/prefilter_limit', 300),
    own('/limit', 20),
    code('/columns/0', 'name'),
    { pointer: '/columns/1', value: 'close', origin: 'code', history: ['code', 'base.yaml'] },
    ...['volume', 'change', 'Recommend.All', 'Recommend.MA', 'Recommend.Other', 'Volatility.D', 'volume_change', 'ROC', 'type'].map(
      (column, index) => code(`/columns/${index + 2}`, column),
    ),
    { pointer: '/columns/11', value: 'aum', origin: 'base.yaml', history: ['base.yaml'] },
    own('/columns/12', 'nav'),
    code('/static_mode', false),
    code('/static_missing', 'list'),
    code('/final_sort_order', 'desc'),
    code('/trend/direction', 'long'),
    code('/trend/logic', 'AND'),
  ]);
});

describe('a name of a scanner', () => {
  const files = configFiles({
    'etf/gold.yaml': head,
    'etf/oil.yml': head.replace('id: a', 'id: oil'),
    'fx/gold.yaml': head.replace('id: a', 'id: b'),
    'base.yaml': 'limit: 5\n',
  });
  const unknown = (name: string) => {
    const { code, message, at } = refusalOf(() => entryOf(files, name));
    return { code, message, at };
  };

  test.each([
    ['etf/gold.yaml', 'etf/gold.yaml'],
    ['etf/gold', 'etf/gold.yaml'],
    ['etf/oil', 'etf/oil.yml'],
    ['oil', 'etf/oil.yml'],
    ['base', 'base.yaml'],
  ])('%s is the file %s', (name, path) => {
    expect(entryOf(files, name)).toBe(path);
  });

  test('that is not one is refused', () => {
    expect(unknown('gold')).toEqual({
      code: 'ScannerUnknown',
      message: 'there is no one scanner gold: it could be etf/gold.yaml or fx/gold.yaml',
      at: { path: 'gold' },
    });
    expect(unknown('oils').message).toBe('there is no one scanner oils: did you mean oil?');
  });

  test('is that of its file', () => {
    expect(['x/y/a.yaml', 'a.yml', 'a.yaml.txt', 'a.yxml', 'x.yaml/b'].map(nameOfFile)).toEqual(['a', 'a', 'a.yaml.txt', 'a.yxml', 'b']);
  });

  test('finds the scanner with its configuration, each once', () => {
    expect(loadScanner(files, 'oil')).toMatchObject({ scanner: { id: 'oil' }, config: { entry: 'etf/oil.yml', files: ['etf/oil.yml'] } });
    expect(allScanners(files).map(({ config }) => config.entry)).toEqual(['etf/gold.yaml', 'etf/oil.yml', 'fx/gold.yaml']);
    expect(namedScanners(files, ['oil', 'etf/gold', 'etf/oil']).map(({ scanner }) => scanner.id)).toEqual(['oil', 'a']);
  });

  test('with the id of another is refused', () => {
    const twins = configFiles({ 'x.yaml': head, 'y.yaml': head });
    const { code, message, evidence, at } = refusalOf(() => allScanners(twins));
    expect({ code, message, evidence, at }).toEqual({
      code: 'ScannerConfigInvalid',
      message: 'y.yaml and x.yaml have one id, a',
      evidence: { fault: 'id_twice' },
      at: { file: 'y.yaml', path: 'id' },
    });
  });
});

describe('a base', () => {
  const refused = (base: string) => {
    const { code, message, evidence, at } = refusalOf(() =>
      effectiveConfig(configFiles({ 'x/a.yaml': `base_preset: ${base}` }), 'x/a.yaml'),
    );
    return { code, message, evidence, at };
  };
  const at = { file: 'x/a.yaml', path: 'base_preset' };

  test.each(['../../b.yaml', '/b.yaml', 'C:/b.yaml', 'c:b.yaml', 'y\\b.yaml'])('%s leads out of the folder', (base) => {
    expect(refused(`'${base}'`)).toEqual({
      code: 'ScannerBaseOutside',
      message: `base_preset ${base} of x/a.yaml leads out of the folder of scanners`,
      evidence: {},
      at,
    });
  });

  test.each(['7', "''", '[a]'])('%s is no path', (base) => {
    expect(refused(base)).toEqual({
      code: 'ScannerConfigInvalid',
      message: 'value_type: base_preset is the path of one file',
      evidence: { fault: 'value_type' },
      at,
    });
  });

  test.each([
    ['b.yaml', 'x/b.yaml'],
    ['./y//b.yaml', 'x/y/b.yaml'],
    ['../b.yaml', 'b.yaml'],
    ['y/../../z/b.yaml', 'z/b.yaml'],
  ])('%s that is not there is looked for as %s', (base, missing) => {
    expect(refused(base)).toEqual({
      code: 'ScannerBaseMissing',
      message: `there is no ${missing}, which x/a.yaml names`,
      evidence: { missing, namedBy: 'x/a.yaml' },
      at,
    });
  });

  test('that is the scanner itself is a cycle, and a scanner that is not there says so', () => {
    expect(refused('a.yaml')).toEqual({
      code: 'ScannerCycle',
      message: 'x/a.yaml -> x/a.yaml: a base leads back to a file that it is the base of',
      evidence: { cycle: ['x/a.yaml', 'x/a.yaml'] },
      at,
    });
    const { message, evidence, at: place } = refusalOf(() => effectiveConfig(new Map(), 'z.yaml'));
    expect({ message, evidence, place }).toEqual({
      message: 'there is no z.yaml',
      evidence: { missing: 'z.yaml', namedBy: null },
      place: { file: 'z.yaml', path: 'base_preset' },
    });
  });
});
