import { join } from 'node:path';
import { loop, orders } from './loop.ts';
import { readTable } from './tables.ts';

const [folder, prices = 'futures.csv', carry = 'carry.csv'] = process.argv.slice(2);
if (folder === undefined) throw new Error('run.ts FOLDER [PRICES CARRY]');

const percent = (value: number | null): string => (value === null ? 'none' : `${(value * 100).toFixed(2)} %`);

for (const [name, order] of Object.entries(orders)) {
  const { sleeves, combined } = loop(readTable(join(folder, prices)), readTable(join(folder, carry)), order);
  console.log(`\n${name}`);
  for (const [sleeve, { decisions, notEvaluated, macro }] of Object.entries(sleeves))
    console.log(
      `  ${sleeve}: ${decisions.length} Fridays, ${notEvaluated.length} not evaluated, the macro scaler did nothing on ${macro!.noOps}`,
    );
  for (const [budget, { figures, flags }] of Object.entries(combined)) {
    const { metrics } = figures;
    console.log(
      `  ${budget}: growth ${percent(metrics!.twrAnnualised)}, volatility ${percent(metrics!.volatility)}, deepest ${percent(figures.maxDrawdown)}, ` +
        `gross ${figures.averageGrossExposure.toFixed(2)}, costs ${percent(figures.costs.totalPerYear)} a year${flags.map((flag) => `, ${flag}`).join('')}`,
    );
  }
}
