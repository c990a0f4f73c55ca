import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { civilOfDay, dayOfCivil } from '../domain/returns/days.ts';

const columns = 48;
const rows = 500;

/** Prices of 48 coins over 500 days, which trade on every one, as `wide.csv`; the same each time. */
export function writeWidePrices(folder: string): string {
  let state = 7;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const names = Array.from({ length: columns }, (_, index) => `BINANCE:S${String(index).padStart(2, '0')}USDT`);
  const prices = names.map(() => 100);
  const first = dayOfCivil(2021, 1, 4);
  const lines = Array.from({ length: rows }, (_, row) => {
    for (const [column, price] of prices.entries()) prices[column] = price * (1 + (next() - 0.495) * 0.02);
    return [civilOfDay(first + row).iso, ...prices.map((price) => price.toFixed(4))].join(',');
  });
  const file = join(folder, 'wide.csv');
  writeFileSync(file, `${[['date', ...names].join(','), ...lines].join('\n')}\n`);
  return file;
}
