import { describe, expect, test } from '@jest/globals';
import {
  engines,
  originProfiles,
  parseNameMapping,
  parseReturnFileName,
  simulators,
} from '../../../../handlers/intake/run-directory/return-file-names.ts';
import { refusalOf } from '../../../support/refusal.ts';

describe('names of return files', () => {
  test.each([
    ['cvxportfolio_skfolio_barbell.pkl', 'skfolio', 'cvxportfolio', 'barbell', 'simulator_engine_profile', 'pickle'],
    ['custom_vectorbt_hrp.parquet', 'custom', 'vectorbt', 'hrp', 'engine_simulator_profile', 'parquet'],
    ['vectorbt_custom_min_variance.pkl', 'custom', 'vectorbt', 'min_variance', 'simulator_engine_profile', 'pickle'],
    ['cvxportfolio_nautilus_equal_weight.csv', 'cvxportfolio', 'nautilus', 'equal_weight', 'engine_simulator_profile', 'csv'],
    ['custom_custom_max_sharpe.parquet', 'custom', 'custom', 'max_sharpe', 'engine_simulator_profile', 'parquet'],
    ['adaptive_vectorbt_raw_pool_ew.pkl', 'adaptive', 'vectorbt', 'raw_pool_ew', 'engine_simulator_profile', 'pickle'],
    ['risk_parity.pickle', null, null, 'risk_parity', 'profile', 'pickle'],
    ['adaptive.parquet', null, null, 'adaptive', 'profile', 'parquet'],
  ])('%s', (name, engine, simulator, profile, order, format) => {
    expect(parseReturnFileName(name)).toEqual({ engine, simulator, profile, order, format });
  });

  test('every pair of the closed sets is read in both orders, and only pairs inside both sets are ambiguous', () => {
    const ambiguous: string[] = [];
    for (const engine of engines) {
      for (const simulator of simulators) {
        for (const profile of originProfiles) {
          for (const name of [`${engine}_${simulator}_${profile}.pkl`, `${simulator}_${engine}_${profile}.pkl`]) {
            const parsed = parseReturnFileName(name, { map: { engine, simulator } });
            expect({ name, ...parsed }).toMatchObject({ name, engine, simulator, profile });
            try {
              parseReturnFileName(name);
            } catch {
              ambiguous.push(name.slice(0, -profile.length - 5));
            }
          }
        }
      }
    }
    expect([...new Set(ambiguous)].toSorted()).toEqual(['custom_cvxportfolio', 'cvxportfolio_custom']);
  });

  test('an ambiguous name is refused with the flags that settle it, and settled by them', () => {
    const refusal = refusalOf(() => parseReturnFileName('custom_cvxportfolio_hrp.pkl'));
    expect(refusal.code).toBe('ReturnsNameAmbiguous');
    expect(refusal.message).toContain('--map engine=custom,simulator=cvxportfolio or --map engine=cvxportfolio,simulator=custom');
    for (const flag of refusal.evidence['flags'] as string[]) {
      const map = parseNameMapping(flag.replace('--map ', ''));
      expect(parseReturnFileName('custom_cvxportfolio_hrp.pkl', { map })).toMatchObject(map);
    }
    expect(parseReturnFileName('custom_cvxportfolio_hrp.pkl', { map: { engine: 'custom' } })).toMatchObject({ simulator: 'cvxportfolio' });
  });

  test('a mapping that fits no reading settles nothing, and one that is not needed changes nothing', () => {
    expect(refusalOf(() => parseReturnFileName('custom_cvxportfolio_hrp.pkl', { map: { engine: 'skfolio' } })).code).toBe(
      'ReturnsNameAmbiguous',
    );
    expect(parseReturnFileName('skfolio_cvxportfolio_hrp.pkl', { map: { engine: 'custom', simulator: 'custom' } })).toMatchObject({
      engine: 'skfolio',
    });
  });

  test.each([
    'hrp',
    'hrp.txt',
    'hrp.PKL',
    'custom_hrp.pkl',
    'custom_vectorbt_.pkl',
    'custom_vectorbt_momentum.pkl',
    'skfolio_riskfolio_hrp.pkl',
    'vectorbt_nautilus_hrp.pkl',
    'Custom_vectorbt_hrp.pkl',
    '.pkl',
    'constructor_custom_hrp.pkl',
  ])('%s is of no order', (name) => {
    expect(refusalOf(() => parseReturnFileName(name))).toMatchObject({ code: 'RunDirectoryInvalid', at: { file: name } });
  });

  test.each(['', 'engine', 'engine=', 'engine=zipline', 'simulator=skfolio', 'engine=custom;simulator=custom'])(
    '--map %s is refused',
    (text) => {
      expect(refusalOf(() => parseNameMapping(text)).code).toBe('Usage');
    },
  );
});
