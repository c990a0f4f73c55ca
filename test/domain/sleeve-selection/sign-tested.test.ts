import { describe, expect, test } from '@jest/globals';
import { clippedStreams, signTestedSleeve, signTestEvidence, testedStreams } from '../../../domain/sleeve-selection/sign-tested.ts';
import { heldStreams, streamsNamed } from '../../../domain/sleeve-selection/streams.ts';

const dates = ['2021-01-27', '2021-01-28', '2021-01-29'];
const raw = { dates, columns: ['CME_MINI:ES1!', 'CRYPTO:DOGEUSD'], values: Float64Array.of(0, -0.0742, -0.02, 3.555465, 0.01, -0.3) };
const streams = heldStreams(raw, { hasDirections: true, strategy: 'trend' });
const changed = (row: number, column: string, value: number) => {
  const values = streams.values.slice();
  values[row * streams.columns.length + streams.columns.indexOf(column)] = value;
  return { ...streams, values };
};

describe('the sign test of a sleeve', () => {
  test('passes both atoms of every symbol, on every row, and warns of a short that lost everything', () => {
    const tested = signTestedSleeve(testedStreams(raw, streams), []);
    expect(tested).toEqual({
      verdict: 'pass',
      checkedAtoms: 4,
      checkedCells: 12,
      findings: [],
      clipped: [{ atom: 'CRYPTO:DOGEUSD_trend_SHORT', date: '2021-01-28' }],
    });
    expect(signTestEvidence(tested)).toEqual({
      status: 'passed',
      detail: '4 atoms, 12 returns checked; short_clipped: CRYPTO:DOGEUSD_trend_SHORT on 2021-01-28',
    });
  });

  test.each([
    ['a short that is not clipped', 1, 'CRYPTO:DOGEUSD_trend_SHORT', -3.555465, 'SIGNTEST_SHORT_NOT_INVERTED'],
    ['a short that is not turned', 2, 'CME_MINI:ES1!_trend_SHORT', 0.01, 'SIGNTEST_SHORT_NOT_INVERTED'],
    ['a long that is off by the last bit', 2, 'CME_MINI:ES1!_trend_LONG', 0.01 + 2 ** -59, 'SIGNTEST_LONG_MISMATCH'],
  ])('fails %s, with its rows and their first date', (_, row, symbol, value, code) => {
    const tested = signTestedSleeve(testedStreams(raw, changed(row, symbol, value)), []);
    expect(tested).toMatchObject({ verdict: 'fail', findings: [{ level: 'error', code, symbol, rows: 1, first: dates[row] }] });
    expect(signTestEvidence(tested)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining(`${code} ${symbol} in 1 row from ${dates[row]}`),
    });
  });

  test('fails an atom that a solve held at a weight below zero: its stream would be turned twice', () => {
    const optimised = [{ symbol: 'CME_MINI:ES1!_trend_SHORT', direction: 'SHORT', netWeight: -0.4 }];
    expect(signTestedSleeve(testedStreams(raw, streams), optimised)).toMatchObject({
      verdict: 'fail',
      findings: [{ code: 'SIGNTEST_OPTIMIZER_NOT_NORMALIZED', symbol: 'CME_MINI:ES1!_trend_SHORT' }],
    });
  });

  test('does not pass columns of which none could be checked', () => {
    const nothing = { dates, columns: [], values: Float64Array.of() };
    expect(signTestEvidence(signTestedSleeve(testedStreams(raw, nothing), []))).toEqual({
      status: 'unknown',
      detail: '0 atoms, 0 returns checked; SIGNTEST_NO_ATOMS',
    });
    expect(signTestedSleeve(testedStreams(raw, raw), []).verdict).toBe('fail');
  });

  test('names five findings and counts the others', () => {
    const lost = { ...streams, values: streams.values.map(() => 0.5) };
    const { detail } = signTestEvidence(signTestedSleeve(testedStreams(raw, lost), []));
    expect(detail.match(/SIGNTEST_/g)).toHaveLength(4);
    const clipped = dates.flatMap((date) => [`A:${date.at(-1)}_t_SHORT`, `B:${date.at(-1)}_t_SHORT`].map((atom) => ({ atom, date })));
    const warned = signTestEvidence({ verdict: 'pass', checkedAtoms: 6, checkedCells: 6, findings: [], clipped });
    expect(warned.detail).toMatch(/and 1 more$/);
  });
});

describe('the streams of a recorded sleeve', () => {
  test('follow from the returns of its symbols, by their names', () => {
    const { columns, values } = streamsNamed(raw, ['CRYPTO:DOGEUSD_trend_SHORT', 'CME_MINI:ES1!'])!;
    expect(columns).toEqual(['CRYPTO:DOGEUSD_trend_SHORT', 'CME_MINI:ES1!']);
    expect([...values]).toEqual([0.0742, 0, -1, -0.02, 0.3, 0.01]);
    expect(streamsNamed(raw, streams.columns)).toEqual(streams);
  });

  test('are none where a name is neither a symbol nor an atom of one', () => {
    expect(streamsNamed(raw, ['NYSE:AA_trend_SHORT'])).toBeNull();
    expect(streamsNamed(raw, ['CME_MINI:ES1!_SHORT'])).toBeNull();
  });

  test('are clipped where a short is at exactly -1, and nowhere else', () => {
    expect(clippedStreams(changed(0, 'CME_MINI:ES1!_trend_LONG', -1))).toEqual(clippedStreams(streams));
  });
});
