import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { verifyOriginChain } from '../../../domain/audit/origin-chain.ts';
import { parseCsvReturns } from '../../../infra/csv/csv-returns.ts';
import { createRunDirectories } from '../../../infra/files/run-directories.ts';
import { parseParquetReturns } from '../../../infra/parquet/parquet-returns.ts';
import { parsePickledReturns } from '../../../infra/pickle/pickled-returns.ts';
import { needs } from '../../support/needs.ts';
import { anyPython, oraclePython, runPython } from '../../support/python.ts';
import { writeRunDirectory } from '../../support/run-directory.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const testWithPython = needs('python').test;
const testWithPandas = needs('pandas').test;

const series = { dates: ['2024-02-28', '2024-02-29', '2024-03-01'], values: Float64Array.of(0.01, -1e-17, 0.1 + 0.2) };
const names = ['vectorbt_custom_hrp.pkl', 'hrp.parquet', 'custom_vectorbt_hrp.csv'];
const root = writeRunDirectory(join(temporaryDirectory(), 'run'), {
  returns: Object.fromEntries(names.map((name) => [name, series])),
  flattened: { hrp: [{ Symbol: 'NYSE:A', Weight: 1, Net_Weight: -1, Gross_Weight: 1, Direction: 'SHORT' }] },
  optimized: { hrp: [{ Symbol: 'NYSE:A_rating_all_SHORT_1d', Weight: 1 }] },
});
const directories = createRunDirectories({ csv: parseCsvReturns, parquet: parseParquetReturns, pickle: parsePickledReturns });
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe("a run directory as the origin's Python leaves it", () => {
  test('lists what it holds', async () => {
    const run = await directories.open(root);
    expect((await run.list()).map((entry) => entry.path)).toEqual([
      'audit.jsonl',
      'config/resolved_manifest.json',
      'data/portfolio_flattened.json',
      'data/portfolio_optimized_v2.json',
      'data/returns/custom_vectorbt_hrp.csv',
      'data/returns/hrp.parquet',
      'data/returns/vectorbt_custom_hrp.pkl',
    ]);
  });

  test('gives the same returns from each format, with the hash of the file', async () => {
    const run = await directories.open(root);
    for (const [at, format] of (['pickle', 'parquet', 'csv'] as const).entries()) {
      const path = `data/returns/${names[at]}`;
      const hash = createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex');
      expect(await run.readReturns(path)).toEqual({ file: `${root}/${path}`, sha256: hash, series, format });
    }
  });

  test('has a chain that verifies', async () => {
    const text = new TextDecoder().decode(await (await directories.open(root)).readBytes('audit.jsonl'));
    expect(verifyOriginChain(text.split('\n'), sha256, 'python_and_ledger')).toMatchObject({ status: 'verified', lines: 5 });
  });

  testWithPandas('is one to real pandas: the pickle and the parquet load there', () => {
    const script = [
      'import json, sys, pandas as pd',
      'out = []',
      'for path in sys.argv[1:]:',
      "  data = pd.read_pickle(path) if path.endswith('pkl') else pd.read_parquet(path).iloc[:, 0]",
      '  out.append([data.name, [str(d.date()) for d in data.index], [float(v) for v in data]])',
      'print(json.dumps(out))',
    ].join('\n');
    const seen = JSON.parse(
      runPython(
        oraclePython,
        script,
        names.slice(0, 2).map((name) => join(root, 'data/returns', name)),
      ),
    ) as unknown;
    expect(seen).toEqual([0, 1].map(() => ['returns', series.dates, [...series.values]]));
  });

  testWithPython('is one to real Python: its chain verifies with hashlib and json alone', () => {
    const script = [
      'import hashlib, json, sys',
      "previous = '0' * 64",
      'for line in open(sys.argv[1]):',
      "  record = json.loads(line); claimed = record.pop('hash')",
      "  assert record['prev_hash'] == previous and hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest() == " +
        'claimed, line',
      '  previous = claimed',
      "print('verified')",
    ].join('\n');
    expect(runPython(anyPython, script, [join(root, 'audit.jsonl')])).toBe('verified\n');
  });
});
