import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parsePickledFrame, parsePickledReturns } from '../../../infra/pickle/pickled-returns.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { refusalOf } from '../../support/refusal.ts';

const describeWithShared = needs('reference data').describe;

const fixtures = join(import.meta.dirname, '../../fixtures/pickle');

/** Written by real pandas: `test/fixtures/make-pickles.py`. */
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as {
  dates: string[];
  values: number[];
  other: number[];
  whole: number[];
  float32: number[];
  daily: string[];
  business: string[];
};

const versions = readdirSync(fixtures).filter((name) => name.startsWith('pandas-'));

function read(version: string, name: string): Uint8Array {
  return readFileSync(join(fixtures, version, `${name}.pkl`));
}

test('the fixtures cover pandas 1.5, 2.x and 3.x, with and without pyarrow', () => {
  expect(versions).toEqual(['pandas-1.5.3', 'pandas-2.0.3', 'pandas-2.2.3', 'pandas-3.0.6', 'pandas-3.1.1-pyarrow']);
});

describe.each(versions)('%s', (version) => {
  const one = (name: string): { dates: readonly string[]; values: number[] } => {
    const series = parsePickledReturns(read(version, name), name);
    return { dates: series.dates, values: [...series.values] };
  };
  const plain = { dates: expected.dates, values: expected.values };

  test.each([0, 1, 2, 3, 4, 5].flatMap((protocol) => [`series_p${protocol}`, `frame_p${protocol}`]))('%s is read exactly', (name) => {
    expect(one(name)).toEqual(plain);
  });

  test.each([
    'series_unnamed',
    'series_named_index',
    'series_utc',
    'series_utc_p2',
    'series_big_endian',
    'series_strings',
    'series_strings_p2',
    'series_object_strings',
    'series_timestamps',
    'series_timestamps_utc',
    'series_dates',
    'series_sliced',
    'frame_numbered',
    'frame_nullable',
  ])('%s is read exactly', (name) => {
    expect(one(name)).toEqual(plain);
  });

  test('float32 and int64 values are read as the doubles that they are', () => {
    expect(one('series_float32')).toEqual({ dates: expected.dates, values: expected.float32 });
    expect(one('series_int64')).toEqual({ dates: expected.dates, values: expected.whole });
  });

  test('an index with a frequency keeps its dates', () => {
    expect(one('series_freq').dates).toEqual(expected.daily);
    expect(one('series_business').dates).toEqual(expected.business);
  });

  test.each(['frame_two', 'frame_two_p2', 'frame_unconsolidated', 'frame_fortran', 'frame_c_order'])(
    '%s gives both of its columns',
    (name) => {
      const frame = parsePickledFrame(read(version, name), name);
      expect(frame.columns).toEqual(['first', 'second']);
      expect(frame.dates).toEqual(expected.dates);
      expect(frame.values.map((column) => [...column])).toEqual([expected.values, expected.other]);
    },
  );

  test('columns of several types stand in their order', () => {
    const frame = parsePickledFrame(read(version, 'frame_mixed'), 'frame_mixed');
    expect(frame.columns).toEqual(['first', 'whole', 'second']);
    expect(frame.values.map((column) => [...column])).toEqual([expected.values, expected.whole, expected.other]);
  });

  test('several columns are refused unless one is named', () => {
    expect(refusalOf(() => one('frame_two'))).toMatchObject({
      code: 'PickleRefused',
      message: expect.stringContaining('2 columns (first, second)'),
    });
    expect([...parsePickledReturns(read(version, 'frame_two'), 'f', { column: 'second' }).values]).toEqual(expected.other);
    expect(refusalOf(() => parsePickledReturns(read(version, 'frame_two'), 'f', { column: 'third' })).message).toContain('"third"');
  });

  test.each([
    ['series_new_york', 'PickleRefused', /time zone America\/New_York are not read; .*tz_localize\(None\).*tz_convert\('UTC'\)/],
    ['series_intraday', 'PickleRefused', /not a midnight/],
    ['series_range', 'PickleRefused', /numbered, not dated/],
    ['frame_text', 'PickleRefused', /holds no plain numbers|O8/],
    ['dict', 'PickleRefused', /holds a dict/],
    ['series_nan', 'ReturnsFileUnreadable', /2024-03-04 is NaN/],
    ['series_unsorted', 'ReturnsFileUnreadable', /2024-02-28 follows the later 2024-02-29/],
    ['series_duplicated', 'ReturnsFileUnreadable', /2024-02-29 appears twice/],
  ] as const)('%s is refused with %s', (name, code, sentence) => {
    const refusal = refusalOf(() => one(name));
    expect([refusal.code, refusal.message]).toEqual([code, expect.stringMatching(sentence)]);
    expect(refusal.at.file).toBe(name);
  });

  test('dates counted in seconds, milli-, micro- or nanoseconds are the same dates (pandas 2 and later write all four)', () => {
    const names = readdirSync(join(fixtures, version)).filter((name) => name.startsWith('series_unit_'));
    expect(names).toHaveLength(version === 'pandas-1.5.3' ? 0 : 5);
    for (const name of names) expect(one(name.replace('.pkl', ''))).toEqual(plain);
  });
});

describeWithShared('the real meta-returns matrix', () => {
  test('reads equal, bit for bit, to the same matrix written as CSV by pandas', () => {
    const frame = parsePickledFrame(readFileSync(join(sharedDirectory!, 'data/meta_returns_meta_benchmark_hrp.pkl')), 'meta');
    const lines = readFileSync(join(sharedDirectory!, 'reference/crypto_meta_2sleeve.csv'), 'utf8')
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    expect(frame.columns).toEqual(['long_all', 'short_all']);
    expect(lines).toHaveLength(191);
    expect(frame.dates).toEqual(lines.slice(1).map((cells) => cells[0]));
    expect(frame.values.map((column) => [...column])).toEqual([1, 2].map((at) => lines.slice(1).map((cells) => Number(cells[at]))));
  });
});
