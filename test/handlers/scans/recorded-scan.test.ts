/** Which of the recorded scans of a scanner is meant. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { scanFunnel } from '../../../handlers/queries/scan-funnel.ts';
import { recordedScan, recordedScanIn, scanName } from '../../../handlers/scans/recorded-scan.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { plannedScan, recordScans } from '../../support/scan-facts.ts';

const memory = createMemoryStore();
const { config } = plannedScan();
let facts: Awaited<ReturnType<typeof recordScans>> = [];

beforeAll(async () => {
  // Recorded out of the order of their dates, two of one date, and the newest date in the middle.
  facts = await recordScans(memory, [
    { asOf: '2026-05-01' },
    { asOf: '2026-05-08' },
    { asOf: '2026-05-01', config: { ...config, entry: 'other.yaml' }, droppedColumns: ['name'] },
    { asOf: '2026-04-24' },
  ]);
});

const stored = (index: number, configEntry = 'trend.yaml') => ({
  fact: facts[index]!,
  recordedAt: `2026-06-01T08:0${index}:00.000Z`,
  config: { ...config, entry: configEntry },
  configEntry,
});

describe('a recorded scan', () => {
  test.each([
    ['of any date is the newest by its date', { asOf: null, exact: false }, 1],
    ['up to a date is the newest that is not later', { asOf: '2026-05-07', exact: false }, 2],
    ['up to its own date counts', { asOf: '2026-05-08', exact: false }, 1],
    ['up to a date before most', { asOf: '2026-04-30', exact: false }, 3],
    ['of exactly a date is that one', { asOf: '2026-04-24', exact: true }, 3],
    ['of several with one date is the one that was recorded last', { asOf: '2026-05-01', exact: true }, 2],
  ])('%s', async (_, asked, index) => {
    expect(await recordedScan(memory, 'trend', asked)).toEqual(stored(index, index === 2 ? 'other.yaml' : 'trend.yaml'));
  });

  test.each([
    ['trend', { asOf: '2026-04-23', exact: false }, 'no scan trend of 2026-04-23 or before is recorded'],
    ['trend', { asOf: '2026-05-02', exact: true }, 'no scan trend of 2026-05-02 is recorded'],
    ['none', { asOf: null, exact: false }, 'no scan none is recorded'],
  ])('%s that is not there is refused with what was asked: %j', async (scanner, asked, message) => {
    await expect(recordedScan(memory, scanner, asked)).rejects.toMatchObject({
      code: 'ScanNotRecorded',
      message,
      at: { path: scanner },
    });
  });

  test('is found in its stream by what fits, the newest first', async () => {
    expect(await recordedScanIn(memory, 'scan-trend', ({ asOf }) => asOf < '2026-05-08')).toEqual(stored(3));
    expect(await recordedScanIn(memory, 'scan-trend', ({ snapshot }) => snapshot === facts[0]!.snapshot)).toEqual(stored(0));
    await expect(recordedScanIn(memory, 'scan-trend', () => false)).rejects.toMatchObject({
      code: 'ScanNotRecorded',
      message: 'no such scan is recorded in scan-trend',
      at: { path: 'scan-trend' },
    });
  });

  test('is called by its scanner and its date', () => {
    expect(scanName(facts[3]!)).toBe('trend@2026-04-24');
  });
});

test('the funnel of a scan is of the newest that is not later, and says where it ran dry', async () => {
  expect(await scanFunnel(memory, { scanner: 'trend', asOf: '2026-05-01' })).toEqual({
    name: 'trend@2026-05-01',
    recordedAt: '2026-06-01T08:02:00.000Z',
    scan: facts[2],
    emptiedAt: null,
  });
  expect((await scanFunnel(memory, { scanner: 'trend', asOf: null })).name).toBe('trend@2026-05-08');
});
