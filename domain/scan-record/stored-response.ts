import type { z } from 'zod';
import { type ScanResponse, valueIn } from '../scan/response.ts';
import type { DeepReadonly } from '../shared/deep-readonly.ts';
import type { scanResponseSchema } from '../scan/schemas.ts';

type Stored = DeepReadonly<z.infer<typeof scanResponseSchema>>;

/** A response as it is kept: values in the order of the columns. */
export function storedResponse({ columns, rows, totalCount }: ScanResponse): Stored {
  return {
    columns,
    rows: rows.map((row) => ({ symbol: row.symbol, values: columns.map((column) => valueIn(row, column)) })),
    totalCount,
  };
}

/** The response that was kept. */
export function responseOfStored({ columns, rows, totalCount }: Stored): ScanResponse {
  return {
    columns,
    rows: rows.map(({ symbol, values }) => ({
      symbol,
      values: Object.fromEntries(columns.map((column, place) => [column, values[place]!])),
    })),
    totalCount,
  };
}
