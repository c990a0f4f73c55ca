/** F7 and F8: the database file itself is damaged, below SQLite: single bits flipped, pages zeroed, pages replaced by others. */
import { join } from 'node:path';
import { readFileSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { faultSeed, faultTrials, reportFigures, seeded } from '../support/figures.ts';
import { flipFileBit, pageCount, replacePage } from '../support/flip-bytes.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { logicalContent, SealedLedger, type Verified } from '../support/sealed-ledger.ts';

const hour = 3_600_000;
const ledger = new SealedLedger(scratchDirectory());
let content: string;

interface Tally {
  trials: number;
  /** Damage after which SQLite reads other content than before, or none. */
  changedContent: number;
  detected: number;
  /** Detected although the content reads the same: space that holds nothing, or bookkeeping. */
  detectedBesides: number;
  /** Refused before anything could be verified, by exit status and code. */
  refused: Record<string, number>;
}

const newTally = (): Tally => ({ trials: 0, changedContent: 0, detected: 0, detectedBesides: 0, refused: {} });

beforeAll(async () => {
  await ledger.fill();
  content = logicalContent(ledger.copy('content.sqlite'))!;
  expect(content).not.toBeNull();
}, hour);

async function judge(tally: Tally, missed: string[], what: string, file: string): Promise<void> {
  const changed = logicalContent(file) !== content;
  const verified: Verified = await ledger.verify(file);
  const detected = verified.exit !== 0;
  tally.trials++;
  if (changed) tally.changedContent++;
  if (changed && detected) tally.detected++;
  if (!changed && detected) tally.detectedBesides++;
  if (verified.code !== null) tally.refused[verified.code] = (tally.refused[verified.code] ?? 0) + 1;
  if (changed && !detected) missed.push(what);
  // Damage is not a fault of the program.
  if (verified.exit === 70) throw new Error(`${what}: ${verified.message}`);
}

test('the oracle sees no difference between two copies, and one when a row differs', () => {
  const file = ledger.copy('same.sqlite');
  expect(logicalContent(file) === content).toBe(true);
  flipFileBit(file, readFileSync(file).lastIndexOf('"contentHash"'), 3);
  expect(logicalContent(file) === content).toBe(false);
});

describe('verification', () => {
  test(
    'F7 detects every flipped bit that changes what the database says',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const trials = faultTrials(80);
      const tally = newTally();
      const missed: string[] = [];
      const bytes = statSync(join(ledger.bench.directory, 'content.sqlite')).size;
      // The pages of large artifacts would take most of the hits: half of the flips go to the other pages.
      for (let trial = 0; trial < trials; trial++) {
        const file = ledger.copy('flipped.sqlite');
        const offset = trial % 2 === 0 ? Math.floor(random() * bytes) : Math.floor(random() * Math.min(bytes, 200_000));
        const bit = Math.floor(random() * 8);
        flipFileBit(file, offset, bit);
        await judge(tally, missed, `offset ${offset} bit ${bit}`, file);
      }
      reportFigures({ test: 'F7 bit flips in the database', seed, ...tally });
      expect(missed).toEqual([]);
      expect(tally.changedContent).toBeGreaterThan(trials / 4);
    },
    hour,
  );

  test(
    'F7 detects every flipped bit of the header of the file that changes what the database says',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed + 1);
      const tally = newTally();
      const missed: string[] = [];
      for (let offset = 0; offset < 100; offset++) {
        const file = ledger.copy('header.sqlite');
        const bit = Math.floor(random() * 8);
        flipFileBit(file, offset, bit);
        await judge(tally, missed, `header offset ${offset} bit ${bit}`, file);
      }
      reportFigures({ test: 'F7 bit flips in the header', seed, ...tally });
      expect(missed).toEqual([]);
    },
    hour,
  );

  test.each(['zeroed', 'replaced by another page'])(
    'F8 detects every page %s',
    async (how) => {
      const seed = faultSeed();
      const random = seeded(seed + 2);
      const pages = pageCount(join(ledger.bench.directory, 'content.sqlite'));
      const trials = Math.min(pages, faultTrials(40));
      const tally = newTally();
      const missed: string[] = [];
      for (let trial = 0; trial < trials; trial++) {
        const page = Math.floor((trial * pages) / trials);
        const other = (page + 1 + Math.floor(random() * (pages - 1))) % pages;
        const file = ledger.copy('pages.sqlite');
        replacePage(file, page, how === 'zeroed' ? 'zeros' : other);
        await judge(tally, missed, how === 'zeroed' ? `page ${page}` : `page ${page} by ${other}`, file);
      }
      reportFigures({ test: `F8 page ${how}`, seed, pages, ...tally });
      expect(missed).toEqual([]);
      expect(tally.changedContent).toBe(trials);
    },
    hour,
  );
});
