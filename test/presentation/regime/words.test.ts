import { describe, expect, test } from '@jest/globals';
import { detectRegime } from '../../../domain/regime/regime.ts';
import type { DatedRegime } from '../../../domain/regime/window-regimes.ts';
import { adaptiveInWords, regimeInWords, regimesInWords } from '../../../presentation/regime/words.ts';
import { regimeFacts, turningMarket, turningRegimes } from '../../support/regime-facts.ts';

const { market } = turningMarket();
const dated = (values: Float64Array, flag: 'off' | 'noise' | 'origin' = 'off'): DatedRegime => ({
  first: '2022-01-03',
  last: '2022-12-30',
  reading: detectRegime(values, 252, flag),
});

describe('a regime in words', () => {
  const { decision } = turningRegimes().live;
  const told = regimeInWords(decision);

  test('begins with its label, its score and its rows', () => {
    const { label, score } = decision.reading;
    expect(told[0]).toBe(`Regime ${label}, score ${score.toFixed(4)}, of 252 rows from ${decision.first} to ${decision.last}.`);
  });

  test('shows each term as weight times value, and the products add up to the sum of the terms', () => {
    const products = told.flatMap((line) => /x .* = (\S+)$/.exec(line)?.[1] ?? []).map(Number);
    expect(products).toHaveLength(7);
    expect(products.reduce((sum, product) => sum + product, 0)).toBeCloseTo(decision.reading.rawScore, 3);
    expect(told).toContainEqual(expect.stringMatching(/^ {2}permutation entropy +0\.10 x 0\.\d{4} = 0\.\d{4}$/));
  });

  test('says what the score lost to the calm of the series', () => {
    const calm = market.map((value, row) => (row < market.length - 10 ? value : value / 1e4));
    const { reading } = dated(calm);
    expect(regimeInWords(dated(calm))).toContain(
      `The terms add up to ${reading.rawScore.toFixed(4)}; rules for calm and extreme series make it ${reading.score.toFixed(4)}.`,
    );
    expect(told.filter((line) => line.startsWith('The terms add up'))).toHaveLength(
      decision.reading.score === decision.reading.rawScore ? 0 : 1,
    );
  });

  test('says which flag moved the label', () => {
    const series = market.slice(0, 120);
    const { reading } = dated(series, 'origin');
    expect([reading.labelByScore, reading.label]).toEqual(['NORMAL', 'TURBULENT']);
    expect(regimeInWords(dated(series, 'origin'))).toContain(
      'By its score alone it would be NORMAL: the spectral flag makes it TURBULENT.',
    );
    expect(regimeInWords(dated(series)).filter((line) => line.startsWith('By its score'))).toEqual([]);
  });

  test('says what was not evaluated', () => {
    expect(regimeInWords(dated(new Float64Array(60)))).toContainEqual(
      'Not evaluated, and counted as 0: recent over whole deviation, share of energy in Haar details, ' +
        'distance from a random walk (2|H - 0.5|), p-value of a unit root, excess kurtosis over 10, hidden states.',
    );
  });

  test('says which labels so many rows cannot have', () => {
    expect(regimeInWords(dated(market.slice(0, 60))).at(-1)).toBe('No series of 60 rows can be TURBULENT or CRISIS under these settings.');
    expect(regimeInWords(dated(market.slice(0, 60), 'origin')).at(-1)).not.toContain('No series');
  });

  test('is a rule where there were too few rows to look at', () => {
    expect(regimeInWords(dated(market.slice(0, 19)))).toEqual([
      'Regime NORMAL by rule: 19 rows from 2022-01-03 to 2022-12-30 are too few to look at, 20 are needed.',
      'No series of 19 rows can be TURBULENT or CRISIS under these settings.',
    ]);
  });
});

describe('an adaptive decision in words', () => {
  const record = {
    profile: 'hrp',
    mapping: 'quadrant',
    label: 'QUIET',
    quadrant: 'CRISIS',
    score: 0.61234,
    fallbackBecause: null,
  } as const;

  test.each([
    [record, 'Solved as hrp, by the quadrant CRISIS.'],
    [{ ...record, mapping: 'regime' } as const, 'Solved as hrp, by the regime QUIET (score 0.6123).'],
    [{ ...record, fallbackBecause: '12 rows, 30 are needed' }, 'Solved as hrp, the fallback: 12 rows, 30 are needed.'],
  ])('says what it was solved as: %#', (choice, words) => {
    expect(adaptiveInWords(choice)).toBe(words);
  });
});

describe('the regimes of a run in words', () => {
  test('are counts, the label of now, and hindsight apart', () => {
    expect(regimesInWords(regimeFacts.detected())).toEqual([
      'Regimes of 2 decisions: 1 QUIET, 1 NORMAL. Now QUIET, score 0.60, quadrant EXPANSION, of 100 rows.',
      'Decisions that could not have a label, by their rows or by the spectral flag: 2 TURBULENT, 2 CRISIS.',
      'In hindsight 1 of 2 windows turned out to have another label.',
    ]);
  });

  test('leave out what there is nothing to say of', () => {
    const none = { QUIET: 0, NORMAL: 0, TURBULENT: 0, CRISIS: 0 };
    const realised = { compared: 0, differing: 0, shareDiffering: null };
    expect(regimesInWords(regimeFacts.detected({ windows: 1, decisions: { ...none, QUIET: 1 }, unreachable: none, realised }))).toEqual([
      'Regimes of 1 decision: 1 QUIET. Now QUIET, score 0.60, quadrant EXPANSION, of 100 rows.',
    ]);
  });
});
