/** Laws of a whole run of a sleeve that selects: how its prices come changes nothing, one price changes what depends on it. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { selectForSleeve, type SleeveSelection } from '../../domain/sleeve-selection/job.ts';
import { computeSleeveRun } from '../../domain/sleeve-run/produced-run.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { defaultRunOptions } from '../domain/allocation/sleeve/stocks.ts';
import { selecting, selectionJob, twelve, twelvePrices } from '../domain/sleeve-selection/sleeves.ts';
import { seeded } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';

const { sha256 } = createNodeCrypto();
const file = twelvePrices();
const picky = { min_winners: 2, top_n: 1, threshold: 0.6 };
const settings = { selection: picky, features: { efficiency_min_threshold: 0.1 }, backtest: { profiles: ['hrp', 'barbell', 'adaptive'] } };

/** The columns of a file in another order. */
function reordered({ table, ...rest }: PriceFile, order: readonly number[]): PriceFile {
  return {
    ...rest,
    table: { ...table, symbols: order.map((column) => table.symbols[column]!), closes: order.map((column) => table.closes[column]!) },
  };
}

function orderFrom(seed: number): number[] {
  const random = seeded(seed);
  const keys = file.table.symbols.map(() => random());
  return [...keys.keys()].toSorted((left, right) => keys[left]! - keys[right]!);
}

/** The file as two, each with some of the columns. */
function inTwo(given: PriceFile, cut: number): PriceFile[] {
  const all = [...given.table.symbols.keys()];
  return [all.slice(0, cut), all.slice(cut)].map((columns, part) => ({ ...reordered(given, columns), file: `part${part}.csv` }));
}

/** Every fact behind the audit, which counts the rows of each file; large data are in them by the hash of their bytes. */
function factsOf(files: readonly PriceFile[], symbols: readonly string[] = twelve) {
  const resolved = selecting({ ...settings, data: { symbols } });
  const { drafts } = computeSleeveRun(
    { sleeve: 'desk', resolved, options: defaultRunOptions, correction: 0, rules: rulesInForce, files, leftOut: [] },
    sha256,
  );
  const formed = drafts.findIndex(({ type }) => type === 'UniverseFormed');
  expect(formed).toBeGreaterThan(0);
  return JSON.stringify(drafts.slice(formed));
}

describe('a run of a sleeve that selects', () => {
  const before = factsOf([file]);

  test('has the same facts to the byte in whichever order its symbols are listed and its prices come, and in however many files', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer({ min: 1, max: 12 }), (columns, listed, cut) => {
        const symbols = orderFrom(listed).flatMap((column) => twelve[column] ?? []);
        expect(factsOf(inTwo(reordered(file, orderFrom(columns)), cut), symbols)).toBe(before);
      }),
      { numRuns: propertyRuns(3) },
    );
  });
});

describe('one changed price', () => {
  const job = selectionJob(settings);
  const { dates, columns } = job.returns;
  const before = selectForSleeve(job);

  /** The selections with one close of one symbol changed. */
  function after(symbol: string, date: string, factor: number): SleeveSelection {
    const { table } = file;
    const closes = table.closes.map((column, at) =>
      table.symbols[at] === symbol ? column.map((close, row) => (table.dates[row] === date ? close * factor : close)) : column,
    );
    return selectForSleeve(selectionJob(settings, [{ ...file, table: { ...table, closes } }]));
  }

  test('changes no decision made before it, and of later ones no feature but those of its symbol while they read it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...columns),
        fc.integer({ min: 0, max: dates.length - 2 }),
        fc.double({ min: 0.95, max: 1.05, noNaN: true }).filter((factor) => Math.abs(factor - 1) > 0.01),
        (symbol, row, factor) => {
          const changed = after(symbol, dates[row]!, factor).decisions;
          let touched = 0;
          for (const [at, { record, first, newestRead }] of before.decisions.entries()) {
            const other = changed[at]!.record;
            if (newestRead < dates[row]!) {
              expect(other).toEqual(record);
              continue;
            }
            // The close is in the return of its own row and in that of the row behind it.
            const reads = first <= dates[row + 1]!;
            for (const [name, values] of Object.entries(record.features)) {
              const own = record.symbols.indexOf(symbol);
              const others = other.features[name as keyof typeof record.features];
              expect(others.filter((_, column) => column !== own)).toEqual(values.filter((_, column) => column !== own));
              if (!reads) expect(others[own]).toBe(values[own]);
            }
            if (reads && JSON.stringify(other.features) !== JSON.stringify(record.features)) touched++;
          }
          expect(touched).toBeGreaterThan(0);
        },
      ),
      { numRuns: propertyRuns(5) },
    );
  });
});
