import { describe, expect, test } from '@jest/globals';
import { adaptiveRowsMin, parametersAt, profileAt, solveAdaptive } from '../../../domain/regime/adaptive.ts';
import { detectRegime, type RegimeReading } from '../../../domain/regime/regime.ts';
import { quadrantSchema, regimeLabelSchema } from '../../../domain/regime/schemas.ts';
import type { RegimeSettings } from '../../../domain/regime/settings.ts';
import { defaultSolveParameters, solveProfile, type SolveResult } from '../../../domain/risk/profiles.ts';
import { commonRiskProfiles, type MatrixRiskProfile, matrixRiskProfiles, solveResultSchema } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import golden from '../../golden/risk/returns.json' with { type: 'json' };
import { turningMarket } from '../../support/regime-facts.ts';
import { matrixOf } from '../risk/fixtures.ts';

const settings: RegimeSettings = { spectral: 'off', aggressorTable: 'code', adaptive: { mapping: 'quadrant', fallback: 'risk_parity' } };
const byRegime: RegimeSettings = { ...settings, adaptive: { mapping: 'regime', fallback: 'risk_parity' } };
const { market } = turningMarket();
const reading = detectRegime(market, 252, 'off');
const like = (change: Partial<RegimeReading>): RegimeReading => ({ ...reading, ...change });

const [{ columns, returns }] = golden.cases as [(typeof golden.cases)[number]];
const training = matrixOf(columns, returns);
const solve = (risk: MatrixRiskProfile): SolveResult => solveProfile({ risk, training, parameters: defaultSolveParameters });

describe('a decision', () => {
  test.each(matrixRiskProfiles)('that is asked for %s solves it in any regime', (risk) => {
    for (const label of regimeLabelSchema.options)
      expect(profileAt(risk, like({ label }), settings)).toEqual({ solves: risk, adaptive: null });
  });

  test.each([
    ['EXPANSION', 'max_sharpe'],
    ['INFLATIONARY_TREND', 'barbell'],
    ['STAGNATION', 'min_variance'],
    ['CRISIS', 'hrp'],
    ['NORMAL', 'max_sharpe'],
  ] as const)('that adapts by quadrant solves in %s %s', (quadrant, solves) => {
    const { label, score } = reading;
    expect(profileAt('adaptive', like({ quadrant }), settings)).toEqual({
      solves,
      adaptive: { profile: solves, mapping: 'quadrant', label, quadrant, score, fallbackBecause: null },
    });
  });

  test.each([
    ['QUIET', 'max_sharpe'],
    ['NORMAL', 'max_sharpe'],
    ['TURBULENT', 'hrp'],
    ['CRISIS', 'hrp'],
  ] as const)('that adapts by regime solves in %s %s', (label, solves) => {
    expect(profileAt('adaptive', like({ label }), byRegime)).toMatchObject({ solves, adaptive: { mapping: 'regime', label } });
  });

  test('that read fewer than thirty rows takes the fallback, and says how many there were', () => {
    const short = (rows: number): string | null =>
      profileAt('adaptive', detectRegime(market.slice(0, rows), 252, 'off'), settings).adaptive!.fallbackBecause;
    expect([short(29), short(10), short(adaptiveRowsMin)]).toEqual(['29 rows, 30 are needed', '10 rows, 30 are needed', null]);
    expect(profileAt('adaptive', detectRegime(market.slice(0, 29), 252, 'off'), settings).solves).toBe('risk_parity');
  });

  test('has a profile for every quadrant and every label, and none of them adapts', () => {
    const chosen = quadrantSchema.options.flatMap((quadrant) =>
      regimeLabelSchema.options.flatMap((label) =>
        [settings, byRegime].map((by) => profileAt('adaptive', like({ quadrant, label }), by).solves),
      ),
    );
    expect(chosen.filter((risk) => !commonRiskProfiles.some((known) => known === risk))).toEqual([]);
  });
});

describe('the solve of a decision that adapts', () => {
  test('has the weights and the certificate of the profile that it chose, and says on what the choice rests', () => {
    const crisis = like({ quadrant: 'CRISIS' });
    const found = solveAdaptive(crisis, settings, solve);
    const { label, score } = crisis;
    expect(found).toEqual({
      ...solve('hrp'),
      risk: 'adaptive',
      adaptive: { profile: 'hrp', mapping: 'quadrant', label, quadrant: 'CRISIS', score, fallbackBecause: null },
    });
    expect(solveResultSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  });

  test('is made again as the fallback where the chosen profile fails by name', () => {
    const failing = (risk: MatrixRiskProfile): SolveResult => {
      if (risk === 'hrp') throw new LedgerError('SolverFailed', 'no tree');
      return solve(risk);
    };
    const found = solveAdaptive(like({ quadrant: 'CRISIS' }), settings, failing);
    expect(found.weights).toEqual(solve('risk_parity').weights);
    expect(found.adaptive).toMatchObject({ profile: 'risk_parity', fallbackBecause: 'hrp: no tree' });
  });

  test('fails where the fallback itself fails, and where more than a profile has failed', () => {
    const tried: string[] = [];
    const failing = (code: 'SolverFailed' | 'Internal') =>
      solveAdaptive(like({ quadrant: 'CRISIS' }), settings, (risk) => {
        tried.push(risk);
        throw new LedgerError(code, 'no');
      });
    expect(() => failing('SolverFailed')).toThrow(expect.objectContaining({ code: 'SolverFailed' }));
    expect(() => failing('Internal')).toThrow(expect.objectContaining({ code: 'Internal' }));
    expect(tried).toEqual(['hrp', 'risk_parity', 'hrp']);
  });

  test('is refused where no regime was read', () => {
    expect(() => solveProfile({ risk: 'adaptive', training, parameters: defaultSolveParameters })).toThrow(
      expect.objectContaining({ code: 'ProfileNotAvailable', message: expect.stringContaining('regime') }),
    );
  });
});

describe('the barbell of a selecting sleeve', () => {
  test.each([
    ['QUIET', 0.15, 0.15],
    ['NORMAL', 0.1, 0.1],
    ['TURBULENT', 0.05, 0.08],
    ['CRISIS', 0.03, 0.05],
  ] as const)('holds in %s %d of aggressors by the code, and %d by the specification', (label, code, specification) => {
    const fraction = (aggressorTable: 'code' | 'specification') =>
      parametersAt(defaultSolveParameters, like({ label }), { ...settings, aggressorTable });
    expect(fraction('code')).toEqual({ ...defaultSolveParameters, aggressorFraction: code });
    expect(fraction('specification')).toEqual({ ...defaultSolveParameters, aggressorFraction: specification });
  });
});
