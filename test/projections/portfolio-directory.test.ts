import { describe, expect, test } from '@jest/globals';
import { portfolioDirectory, type PortfolioRow, type PublishedRow } from '../../projections/portfolio-directory.ts';
import { folded } from '../support/folded.ts';
import { FactHistory, portfolioFacts, sampleDocument } from '../support/portfolio-events.ts';

const { defined, scheduled, published, skipped, held, refused, rejected } = portfolioFacts;
const due = '2026-01-02T04:00:00.000Z';

const rowOf = (history: FactHistory, meta = 'desk'): PortfolioRow =>
  folded(portfolioDirectory, history.events).rows.get(`meta/${meta}`) as unknown as PortfolioRow;
const sleeveKeys = (history: FactHistory): string[] =>
  [...folded(portfolioDirectory, history.events).rows.keys()].filter((key) => key.startsWith('sleeve/')).toSorted();
const begun = (): FactHistory => new FactHistory().portfolio('MetaPortfolioDefined', defined('desk', ['etfs', 'crypto']));

describe('where a portfolio stands', () => {
  test('a definition alone leaves everything else open', () => {
    expect(rowOf(begun())).toEqual({
      meta: 'desk',
      definition: { number: 1, risk: 'hrp' },
      haltedWhy: null,
      due: null,
      lastPublication: null,
      lastDecision: null,
      held: null,
      publications: 0,
    });
  });

  test('a rejection answers what was held, and not what was due', () => {
    const history = begun()
      .portfolio('RebalanceHeld', held('desk', 'h1'))
      .portfolio('ReallocationScheduled', scheduled('desk', due))
      .portfolio('RebalanceRejected', rejected('desk', 'h1'));
    expect(rowOf(history)).toMatchObject({ held: null, due: { dueAt: due }, lastDecision: { kind: 'rejected' } });
  });

  test('a schedule is replaced by the next one', () => {
    const history = begun()
      .portfolio('ReallocationScheduled', scheduled('desk', due))
      .portfolio('ReallocationScheduled', scheduled('desk', '2026-01-02T05:00:00.000Z'));
    expect(rowOf(history).due?.dueAt).toBe('2026-01-02T05:00:00.000Z');
  });

  test.each([
    ['AllocationPublished', published('desk', 1)],
    ['RebalanceSkipped', skipped('desk')],
    ['RebalanceHeld', held('desk', 'h1')],
    ['ReallocationRefused', refused('desk')],
  ] as const)('%s answers what was due', (type, data) => {
    expect(rowOf(begun().portfolio('ReallocationScheduled', scheduled('desk', due)).portfolio(type, data)).due).toBeNull();
  });

  test.each([
    ['AllocationPublished', null, published('desk', 1)],
    ['RebalanceSkipped', null, skipped('desk')],
    ['ReallocationRefused', null, refused('desk')],
    ['RebalanceHeld', 'h2', held('desk', 'h2')],
    ['RebalanceRejected', null, rejected('desk', 'h1')],
    ['ReallocationScheduled', 'h1', scheduled('desk', due)],
    ['PublicationHalted', 'h1', { meta: 'desk', number: 1, who: 'ann', why: 'outage' }],
  ] as const)('after %s the run that waits for approval is %j', (type, expected, data) => {
    const history = begun().portfolio('RebalanceHeld', held('desk', 'h1')).portfolio(type, data);
    expect(rowOf(history).held?.runId ?? null).toBe(expected);
  });

  test('each decision is reported with its reason', () => {
    const history = begun();
    const decisions: (string | undefined)[] = [];
    for (const [type, data] of [
      ['AllocationPublished', published('desk', 1)],
      ['RebalanceSkipped', skipped('desk')],
      ['RebalanceHeld', held('desk', 'h1')],
      ['RebalanceRejected', rejected('desk', 'h1')],
      ['ReallocationRefused', refused('desk')],
    ] as const) {
      history.portfolio(type, data);
      const last = rowOf(history).lastDecision;
      decisions.push(`${last?.kind} ${last?.runId}: ${last?.message}`);
    }
    expect(decisions).toEqual([
      'published run-desk-1: publication 1, as of 2025-07-17',
      'skipped run-desk-skipped: two-sided turnover 0.01 is below the no-trade band 0.02',
      'held h1: the turnover of 0.9000 is above 0.5000',
      'rejected h1: rejected by ann: wrong prices',
      'refused null: OverlapTooShort: 12 common dates',
    ]);
  });

  test('the publication in force is the last one, with its event and its definition', () => {
    const history = begun()
      .portfolio('AllocationPublished', published('desk', 1))
      .portfolio('AllocationPublished', published('desk', 2, { asOf: '2025-07-18' }), '2026-02-03T04:05:06.007Z');
    const event = history.stored.at(-1)!;
    expect(rowOf(history)).toMatchObject({
      publications: 2,
      lastPublication: { number: 2, runId: 'run-desk-2', asOf: '2025-07-18', recordedAt: '2026-02-03T04:05:06.007Z', eventId: event.id },
    });
    expect(folded(portfolioDirectory, history.events).rows.get('published/desk') as unknown as PublishedRow).toEqual({
      ...published('desk', 2, { asOf: '2025-07-18' }),
      recordedAt: event.recordedAt,
      eventId: event.id,
    });
    expect(folded(portfolioDirectory, history.events).rows.get('definition/desk/000000000001')).toMatchObject({
      number: 1,
      definition: sampleDocument,
    });
  });

  test('a portfolio is halted until it is resumed, also before it is defined', () => {
    const halt = { meta: 'desk', number: 1, who: 'ann', why: 'outage' };
    const history = new FactHistory().portfolio('PublicationHalted', halt);
    expect(rowOf(history)).toMatchObject({ definition: null, haltedWhy: 'outage' });
    expect(rowOf(history.portfolio('MetaPortfolioDefined', defined('desk', ['etfs'])))).toMatchObject({
      definition: { number: 1 },
      haltedWhy: 'outage',
    });
    expect(rowOf(history.portfolio('PublicationResumed', halt)).haltedWhy).toBeNull();
  });
});

describe('which portfolios contain a sleeve', () => {
  test('every leaf of a nest is found by its sleeve, with the run that it is pinned to', () => {
    const sleeves = [
      { path: ['listed', 'etfs'], sleeve: 'etfs', pinnedRunId: null },
      { path: ['pinned'], sleeve: 'etfs', pinnedRunId: 'e1' },
    ];
    const history = new FactHistory().portfolio('MetaPortfolioDefined', defined('desk', [], { sleeves }));
    expect(folded(portfolioDirectory, history.events).rows.get('sleeve/etfs/desk')).toEqual({
      sleeve: 'etfs',
      meta: 'desk',
      leaves: [
        { path: ['listed', 'etfs'], pinnedRunId: null },
        { path: ['pinned'], pinnedRunId: 'e1' },
      ],
    });
  });

  test('a later definition drops the sleeves that it no longer has, of this portfolio only', () => {
    const history = begun()
      .portfolio('MetaPortfolioDefined', defined('other', ['crypto']))
      .portfolio('MetaPortfolioDefined', defined('desk', ['etfs', 'futures'], { number: 2 }));
    expect(sleeveKeys(history)).toEqual(['sleeve/crypto/other', 'sleeve/etfs/desk', 'sleeve/futures/desk']);
  });
});
