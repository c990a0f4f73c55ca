import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parsePickledReturns } from '../../../infra/pickle/pickled-returns.ts';

interface Pickled {
  readonly protocol: number;
  readonly pickle: string;
  readonly refused?: string;
  readonly dates: readonly string[] | null;
  readonly values: readonly number[] | null;
}

const folder = join(import.meta.dirname, '../../fixtures/pickle-beside');
const files = readdirSync(folder);

/**
 * A name that is a numpy text, an attribute, a frequency or the module of UTC is no part of a series: none of them may refuse it, and none
 * is looked at. Written by `test/fixtures/make-pickles-beside.py`.
 */
describe.each(files)('what stands beside the numbers, in %s', (file) => {
  const pickled = Object.entries(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Pickled>);

  test.each(pickled.filter(([, { refused }]) => refused === undefined))('%s, refuses no series', (name, { pickle, dates, values }) => {
    const series = parsePickledReturns(Buffer.from(pickle, 'base64'), name);
    expect({ dates: series.dates, values: [...series.values] }).toEqual({ dates, values });
  });

  test.each(pickled.filter(([, { refused }]) => refused !== undefined))('%s, is refused with what to do', (name, { pickle, refused }) => {
    const read = (): unknown => parsePickledReturns(Buffer.from(pickle, 'base64'), name);
    expect(read).toThrow(refused!);
    expect(read).toThrow("index.tz_localize(None) keeps its days, index.tz_convert('UTC') its instants");
  });
});

test('pandas 1.5, 2 and 3 with numpy 1 and 2 have written in protocols 2 to 5', () => {
  expect(files).toEqual(
    ['1.5.3-numpy-1.26.4', '2.0.3-numpy-1.26.4', '2.2.3-numpy-2.4.6', '3.1.1-numpy-2.4.6'].map((name) => `pandas-${name}.json`),
  );
  const protocols = files.flatMap((file) =>
    Object.values(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Pickled>).map(({ protocol }) => protocol),
  );
  expect([...new Set(protocols)].toSorted((left, right) => left - right)).toEqual([2, 3, 4, 5]);
});
