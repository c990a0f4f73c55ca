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
});
