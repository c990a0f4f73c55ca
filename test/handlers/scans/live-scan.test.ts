/**
 * A client of the scan protocol against a server that misbehaves; what it must make of each fault is that of the worked examples
 * (test/golden/scan/server-expected.json): the rows or the refusal, and the seconds waited.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ScanResponse } from '../../../domain/scan/response.ts';
import type { Scanner } from '../../../domain/scan/scanner.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { ScanServer } from '../../../handlers/ports/ports.ts';
import { type LiveAsked, liveResponse } from '../../../handlers/scans/live-scan.ts';
import { createScanServer } from '../../../infra/scanners/scan-server.ts';
import expected from '../../golden/scan/server-expected.json' with { type: 'json' };
import { MisbehavingScanServer } from '../../support/scan-server.ts';
import { scannerOf } from '../../support/scanners.ts';

const misbehaving = new MisbehavingScanServer();
let base = '';

beforeAll(async () => {
  base = await misbehaving.listen();
});
afterAll(() => misbehaving.close());

const funds = scannerOf({
  id: 'live',
  markets: ['america'],
  sort_by: 'Value.Traded',
  prefilter_limit: 2_500,
  limit: 20,
  columns: ['ADX', 'Value.Traded'],
});
const never = new AbortController().signal;

/** Waits for nothing, and says how long it would have waited. */
function impatient(): { readonly server: ScanServer; readonly waits: number[] } {
  const waits: number[] = [];
  const { post } = createScanServer();
  return { waits, server: { post, wait: async (seconds) => void waits.push(seconds) } };
}

interface Came {
  readonly waits: readonly number[];
  readonly response?: ScanResponse;
  readonly source?: Awaited<ReturnType<typeof liveResponse>>['source'];
  readonly error?: LedgerError;
}

async function asked(fault: string, scanner: Scanner = funds, change: Partial<LiveAsked> = {}): Promise<Came> {
  const { server, waits } = impatient();
  const url = fault === 'ok' ? base : `${base}/f/${fault}`;
  const given = { url, timeoutSeconds: fault.startsWith('hang') ? 0.2 : 10, droppedColumns: [], askedBy: () => ['live'], ...change };
  try {
    return { waits, ...(await liveResponse(server, scanner, given, never)) };
  } catch (error) {
    if (error instanceof LedgerError) return { waits, error };
    throw error;
  }
}

/** The one word with which the example calls a refusal. */
const faultOf = (result: string): string | null => /(?:ERROR|on reading:) ([a-z_]+)/.exec(result)?.[1] ?? null;

describe('a server that', () => {
  test.each(Object.entries(expected))('%s', async (fault, { result, waits }) => {
    const answer = await asked(fault);
    const wanted = faultOf(result);
    expect(answer.waits).toEqual(waits);
    if (wanted === null) {
      const [, rows, total] = /^(\d+) rows, totalCount (\d+)$/.exec(result)!.map(Number);
      expect([answer.response?.rows.length, answer.response?.totalCount]).toEqual([rows, total]);
    } else if (wanted === 'retries_exhausted')
      expect(answer.error).toMatchObject({ code: 'ScanServerUnavailable', evidence: { attempts: 11 } });
    else
      expect(answer.error).toMatchObject({
        code: 'ScanResponseInvalid',
        evidence: { fault: wanted },
        at: { file: expect.stringContaining('/america/scan') },
      });
  });

  test('is asked page by page, with half-open ranges, and every retry is told', async () => {
    misbehaving.ranges.length = 0;
    const { source } = await asked('503:1');
    expect(misbehaving.ranges).toEqual([
      [0, 1_000],
      [1_000, 2_000],
      [2_000, 2_500],
    ]);
    expect(source!.pages.map(({ rows }) => rows)).toEqual([1_000, 1_000, 52]);
    expect(source!.pages.map(({ retries }) => retries)).toEqual([[{ because: '503', waitSeconds: 2 }], [], []]);
  });

  test('does not know a column is refused with the scanners that ask for it, unless the column is dropped by name', async () => {
    const strange = { ...funds, columns: [...funds.columns, 'nope'] };
    expect((await asked('ok', strange)).error).toMatchObject({
      code: 'ScanColumnUnknown',
      evidence: { column: 'nope', scanners: ['live'] },
    });
    expect((await asked('ok', strange, { droppedColumns: ['nope'] })).response?.columns).not.toContain('nope');
  });

  test('refuses otherwise is not asked again', async () => {
    expect(await asked('404:-1')).toMatchObject({ waits: [], error: { code: 'ScanServerRefused', evidence: { status: 404 } } });
  });

  test('is not at that address: the last attempt is told', async () => {
    const answer = await asked('ok', funds, { url: 'http://127.0.0.1:1' });
    expect(answer.error).toMatchObject({ code: 'ScanServerUnavailable', evidence: { last: 'closed' } });
    expect(answer.waits).toHaveLength(10);
    expect((await asked('ok', funds, { url: 'file:///etc/hostname' })).error).toMatchObject({ code: 'Usage', at: { path: '--live' } });
  });
});

test('a static scanner asks on until it has seen its list', async () => {
  const list = scannerOf({
    id: 'list',
    markets: ['america'],
    static_mode: true,
    symbols: ['OTC:F0001', 'OTC:F0002'],
    limit: 5,
    columns: ['Value.Traded'],
  });
  misbehaving.ranges.length = 0;
  const { response } = await asked('homonym:OTC', list);
  expect(misbehaving.ranges).toEqual([
    [0, 2],
    [2, 4],
  ]);
  expect(response?.rows).toHaveLength(4);
  expect((await asked('ok', list)).response?.rows).toHaveLength(2);
});

test('a scanner of several markets is refused', async () => {
  expect((await asked('ok', { ...funds, markets: ['america', 'global'] })).error).toMatchObject({ code: 'Usage', at: { path: 'markets' } });
});
