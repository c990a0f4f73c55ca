import { describe, expect, test } from '@jest/globals';
import type { Status } from '../../../web/src/api/answers.ts';
import { queueOf } from '../../../web/src/parts/queue.ts';

const portfolio: Status['portfolios'][number] = {
  meta: 'desk',
  state: 'published',
  definition: 1,
  risk: 'hrp',
  haltedWhy: null,
  due: null,
  lastPublication: null,
  lastDecision: null,
  held: null,
  publications: 1,
  undefinedSleeves: [],
  awaited: [],
  leaves: [],
  dataEnd: null,
};
const sleeve: Status['sleeves'][number] = {
  sleeve: 'etfs',
  definition: null,
  runs: 1,
  current: null,
  quarantinedWhy: null,
  overdue: [],
  openLetters: 0,
  heldResults: 0,
  dataEnd: null,
};

describe('what waits', () => {
  test('is nothing where everything goes on', () => {
    expect(queueOf({ portfolios: [portfolio], sleeves: [sleeve] })).toEqual([]);
  });

  test('is told with what lets it go on: a worker, a person, a sleeve', () => {
    const recordedAt = '2024-07-12T22:00:49.000Z';
    const waiting = queueOf({
      portfolios: [
        { ...portfolio, state: 'pending' },
        {
          ...portfolio,
          meta: 'paced',
          due: { meta: 'paced', because: 'cool_down', countedFrom: recordedAt, waitSeconds: 3600, dueAt: '2024-07-12T23:00:49.000Z' },
        },
        { ...portfolio, meta: 'checked', held: { runId: 'checked-1', asOf: '2024-07-12', reasons: [], proposer: 'desk', recordedAt } },
        { ...portfolio, meta: 'stopped', haltedWhy: 'a fire' },
        {
          ...portfolio,
          meta: 'late',
          awaited: [{ path: ['etfs'], sleeve: 'etfs', latestAsOf: '2024-07-11', wantedAsOf: '2024-07-12', because: 'behind' }],
        },
      ],
      sleeves: [
        { ...sleeve, openLetters: 1, heldResults: 2 },
        { ...sleeve, sleeve: 'coins', overdue: [{ session: '2024-07-11', expectedBy: '2024-07-12T08:00:00.000Z' }] },
      ],
    });
    expect(waiting.map(({ name, what, when, goesOn }) => [name, what, when, goesOn])).toEqual([
      ['desk', 'new results, not decided on', null, 'a worker: sleeve-ledger work'],
      ['paced', 'cools down', '2024-07-12T23:00:49.000Z', 'a worker allocates after 2024-07-12 23:00:49 UTC'],
      ['checked', 'rebalance checked-1', recordedAt, 'another person than its proposer approves or rejects it'],
      ['stopped', 'halted: a fire', null, 'an operator resumes it'],
      ['late', 'sleeve etfs: at 2024-07-11, wants 2024-07-12', null, 'the sleeve sends its result'],
      ['etfs', '1 dead letter, 2 results behind', null, 'an operator retries or discards the letter'],
      ['coins', '1 overdue, the first 2024-07-11', '2024-07-12T08:00:00.000Z', 'the sleeve sends its results'],
    ]);
  });
});
