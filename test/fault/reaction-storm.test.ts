/** C4, C5, C11: a storm of results, once in order and once with every message twice and shuffled: the same allocations. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import { DecisionWatch } from '../support/desk/decision-watch.ts';
import { finalsOfFreshLedger, openDesk } from '../support/desk/ledger.ts';
import { DeskMarket, newestOf, type ResultKey, resultsInOrder, shuffledWithinRules } from '../support/desk/market.ts';
import { deliverTogether, storm, type StormFigures } from '../support/desk/storm.ts';
import { type Final, finalsOf, type Tally, tallyOf } from '../support/desk/tally.ts';
import { faultSeed, faultTrials, reportFigures } from '../support/figures.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
const hour = 3_600_000;
const seed = faultSeed();
const size = { sleeves: 30, sessions: 4 * Math.min(faultTrials(1), 8), seed };
const market = new DeskMarket(size);
/** Every sleeve each session, and at the end a correction of one in three. */
const keys: readonly ResultKey[] = [
  ...resultsInOrder(size),
  ...Array.from({ length: size.sleeves / 3 }, (_, index) => ({ sleeve: 3 * index, session: size.sessions - 1, correction: 1 })),
];

interface Stormed {
  readonly figures: StormFigures;
  readonly tally: Tally;
  readonly faults: number;
  readonly finals: ReadonlyMap<string, Final>;
}

async function stormOf(name: string, messages: readonly ResultKey[], expected: ReadonlyMap<string, Final>): Promise<Stormed> {
  const watch = new DecisionWatch();
  const desk = await openDesk({ store: join(directory, `${name}.sqlite`) }, market, watch.around);
  const feed = (): Promise<void> => deliverTogether(desk, market, messages, limits.resultsInFlightMax);
  const marks = messages.reduce((sum, { sleeve }) => sum + market.portfoliosWith(sleeve), 0);
  const figures = await storm({ desk, watch, feed, expected, marks, waiting: new Set(), timeoutMs: hour });
  const { store } = desk.session.ports;
  const stormed = { figures, tally: await tallyOf(store), faults: await desk.faults(), finals: await finalsOf(store, market.portfolios) };
  await desk.close();
  return stormed;
}

const whole = (value: number): number => Math.round(value);

describe('a storm of results', () => {
  test(
    'is accepted once each, and ends where a ledger ends that saw the newest results only',
    async () => {
      const expected = await finalsOfFreshLedger(market, newestOf(keys));
      expect(expected.size).toBe(market.portfolios.length);
      for (const [name, messages] of [
        ['C11 storm', keys],
        [
          'C4 C5 storm, each message twice and shuffled',
          shuffledWithinRules(
            keys.flatMap((key) => [key, key]),
            seed,
          ),
        ],
      ] as const) {
        const { figures, tally, faults, finals } = await stormOf(String(messages.length), messages, expected);
        const { accepted, acceptedTwice, allocatedTwice, backwards, publications, refusedMessages, refusedAllocations } = tally;
        reportFigures({
          test: name,
          seed,
          trials: messages.length,
          accepted,
          acceptedTwice,
          publications,
          allocatedTwice,
          backwards,
          faults,
          looks: figures.looks,
          looksWithoutCoalescing: figures.marks,
          lagP99Ms: whole(figures.lagP99Ms),
        });
        expect(finals).toEqual(expected);
        expect({ accepted, acceptedTwice, allocatedTwice, backwards, refusedMessages, refusedAllocations, faults }).toEqual({
          accepted: keys.length,
          acceptedTwice: 0,
          allocatedTwice: 0,
          backwards: 0,
          refusedMessages: 0,
          refusedAllocations: 0,
          faults: 0,
        });
        expect(figures.looks).toBeLessThanOrEqual(figures.marks);
      }
    },
    hour,
  );
});
