import { describe, expect, test } from '@jest/globals';
import { requireSleeveVenues } from '../../../domain/allocation/sleeve-venues.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { answerOf } from '../../support/answers.ts';
import { deliveredRun } from '../../support/delivered-runs.ts';

const profiles = {
  old: {},
  strict: { data: { research: false } },
  free: { data: { research: true } },
  below: {
    sleeves: [
      { id: 'x', profile: 'strict' },
      { id: 'y', profile: 'free' },
    ],
  },
  whole: {
    sleeves: [
      { id: 'o', profile: 'old' },
      { id: 'n', meta_profile: 'below' },
    ],
  },
};
const node = resolveMeta(parseManifest(JSON.stringify({ profiles })), 'whole');

/** A run that holds some symbols, or none, under one profile. */
const holding = (weights: Readonly<Record<string, number>> | null) => {
  const run = deliveredRun('x', 1, { risks: ['hrp'] });
  const held = weights === null ? null : Object.entries(weights).map(([symbol, weight]) => ({ symbol, weight }));
  return { ...run, streams: new Map([...run.streams].map(([risk, stream]) => [risk, { ...stream, weights: held }])) };
};
const judged = (path: string, weights: Readonly<Record<string, number>> | null) =>
  answerOf(() => requireSleeveVenues(node, new Map([[path, holding(weights)]])));
const refusal = (symbols: readonly string[]) => ({
  refused: {
    code: 'VenueForeign',
    message: `Profile strict is for production, which holds coins of BINANCE only: ${symbols.join(', ')}`,
    evidence: { symbols, venue: 'BINANCE' },
    at: { path: 'profiles.strict.data.research' },
  },
});

describe('what a sleeve for production brings into a portfolio', () => {
  test('is no coin of another venue, by itself or by its atoms', () => {
    expect(judged('n/x', { 'OKX:BTCUSDT': 0.5, 'BINANCE:ETHUSDT': 0.5 })).toEqual(refusal(['OKX:BTCUSDT']));
    expect(judged('n/x', { 'OKX:BTCUSDT_trend_SHORT_1d': 0.5, 'BYBIT:ETHUSDT': -0.5 })).toEqual(refusal(['BYBIT:ETHUSDT', 'OKX:BTCUSDT']));
  });

  test.each([
    ['coins of its venue, and stocks', 'n/x', { 'BINANCE:BTCUSDT': 0.5, 'NYSE:IBM': 0.5 }],
    ['a coin that it does not hold any more', 'n/x', { 'OKX:BTCUSDT': 0, 'BINANCE:ETHUSDT': 1 }],
    ['no weights at all', 'n/x', null],
    ['what a sleeve for research holds', 'n/y', { 'OKX:BTCUSDT': 1 }],
    ['what a sleeve that is older than the rule holds', 'o', { 'OKX:BTCUSDT': 1 }],
    ['a run of no sleeve of the portfolio', 'x', { 'OKX:BTCUSDT': 1 }],
  ])('may be %s', (_, path, weights) => {
    expect(judged(path, weights)).toEqual({ value: null });
  });

  test('is judged under every profile of its run', () => {
    const run = deliveredRun('x', 1, { risks: ['hrp', 'barbell'] });
    const streams = new Map(
      [...run.streams].map(([risk, stream]) => [
        risk,
        { ...stream, weights: [{ symbol: risk === 'hrp' ? 'BINANCE:A' : 'OKX:A', weight: 1 }] },
      ]),
    );
    expect(answerOf(() => requireSleeveVenues(node, new Map([['n/x', { ...run, streams }]])))).toEqual(refusal(['OKX:A']));
  });
});
