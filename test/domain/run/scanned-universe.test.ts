import { describe, expect, test } from '@jest/globals';
import { scannedUniverse, type UniverseScan, universeEvidence } from '../../../domain/run/scanned-universe.ts';
import { refusalOf } from '../../support/refusal.ts';

const symbols = ['A:A', 'A:B', 'A:C', 'A:D', 'A:E', 'A:F'];

function scanOf(scanner: string, selected: readonly string[], change: Partial<UniverseScan> = {}): UniverseScan {
  const notEvaluated = { filters: [], gates: [], conditions: [] };
  return { scanner, asOf: '2026-05-01', snapshot: '0'.repeat(64), verdict: 'complete', notEvaluated, notReturned: [], selected, ...change };
}

const all = { priced: new Set(symbols), first: '2026-05-01', isStrict: false, symbolsMin: 5 };
const partial: Partial<UniverseScan> = {
  verdict: 'partial',
  notEvaluated: { filters: [{ index: 3, filter: 'category' }], gates: [{ gate: 'trend_adx' }], conditions: [] },
};

describe('a universe of scans', () => {
  test('has each symbol at its first place, with every scanner that found it', () => {
    const universe = scannedUniverse([scanOf('one', ['A:C', 'A:A', 'A:B']), scanOf('two', ['A:D', 'A:A', 'A:E'])], all);
    expect(universe.found.map(({ symbol }) => symbol)).toEqual(['A:C', 'A:A', 'A:B', 'A:D', 'A:E']);
    expect(universe.found[1]!.by).toEqual([
      { scanner: 'one', rank: 2 },
      { scanner: 'two', rank: 2 },
    ]);
    expect(universe).toMatchObject({ unpriced: [], labels: [] });
  });

  test('lists what has no price with its rank, and replaces it by nobody', () => {
    const universe = scannedUniverse([scanOf('one', ['A:X', ...symbols])], all);
    expect(universe.unpriced).toEqual([{ symbol: 'A:X', by: [{ scanner: 'one', rank: 1 }] }]);
    expect(universe.found[0]).toEqual({ symbol: 'A:A', by: [{ scanner: 'one', rank: 2 }] });
  });

  test('of fewer than five priced symbols is refused', () => {
    const refusal = refusalOf(() => scannedUniverse([scanOf('one', ['A:A', 'A:B', 'A:C', 'A:D', 'A:X'])], all));
    expect(refusal).toMatchObject({ code: 'UniverseTooSmall', evidence: { selected: 5, priced: 4 } });
  });

  test('looks ahead where prices from before a scan are used', () => {
    expect(scannedUniverse([scanOf('one', symbols)], { ...all, first: '2026-04-30' }).labels).toEqual(['selection look-ahead']);
  });

  test('a partial scan is accepted by name and degrades the run; a strict run refuses it', () => {
    const scans = [scanOf('one', symbols, partial), scanOf('two', symbols)];
    const evidence = universeEvidence(scannedUniverse(scans, all));
    expect(evidence).toMatchObject({ check: 'universe_scan', status: 'unknown' });
    expect(evidence.detail).toBe('one@2026-05-01: filter[3] on category not evaluated; trend_adx not evaluated');
    expect(refusalOf(() => scannedUniverse(scans, { ...all, isStrict: true }))).toMatchObject({
      code: 'ScanNotUsable',
      at: { path: 'scan:one' },
    });
    expect(universeEvidence(scannedUniverse([scanOf('two', symbols)], all)).status).toBe('passed');
  });

  test('an unknown scan gives no universe', () => {
    expect(refusalOf(() => scannedUniverse([scanOf('one', symbols, { verdict: 'unknown' })], all)).code).toBe('ScanNotUsable');
  });

  test('says in words everything that was not evaluated or not returned', () => {
    const lacking = scanOf('one', symbols, {
      verdict: 'partial',
      notEvaluated: {
        filters: [{ index: 0, filter: 'type' }],
        gates: [{ gate: 'rsi' }],
        conditions: [{ gate: 'adx', column: 'ADX' }],
      },
      notReturned: ['A:Y', 'A:Z'],
    });
    const words = ['filter[0] on type not evaluated', 'rsi not evaluated', 'adx evaluated without ADX', 'not returned: A:Y, A:Z'];
    const universe = scannedUniverse([lacking], all);
    const { scanner, asOf, snapshot } = lacking;
    expect(universe.scans).toEqual([{ scanner, asOf, snapshot, verdict: 'partial', lacking: words }]);
    expect(universeEvidence({ ...universe, scans: [...universe.scans, ...universe.scans] })).toEqual({
      check: 'universe_scan',
      status: 'unknown',
      detail: `one@2026-05-01: ${words.join('; ')} | one@2026-05-01: ${words.join('; ')}`,
    });
    expect(refusalOf(() => scannedUniverse([lacking], { ...all, isStrict: true }))).toMatchObject({
      message: `the scan one@2026-05-01 is partial: ${words.join('; ')}`,
      evidence: { scanner, asOf, verdict: 'partial', lacking: words },
      at: { path: 'scan:one' },
    });
    expect(refusalOf(() => scannedUniverse([scanOf('one', symbols, { verdict: 'unknown' })], all)).message).toBe(
      'the scan one@2026-05-01 is unknown: it has no row',
    );
    expect(universeEvidence(scannedUniverse([scanOf('one', symbols)], { ...all, isStrict: true }))).toEqual({
      check: 'universe_scan',
      status: 'passed',
      detail: 'every filter and gate of 1 scans was evaluated',
    });
  });

  test('keeps file and gates of a scan that came as a file', () => {
    const passes = new Map([
      ['A:A', { trend: true, rsi: null }],
      ['A:B', null],
    ]);
    const scan = scanOf('one', symbols, { exported: { file: 'scan.json', lacking: ['no verdict'], passes } });
    const universe = scannedUniverse([scan], { ...all, first: null });
    expect(universe.scans[0]).toEqual({
      scanner: 'one',
      asOf: scan.asOf,
      snapshot: scan.snapshot,
      exported: { file: 'scan.json', selected: 6 },
      verdict: 'complete',
      lacking: ['no verdict'],
    });
    expect(universe.found.slice(0, 3)).toEqual([
      { symbol: 'A:A', by: [{ scanner: 'one', rank: 1, passes: { trend: true, rsi: null } }] },
      { symbol: 'A:B', by: [{ scanner: 'one', rank: 2 }] },
      { symbol: 'A:C', by: [{ scanner: 'one', rank: 3 }] },
    ]);
    expect(universe.labels).toEqual([]);
  });

  test('is large enough at exactly the least number of priced symbols, and one fewer is refused by name', () => {
    const few = scanOf('one', ['A:A', 'A:B', 'A:X']);
    expect(scannedUniverse([few], { ...all, symbolsMin: 2 }).found.map(({ symbol }) => symbol)).toEqual(['A:A', 'A:B']);
    expect(refusalOf(() => scannedUniverse([few], { ...all, symbolsMin: 3 }))).toMatchObject({
      message: '2 of 3 scanned symbols have a price, 3 are needed: A:A, A:B, A:X',
      evidence: { selected: 3, priced: 2 },
      at: { path: '--universe' },
    });
  });
});
