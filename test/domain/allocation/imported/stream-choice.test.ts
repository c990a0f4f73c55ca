import { describe, expect, test } from '@jest/globals';
import type { ImportedStream } from '../../../../domain/allocation/imported/profile.ts';
import { chosenStream } from '../../../../domain/allocation/imported/stream-choice.ts';

function stream(path: string, value: number, engine: string | null = null, simulator: string | null = null): ImportedStream {
  return { risk: 'hrp', path, engine, simulator, series: { dates: ['2024-01-02'], values: Float64Array.of(value) } };
}

const alias = stream('hrp.csv', 0.1);
const skfolio = stream('skfolio_custom_hrp.csv', 0.1, 'skfolio', 'custom');
const riskfolio = stream('riskfolio_custom_hrp.csv', 0.2, 'riskfolio', 'custom');
const vectorbt = stream('riskfolio_vectorbt_hrp.csv', 0.3, 'riskfolio', 'vectorbt');

describe('the stream of a risk profile', () => {
  test('is the only one, whatever was asked for', () => {
    expect(chosenStream([riskfolio], { engine: 'skfolio' })).toEqual(riskfolio);
  });

  test('is one of several that hold the same: the alias, with the maker that only one names', () => {
    expect(chosenStream([alias, skfolio], {})).toEqual({ ...alias, engine: 'skfolio', simulator: 'custom' });
    expect(chosenStream([alias, skfolio, { ...vectorbt, series: alias.series }], {})).toEqual(alias);
  });

  test('is none where they differ and nobody asked, for an alias breaks no tie', () => {
    expect(chosenStream([alias, skfolio, riskfolio], {})).toBeNull();
  });

  test('is the one that was asked for, and none where that leaves several that differ or none', () => {
    const all = [alias, skfolio, riskfolio, vectorbt];
    expect(chosenStream(all, { engine: 'skfolio' })?.path).toBe('skfolio_custom_hrp.csv');
    expect(chosenStream(all, { engine: 'riskfolio', simulator: 'vectorbt' })?.path).toBe('riskfolio_vectorbt_hrp.csv');
    expect([chosenStream(all, { engine: 'riskfolio' }), chosenStream(all, { simulator: 'nautilus' }), chosenStream([], {})]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('has the maker of none where several name one, and is the first where none is an alias', () => {
    const twin = { ...vectorbt, series: skfolio.series };
    expect(chosenStream([skfolio, twin], {})).toEqual({ ...skfolio, engine: null, simulator: null });
    expect(chosenStream([twin, skfolio, alias], {})).toEqual(alias);
    expect(chosenStream([skfolio], {})).toEqual(skfolio);
  });

  test('is asked for by engine, by simulator or by both, and never answered by an alias', () => {
    const all = [alias, skfolio, riskfolio, vectorbt];
    expect(chosenStream(all, { simulator: 'vectorbt' })).toEqual(vectorbt);
    expect(chosenStream(all, { simulator: 'custom' })).toBeNull();
    expect(chosenStream(all, { engine: 'skfolio', simulator: 'vectorbt' })).toBeNull();
    expect(chosenStream([alias, riskfolio], { engine: 'skfolio' })).toBeNull();
    // Asked for, two of the same are one.
    const again = { ...skfolio, path: 'again.csv', simulator: 'vectorbt' };
    expect(chosenStream([...all, again], { engine: 'skfolio' })).toEqual({ ...skfolio, engine: null, simulator: null });
  });

  test('differs by a date, by a value or by its length', () => {
    const longer = { ...alias, series: { dates: ['2024-01-02', '2024-01-03'], values: Float64Array.of(0.1, 0.1) } };
    const later = { ...alias, series: { dates: ['2024-01-03'], values: Float64Array.of(0.1) } };
    expect([longer, later, { ...alias, series: riskfolio.series }].map((other) => chosenStream([alias, other], {}))).toEqual([
      null,
      null,
      null,
    ]);
    expect(chosenStream([longer, alias], {})).toBeNull();
  });
});
