/** What a scanner file may hold; bad ones are worked examples of a second implementation (test/golden/scan/bad-config.json). */
import { describe, expect, test } from '@jest/globals';
import { requestOf } from '../../../domain/scan/scanner.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import bad from '../../golden/scan/bad-config.json' with { type: 'json' };
import bodies from '../../golden/scan/request-body.json' with { type: 'json' };
import { refusalOf } from '../../support/refusal.ts';
import { scannerOf, shippedScanner } from '../../support/scanners.ts';

const sound = {
  id: 'one',
  filters: [
    { left: 'type', operation: 'equal', right: 'fund' },
    { left: 'Value.Traded', operation: 'greater', right: 10_000_000 },
    { left: 'Value.Traded', operation: 'greater', right: 10_000_000 },
    { left: 'category', operation: 'in_range', right: ['26'] },
  ],
  sort_by: 'Value.Traded',
  prefilter_limit: 300,
  limit: 20,
};

const filter = (left: string, operation: string, right: JsonObject[string]): JsonObject => ({
  filters: [...sound.filters, { left, operation, right }],
});
const statics = { static_mode: true, filters: [] };

/** The change that each example names. */
const changes: Readonly<Record<string, JsonObject>> = {
  'category as a number: right [26, 27]': filter('category', 'in_range', [26, 27]),
  'category as one text, operation in_range': filter('category', 'in_range', '26'),
  'unknown operation "between"': filter('ADX', 'between', [1, 2]),
  'greater with text': filter('ADX', 'greater', '20'),
  'in_range of three numbers': filter('ADX', 'in_range', [1, 2, 3]),
  'in_range [5, 1]': filter('ADX', 'in_range', [5, 1]),
  'in_range mixes 1 and "2"': filter('ADX', 'in_range', [1, '2']),
  'adx.min as text "20"': { trend: { adx: { enabled: true, min: '20' } } },
  'adx enabled without min': { trend: { adx: { enabled: true } } },
  'limit 0': { limit: 0 },
  'limit 20.0 as text': { limit: '20.0' },
  'static symbol without exchange': { ...statics, symbols: ['SPY'] },
  'static list empty': { ...statics, symbols: [] },
};

describe('a scanner file', () => {
  test.each(bad.cases.map((one) => [one.name, one.expect.error] as const))('%s is refused as %s', (name, fault) => {
    const refusal = refusalOf(() => scannerOf({ ...sound, ...changes[name] }));
    expect(refusal).toMatchObject({ code: 'ScannerConfigInvalid', evidence: { fault }, at: { file: 'test.yaml' } });
    expect(refusal.at.path).toMatch(/^(filters\[4\]\.(right|operation)|trend\.adx\.min|limit|symbols(\[0\])?)$/);
  });

  test('an unknown key is refused, with what was probably meant', () => {
    const refusal = refusalOf(() => scannerOf({ ...sound, prefilter_limits: 300 }));
    expect(refusal).toMatchObject({ evidence: { fault: 'unknown_key' }, at: { path: 'prefilter_limits' } });
    expect(refusal.message).toContain('prefilter_limit');
    expect(refusalOf(() => scannerOf({ ...sound, trend: { adx: { enable: true } } })).at.path).toBe('trend.adx.enable');
  });

  test.each([
    ['id', { id: undefined }],
    ['sort_by', { sort_by: undefined }],
    ['prefilter_limit', { prefilter_limit: undefined }],
    ['limit', { limit: undefined }],
  ])('without %s it is refused', (path, change) => {
    const given = Object.fromEntries(Object.entries({ ...sound, ...change }).filter(([, value]) => value !== undefined));
    expect(refusalOf(() => scannerOf(given as JsonObject)).at.path).toBe(path);
  });

  test('a gate says whether it is on', () => {
    expect(refusalOf(() => scannerOf({ ...sound, trend: { adx: { min: 15 } } }))).toMatchObject({ at: { path: 'trend.adx.enabled' } });
    expect(scannerOf({ ...sound, trend: { adx: { enabled: false, min: 15 } } }).gates.adxMin).toBeNull();
  });

  test('a floor of 0 is no gate', () => {
    expect(scannerOf({ ...sound, volume: { value_traded_min: 0 } }).gates.valueTradedMin).toBeNull();
  });

  test('base_universe_sort_by is read as sort_by, and not beside it', () => {
    const { sort_by: _, ...rest } = sound;
    expect(scannerOf({ ...rest, base_universe_sort_by: 'aum' }).sort).toEqual({ column: 'aum', order: 'desc' });
    expect(refusalOf(() => scannerOf({ ...sound, base_universe_sort_by: 'aum' })).at.path).toBe('sort_by');
  });
});

describe('the request', () => {
  test.each(['etf_equity_momentum', 'index_etf_trend'] as const)('of %s is that of the worked example, in full', (name) => {
    expect(requestOf(shippedScanner(name))).toEqual(bodies[name]);
    expect(requestOf(shippedScanner(name)).columns).toEqual(bodies[name].columns);
  });
});
