/** Returns and weights leave the ledger as files: real pandas reads what was recorded. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, Workbench } from '../../support/cli.ts';
import { needs } from '../../support/needs.ts';
import { oraclePython, runPython } from '../../support/python.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const testWithPandas = needs('pandas').test;

const read = `
import json, sys, pandas as pd
frame = pd.read_parquet(sys.argv[1]) if sys.argv[1].endswith('.parquet') else pd.read_csv(sys.argv[1], index_col=0, parse_dates=True)
if 'date' in frame.columns: frame = frame.set_index('date')
wealth = (1 + frame).prod() - 1
first, last = (str(pd.Timestamp(frame.index[at]).date()) for at in (0, -1))
print(json.dumps({'columns': list(frame.columns), 'rows': len(frame), 'first': first, 'last': last,
  'totals': {c: float(wealth[c]) for c in frame.columns}, 'sums': [float(x) for x in frame.sum(axis=1)]}))
`;
interface Frame {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly sums: readonly number[];
}

const frameOf = (file: string): Frame => JSON.parse(runPython(oraclePython, read, [file])) as Frame;

describe('exported returns and weights', () => {
  const bench = new Workbench(scratchDirectory());
  let sleeveRun: string;
  let meta: Answer;
  let metaRun: string;

  beforeAll(async () => {
    sleeveRun = await bench.produce('stocks');
    await bench.produce('funds');
    await bench.produce('coins');
    meta = await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'hrp', '--no-seal']);
    metaRun = meta.result['runId'] as string;
  });

  test('say what they wrote, with the hash of the file', async () => {
    const file = bench.path('hrp.csv');
    const { result, exit } = await bench.json(['export', 'returns', sleeveRun, '--risk', 'hrp', '-o', file]);
    expect(exit).toBe(0);
    expect(result).toMatchObject({ file, columns: ['returns'], sha256: createHash('sha256').update(readFileSync(file)).digest('hex') });
  });

  testWithPandas.each(['csv', 'parquet'])(
    'a sleeve run: pandas reads its out-of-sample returns from %s and compounds them to the recorded total',
    async (extension) => {
      const file = bench.path(`exported.${extension}`);
      await bench.json(['export', 'returns', sleeveRun, '--risk', 'hrp', '-o', file]);
      const shown = (await bench.json(['timeline', sleeveRun])).result;
      const frame = frameOf(file);
      const produced = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', bench.path('stocks.csv'), '--no-seal']);
      if (produced.error !== undefined) throw new Error(JSON.stringify(produced.error));
      const { oos } = (
        produced.result['profiles'] as { risk: string; oos: { rows: number; first: string; last: string; totalReturn: number } }[]
      ).find(({ risk }) => risk === 'hrp')!;
      expect(shown['runId']).toBe(sleeveRun);
      expect(frame).toMatchObject({ columns: ['returns'], rows: oos.rows, first: oos.first, last: oos.last });
      expect(frame.totals['returns']).toBeCloseTo(oos.totalReturn, 12);
    },
  );

  testWithPandas.each(['csv', 'parquet'])('a meta run: pandas reads the joined matrix from %s, sleeve by sleeve', async (extension) => {
    const file = bench.path(`whole.${extension}`);
    await bench.json(['export', 'returns', metaRun, '--risk', 'hrp', '-o', file]);
    const { join } = (
      meta.result['profiles'] as { join: { rows: number; first: string; last: string; sleeves: { id: string; totalAfter: number }[] } }[]
    )[0]!;
    const frame = frameOf(file);
    expect(frame).toMatchObject({ columns: join.sleeves.map(({ id }) => id), rows: join.rows, first: join.first, last: join.last });
    for (const { id, totalAfter } of join.sleeves) expect(frame.totals[id]).toBeCloseTo(totalAfter, 12);
  });

  testWithPandas('a meta run: its weights are one row that sums to the net exposure', async () => {
    const file = bench.path('weights.parquet');
    await bench.json(['export', 'weights', metaRun, '--risk', 'hrp', '-o', file]);
    const { net, assets } = (meta.result['profiles'] as { net: number; assets: { symbol: string }[] }[])[0]!;
    const frame = frameOf(file);
    expect(frame).toMatchObject({ rows: 1, columns: assets.map(({ symbol }) => symbol) });
    expect(frame.sums[0]).toBeCloseTo(net, 12);
  });

  test('are refused for a profile that the run does not have, and for a run that had not been recorded by then', async () => {
    const file = bench.path('none.csv');
    expect(await bench.json(['export', 'returns', metaRun, '--risk', 'barbell', '-o', file])).toMatchObject({
      exit: 1,
      error: { code: 'ProfileNotAvailable' },
    });
    expect(
      await bench.json(['export', 'returns', metaRun, '--risk', 'hrp', '-o', file, '--known-at', '2000-01-01T00:00:00Z']),
    ).toMatchObject({
      exit: 66,
      error: { code: 'RunUnknown' },
    });
  });
});
