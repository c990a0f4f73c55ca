import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReturnMatrix } from '../domain/returns/series.ts';

export const dataSets = {
  /** 110 windows of 60 training and 20 test rows. */
  small: { columns: 20, rows: 2263, seed: 20_240_131 },
  /** 1,100 of them. */
  long: { columns: 20, rows: 22_063, seed: 20_240_131 },
  large: { columns: 500, rows: 1000, seed: 20_240_229 },
} as const;
export type DataSet = keyof typeof dataSets;

const sectors = 5;

/** Standard normal numbers from a 32-bit generator (Marsaglia's xorshift) by Box and Muller's transform. */
export function normals(seed: number): () => number {
  let state = seed | 0 || 1;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * Daily returns shaped like those of stocks: one market, five sectors, the rest each stock's own; volatilities of 8 to 40 % a
 * year, betas around 1. Simulated, so that both sides can be given the same numbers anywhere.
 */
export function simulatedReturns(set: DataSet): ReturnMatrix {
  const { columns, rows, seed } = dataSets[set];
  const normal = normals(seed);
  const stocks = Array.from({ length: columns }, (_, index) => ({
    beta: 1 + 0.3 * normal(),
    sector: index % sectors,
    own: 0.005 + (0.02 * index) / columns,
  }));
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const market = 0.0003 + 0.009 * normal();
    const sector = Array.from({ length: sectors }, () => 0.004 * normal());
    stocks.forEach((stock, column) => {
      values[row * columns + column] = stock.beta * market + sector[stock.sector]! + stock.own * normal();
    });
  }
  const dayMs = 86_400_000;
  return {
    dates: Array.from({ length: rows }, (_, row) => new Date(Date.UTC(2015, 0, 1) + row * dayMs).toISOString().slice(0, 10)),
    columns: stocks.map((_, index) => `S${String(index).padStart(3, '0')}`),
    values,
  };
}

const fileOf = (scratch: string, set: DataSet): string => join(scratch, `${set}.f64`);

/** Writes the raw little-endian doubles, row after row, which both sides read. */
export function writeReturns(scratch: string): void {
  for (const set of Object.keys(dataSets) as DataSet[])
    writeFileSync(fileOf(scratch, set), Buffer.from(simulatedReturns(set).values.buffer));
  writeFileSync(join(scratch, 'sets.json'), JSON.stringify(dataSets));
}

export function readReturns(scratch: string, set: DataSet): ReturnMatrix {
  const bytes = readFileSync(fileOf(scratch, set));
  return { ...simulatedReturns(set), values: new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) };
}
