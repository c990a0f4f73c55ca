/** Scans that give a universe: recorded ones by name and date, exports by their file; and the symbols of them that have prices. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readResponse } from '../../../domain/scan/response.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Files } from '../../../handlers/ports/ports.ts';
import { universeFromScans } from '../../../handlers/scans/scanned-symbols.ts';
import { sourceScan, type UniverseSources } from '../../../handlers/scans/universe-sources.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createFiles } from '../../../infra/files/node-files.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { priceFile } from '../../support/prices.ts';
import { recordScans } from '../../support/scan-facts.ts';

const memory = createMemoryStore();
let facts: Awaited<ReturnType<typeof recordScans>> = [];

const exported = JSON.stringify({
  meta: { selector: 'volume', as_of: '2026-05-04', verdict: 'complete' },
  data: [
    { symbol: 'B:P', selected: true, passes: { liquidity: true }, ADX: 31 },
    { symbol: 'B:Q', selected: false, ADX: 7 },
    { symbol: 'A:X', selected: true },
  ],
});
const bytes = new TextEncoder().encode(exported);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const files: Files = {
  ...createFiles(),
  readBytes: async (file) => {
    if (file.endsWith('volume.json')) return bytes;
    throw new LedgerError('FileMissing', `${file} is not there`);
  },
};
const tools = { files, crypto: createNodeCrypto() };
const sources: UniverseSources = { ledger: memory, tools };

beforeAll(async () => {
  const response = {
    _columns: ['name', 'ADX', 'Value.Traded', 'ROC'],
    data: [
      { s: 'A:X', d: ['X', 25, 5, null] },
      { s: 'A:Y', d: ['Y', 28, 9, -0.5] },
      { s: 'A:Z', d: ['Z', null, null, null] },
    ],
  };
  facts = await recordScans(memory, [
    { asOf: '2026-05-01', response: readResponse(response, { file: 'response.json', requestColumns: null }, []) },
    { asOf: '2026-05-08' },
  ]);
});

const row = (change: object) => ({
  tradedValue: null,
  adx: null,
  recommendAll: null,
  recommendMa: null,
  rateOfChange: null,
  dailyVolatility: null,
  ...change,
});

describe('a scan that a reference names', () => {
  test('is the newest up to a date where it names none, with what it says of each symbol', async () => {
    expect(await sourceScan(sources, 'scan:trend', '2026-05-07')).toEqual({
      scan: facts[0],
      values: {
        name: 'trend@2026-05-01',
        asOf: '2026-05-01',
        origin: { kind: 'recorded', snapshot: facts[0]!.snapshot },
        rows: { 'A:X': row({ tradedValue: 5, adx: 25 }), 'A:Y': row({ tradedValue: 9, adx: 28, rateOfChange: -0.5 }) },
      },
    });
    expect((await sourceScan(sources, 'scan:trend', null)).scan).toEqual(facts[1]);
  });

  test('is exactly the one of a date where it names one, whatever is newer', async () => {
    expect((await sourceScan(sources, 'scan:trend@2026-05-08', '2026-05-01')).scan).toEqual(facts[1]);
    await expect(sourceScan(sources, 'scan:trend@2026-05-07', null)).rejects.toMatchObject({
      code: 'ScanNotRecorded',
      message: 'no scan trend of 2026-05-07 is recorded',
    });
  });

  test('is an export where it ends as one, with the hash of the file in the place of a snapshot', async () => {
    expect(await sourceScan(sources, 'saved/volume.json', null)).toEqual({
      scan: {
        scanner: 'volume',
        asOf: '2026-05-04',
        snapshot: sha256,
        verdict: 'complete',
        notEvaluated: { filters: [], gates: [], conditions: [] },
        notReturned: [],
        selected: ['B:P', 'A:X'],
        exported: {
          file: 'volume.json',
          lacking: [],
          passes: new Map([
            ['B:P', expect.objectContaining({ liquidity: true })],
            ['A:X', null],
          ]),
        },
      },
      values: {
        name: 'volume.json',
        asOf: '2026-05-04',
        origin: { kind: 'export', fileSha256: sha256 },
        rows: { 'B:P': row({ adx: 31 }), 'B:Q': row({ adx: 7 }) },
      },
    });
    await expect(sourceScan(sources, 'gone.json', null)).rejects.toMatchObject({ code: 'FileMissing' });
  });

  test.each([
    'trend',
    'scan:',
    'scan:a b',
    'scan:trend@',
    'scan:trend@2026-5-8',
    'scan:trend@2026-02-30',
    'xscan:trend',
    'scan:a.json',
    'scan:trend@2026-05-08x',
  ])('written %s is refused with what there is to write', async (text) => {
    const refused = Promise.resolve().then(async () => sourceScan(sources, text, null));
    await expect(refused).rejects.toMatchObject({
      code: 'Usage',
      message: `--universe ${text}: scan:<id>, scan:<id>@<date>, or the file of an export, <name>.json`,
      at: { path: '--universe' },
    });
  });

  test('is not recorded where there is no ledger, and an export needs none', async () => {
    await expect(sourceScan({ ledger: null, tools }, 'scan:trend', null)).rejects.toMatchObject({
      code: 'ScanNotRecorded',
      message: 'no ledger holds scan:trend',
      at: { path: '--universe' },
    });
    expect((await sourceScan({ ledger: null, tools }, 'volume.json', null)).scan.scanner).toBe('volume');
  });
});

describe('the symbols of scans', () => {
  const none = Number.NaN;
  // B:P has its only price before May; A:Y is priced on the last day alone; A:X, written in lower case, on the first alone.
  const prices = priceFile('prices.csv', {
    dates: ['2026-04-30', '2026-05-04', '2026-05-05', '2026-05-11'],
    symbols: ['A:Y', 'B:P', 'a:x'],
    closes: [Float64Array.of(none, none, none, 3), Float64Array.of(1, none, none, none), Float64Array.of(none, 2, none, none)],
  });
  const other = priceFile('other.csv', { dates: ['2026-05-06'], symbols: ['B:Q'], closes: [Float64Array.of(1)] });
  const asked: Parameters<typeof universeFromScans>[3] = { from: null, asOf: null, symbolsMin: 0 };
  const pricedOf = async (range: Partial<typeof asked>) => {
    const { universe, scans } = await universeFromScans(
      sources,
      { references: ['scan:trend', 'volume.json'], strict: false },
      [prices, other],
      { ...asked, ...range },
    );
    return {
      priced: universe.found.map(({ symbol }) => symbol),
      unpriced: universe.unpriced.map(({ symbol }) => symbol),
      scans: scans.map(({ name }) => name),
      labels: universe.labels,
    };
  };

  test('are those with a price in the files, by the newest scan up to the last row', async () => {
    expect(await pricedOf({})).toEqual({
      priced: ['A:X', 'B:P'],
      unpriced: [],
      scans: ['trend@2026-05-08', 'volume.json'],
      labels: ['selection look-ahead'],
    });
  });

  test('are those with a price in the range, both ends in it, by the newest scan up to its end', async () => {
    expect(await pricedOf({ from: '2026-05-04', asOf: '2026-05-05' })).toMatchObject({
      priced: ['A:X'],
      unpriced: ['A:Y', 'B:P'],
      scans: ['trend@2026-05-01', 'volume.json'],
      labels: [],
    });
    expect(await pricedOf({ from: '2026-05-05', asOf: '2026-05-11' })).toMatchObject({ priced: [], unpriced: ['A:X', 'B:P'] });
    expect(await pricedOf({ from: '2026-05-11' })).toMatchObject({ labels: [] });
    expect(await pricedOf({ asOf: '2026-05-03' })).toMatchObject({ priced: ['B:P'], scans: ['trend@2026-05-01', 'volume.json'] });
  });

  test('are refused where too few have a price, and where a scan is partial and that is not wanted', async () => {
    await expect(pricedOf({ symbolsMin: 3 })).rejects.toMatchObject({ code: 'UniverseTooSmall' });
    const strict = { references: ['partial.json'], strict: true };
    const partial = { ...sources, tools: { ...tools, files: readsAlways(exported.replace('complete', 'partial')) } };
    await expect(universeFromScans(partial, strict, [prices], asked)).rejects.toMatchObject({ code: 'ScanNotUsable' });
    expect((await universeFromScans(partial, { ...strict, strict: false }, [prices], asked)).universe.scans).toHaveLength(1);
  });
});

/** Files of which every one holds the same text. */
function readsAlways(text: string): Files {
  return { ...files, readBytes: async () => new TextEncoder().encode(text) };
}
