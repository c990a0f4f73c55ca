import { describe, expect, test } from '@jest/globals';
import type { Drift } from '../../../web/src/api/answers.ts';
import { driftOfAssets, driftOfSleeves, driftWords } from '../../../web/src/parts/drifted.ts';

const known: Drift = {
  meta: 'desk',
  number: 3,
  runId: 'desk-2024-06-28-0123456789abcdef',
  risk: 'hrp',
  asOf: '2024-06-28',
  to: '2024-07-12',
  driftTwoSided: 0.01234,
  unknownBecause: null,
  sleeves: [
    { path: ['coins'], published: 0.2, drifted: 0.25, growth: 1.3, runId: 'c' },
    { path: ['listed', 'etfs'], published: 0.3, drifted: 0.25, growth: 0.9, runId: 'e' },
    { path: ['listed', 'stocks'], published: 0.5, drifted: 0.5, growth: 1, runId: 's' },
  ],
  assets: [{ symbol: 'NYSE:AAA', published: 0.5, drifted: 0.5 }],
};

describe('the drift of a portfolio in words', () => {
  test('says how far, since when, until when and by what it is known', () => {
    expect(driftWords(known)).toBe(
      'Drifted 1.23\u00a0%, two-sided, from publication 3, as of 2024-06-28, until 2024-07-12, by the returns of its sleeves.',
    );
  });

  test('says that nothing is known to have drifted where no returns are newer, and never a drift of nothing', () => {
    expect(driftWords({ ...known, to: '2024-06-28', driftTwoSided: 0 })).toBe(
      'No sleeve has returns after publication 3, as of 2024-06-28: nothing is known to have drifted.',
    );
  });

  test('says why it is not known', () => {
    expect(driftWords({ ...known, driftTwoSided: null, unknownBecause: 'returns of etfs since 2024-06-28 are not known' })).toBe(
      'How far it has drifted from publication 3, as of 2024-06-28, is not known: returns of etfs since 2024-06-28 are not known.',
    );
  });
});

describe('the drifted weights', () => {
  test('of a portfolio within the portfolio are the sums of its sleeves', () => {
    expect([...driftOfSleeves(known)]).toEqual([
      ['coins', { published: 0.2, drifted: 0.25 }],
      ['listed', { published: 0.8, drifted: 0.75 }],
    ]);
    expect(driftOfAssets(known).get('NYSE:AAA')).toEqual({ published: 0.5, drifted: 0.5 });
  });

  test('are none where nothing is published', () => {
    expect([driftOfSleeves(null).size, driftOfAssets(null).size]).toEqual([0, 0]);
  });
});
