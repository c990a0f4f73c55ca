/** Worked example of the reference (crypto_rules.json): every row of every case; the entropies to 1e-14. */
import { describe, expect, test } from '@jest/globals';
import { keysOfBlock } from '../../../domain/manifest/blocks.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { validateManifest } from '../../../domain/manifest/validate.ts';
import { lintProfile } from '../../../domain/lint/lint.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';

interface Row {
  readonly rule: string;
  readonly status: string;
  readonly value: Json;
  readonly expected: Json;
}

interface Case {
  readonly name: string;
  readonly profile: Readonly<Record<string, Json>>;
  readonly symbols: readonly string[];
  readonly train_window: number;
  readonly expected: readonly Row[];
}

const { lint: cases } = workedExample('crypto_rules') as { readonly lint: readonly Case[] };

function blocksOf(settings: Readonly<Record<string, Json>>): Record<string, Record<string, Json>> {
  const blocks: Record<string, Record<string, Json>> = {};
  for (const [key, value] of Object.entries(settings)) {
    const [block] = Object.entries(keysOfBlock).find(([, keys]) => keys.includes(key))!;
    (blocks[block] ??= {})[key] = value;
  }
  return blocks;
}

function lintOf(settings: Readonly<Record<string, Json>>, symbols: readonly string[] | null, prices = new Map()) {
  const { manifest, problems } = validateManifest({ profiles: { crypto: blocksOf(settings) } });
  expect(problems).toEqual([]);
  return lintProfile(resolveProfile(manifest!, 'crypto'), { symbols, prices });
}

const rowOf = (settings: Readonly<Record<string, Json>>, rule: string, symbols: readonly string[] | null = ['BINANCE:BTCUSDT']) =>
  lintOf(settings, symbols).rules.find((row) => row.rule === rule)!;

const isReach = ({ rule }: Row): boolean => rule === 'entropy_reach';

test.each(cases.map((each) => [each.name, each] as const))('%s', (_name, { profile, symbols, train_window, expected }) => {
  const { rules } = lintOf({ ...profile, train_window }, symbols);
  const rows = rules
    .filter(({ about, rule }) => about === 'crypto' && rule !== 'stable_coins_held')
    .map(({ rule, status, value, expected: wanted }) => ({ rule, status, value, expected: wanted }));
  expect(rows.filter((row) => !isReach(row))).toEqual(expected.filter((row) => !isReach(row)));
  const [reach, wanted] = [rows.find(isReach)!, expected.find(isReach)!];
  expect({ ...reach, value: null }).toEqual({ ...wanted, value: null });
  expectClose(reach.value as number, wanted.value as number, 1e-14);
});

describe('beyond the worked example', () => {
  test('what nobody states is not evaluated, and breaks the rule where the value in force does', () => {
    expect(rowOf({}, 'backtest_slippage')).toMatchObject({ status: 'not_evaluated', value: null, breaks: true });
    expect(rowOf({}, 'backtest_cash_asset')).toMatchObject({ status: 'not_evaluated', value: null, breaks: false });
  });

  test('benchmarks are the same in any order', () => {
    expect(rowOf({ benchmark_symbols: ['AMEX:SPY', 'BINANCE:BTCUSDT'] }, 'benchmark_symbols').status).toBe('kept');
  });

  test('without symbols neither venue nor stable coins are evaluated', () => {
    const benchmarks = { benchmark_symbols: ['BINANCE:BTCUSDT', 'AMEX:SPY'] };
    const rules = lintOf(benchmarks, null).rules.filter(({ rule }) => rule === 'venue' || rule === 'stable_coins');
    expect(rules.map(({ status }) => status)).toEqual(['not_evaluated', 'not_evaluated']);
  });

  test('a sleeve that does not trade round the clock has none of these rules', () => {
    const { isCrypto, rules } = lintOf({}, ['NYSE:IBM', 'BINANCE:BTCUSDT']);
    expect(isCrypto).toBe(false);
    expect(rules.map(({ rule, status }) => [rule, status])).toEqual([
      ['crypto_sleeve', 'not_applicable'],
      ['selection_mode', 'not_applicable'],
    ]);
  });

  test('a stable coin of a sleeve that selects nothing is held, and that breaks a rule', () => {
    const coins = ['BINANCE:BTCUSDT', 'BINANCE:USDCUSDT'];
    expect(rowOf({}, 'stable_coins_held', coins)).toMatchObject({ status: 'broken', value: ['BINANCE:USDCUSDT'] });
    expect(rowOf({ selection_mode: 'v4' }, 'stable_coins_held', coins)).toBeUndefined();
  });

  test('a coin that is listed nowhere shows its peg by its prices', () => {
    const flat = { closes: Float64Array.from({ length: 60 }, () => 1.001), returns: new Float64Array(59), annualisationDays: 365 };
    const prices = new Map([['BINANCE:NEWUSDT', flat]]);
    expect(lintOf({}, ['BINANCE:NEWUSDT', 'BINANCE:BTCUSDT'], prices).stableCoins).toEqual([
      { symbol: 'BINANCE:NEWUSDT', because: 'pegged' },
    ]);
  });

  test('the entropy threshold acts where entropies are divided by what the rows reach', () => {
    const settings = { readings: ['entropy_normaliser=reachable'], entropy_max_threshold: 0.999 };
    expect(rowOf(settings, 'entropy_reach')).toMatchObject({ status: 'kept', value: 1 });
  });
});
