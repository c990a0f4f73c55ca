import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatArrowStream, formatArrowTable } from '../../../infra/arrow/arrow-table.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { formatCsvTable } from '../../../infra/csv/csv-table.ts';
import { formatJsonTable } from '../../../infra/files/json-table.ts';
import { createFiles } from '../../../infra/files/node-files.ts';
import { createPriceSource } from '../../../infra/files/price-source.ts';
import { createTableFiles } from '../../../infra/files/table-files.ts';
import { parseParquetPrices } from '../../../infra/parquet/parquet-prices.ts';
import { formatParquetTable } from '../../../infra/parquet/parquet-table.ts';
import { needs } from '../../support/needs.ts';
import { oraclePython, runPython } from '../../support/python.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { byDate } from '../../../domain/shared/table-formats.ts';

const testWithPandas = needs('pandas').test;

const directory = temporaryDirectory();
const tables = createTableFiles(
  { csv: formatCsvTable, parquet: formatParquetTable, arrow: formatArrowTable, arrows: formatArrowStream, json: formatJsonTable },
  createFiles(),
);
const prices = createPriceSource({ csv: parseCsvPrices, parquet: parseParquetPrices });

const dates = ['2024-02-28', '2024-02-29', '2024-03-01'];
const columns = [
  { name: 'instruments', values: Float64Array.of(0.1 + 0.2, -1e-17, 5e-324) },
  { name: 'etfs', values: Float64Array.of(1.7976931348623157e308, Number.NaN, 1 / 3) },
];

describe('tables as files', () => {
  test.each(['table.csv', 'table.parquet', 'TABLE.CSV'])(
    '%s is read back bit for bit by our own reader, under the hash that was given',
    async (name) => {
      const file = join(directory, name);
      const { sha256 } = await tables.writeTable(file, byDate(dates), columns);
      expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(sha256);
      const read = await prices.readPrices(file);
      expect(read).toMatchObject({ file, sha256 });
      expect(read.table).toEqual({ dates, symbols: ['instruments', 'etfs'], closes: columns.map((column) => column.values) });
    },
  );

  test('as JSON are read back bit for bit, an empty cell as null', async () => {
    const file = join(directory, 'table.json');
    await tables.writeTable(file, byDate(dates), [...columns, { name: 'zero', values: Float64Array.of(-0, 0, 1) }]);
    const read = JSON.parse(readFileSync(file, 'utf8')) as { columns: { values: (number | null)[] }[] };
    expect(read).toEqual({
      index: { kind: 'dates', heading: 'date', values: dates },
      columns: [
        { name: 'instruments', values: [0.1 + 0.2, -1e-17, 5e-324] },
        { name: 'etfs', values: [1.7976931348623157e308, null, 1 / 3] },
        { name: 'zero', values: [-0, 0, 1] },
      ],
    });
    expect(Object.is(read.columns[2]!.values[0], -0)).toBe(true);
    const infinite = [{ name: 'etfs', values: Float64Array.of(1, Infinity, 1) }];
    await expect(tables.writeTable(join(directory, 'no.json'), byDate(dates), infinite)).rejects.toMatchObject({ code: 'NotPlainJson' });
  });

  testWithPandas.each(['csv', 'parquet', 'arrow'])('real pandas reads the %s bit for bit, with a DatetimeIndex', async (format) => {
    const file = join(directory, `for-pandas.${format}`);
    await tables.writeTable(file, byDate(dates), columns);
    const script = [
      'import json, sys, pandas as pd',
      'path = sys.argv[1]',
      "frame = pd.read_csv(path, index_col=0, parse_dates=True, float_precision='round_trip') if path.endswith('csv') else " +
        "(pd.read_feather(path) if path.endswith('arrow') else pd.read_parquet(path))",
      "print(json.dumps({'index': type(frame.index).__name__, 'zone': str(frame.index.tz), 'name': frame.index.name, 'dates': " +
        '[str(d.date()) for d in frame.index],',
      "  'types': [str(t) for t in frame.dtypes], 'columns': list(frame.columns), 'values': [[None if v != v else v.hex() for v in " +
        'frame[c]] for c in frame.columns]}))',
    ].join('\n');
    const seen = JSON.parse(runPython(oraclePython, script, [file])) as unknown;
    expect(seen).toEqual({
      index: 'DatetimeIndex',
      zone: 'None',
      name: 'date',
      dates,
      types: ['float64', 'float64'],
      columns: ['instruments', 'etfs'],
      values: [
        ['0x1.3333333333334p-2', '-0x1.70ef54646d497p-57', '0x0.0000000000001p-1022'],
        ['0x1.fffffffffffffp+1023', null, '0x1.5555555555555p-2'],
      ],
    });
  });

  test('another extension is refused before anything is written or read', async () => {
    await expect(tables.writeTable(join(directory, 'x.xlsx'), byDate(dates), columns)).rejects.toMatchObject({ code: 'Usage' });
    writeFileSync(join(directory, 'x.xlsx'), '');
    await expect(prices.readPrices(join(directory, 'x.xlsx'))).rejects.toMatchObject({ code: 'PriceFileUnreadable' });
  });

  test('a missing price file is FileMissing, a pipe or directory is refused', async () => {
    await expect(prices.readPrices(join(directory, 'none.csv'))).rejects.toMatchObject({ code: 'FileMissing' });
    await expect(prices.readPrices('/dev/stdin.csv')).rejects.toMatchObject({ code: 'FileMissing' });
  });

  test('a column shorter than its index is our own fault', async () => {
    await expect(
      tables.writeTable(join(directory, 'x.csv'), byDate(dates), [{ name: 'a', values: new Float64Array(2) }]),
    ).rejects.toMatchObject({
      code: 'Internal',
      message: 'a column of a table is not as long as its index',
      evidence: { name: 'a', values: 2, rows: 3 },
    });
  });
});
