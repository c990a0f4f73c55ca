/** What a portfolio's stream says of one of its meta runs: every decision on it, by whom, under which policy and in place of what. */
import { describe, expect, test } from '@jest/globals';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { type PublicationRecord, publicationRecordOf } from '../../../handlers/runs/publication-record.ts';
import { listPublications } from '../../../handlers/queries/publications.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory, policy, portfolioFacts } from '../../support/portfolio-events.ts';

const at = (minute: number): string => `2026-01-02T03:0${minute}:00.000Z`;
const { defined, published, skipped, held, rejected, refused } = portfolioFacts;
const strict = { ...policy, maker_checker: true };
const beside = { name: 'svc', uid: 1000 };
const approval = { proposer: 'worker', approver: 'ann', why: 'seen' };

const history = new FactHistory()
  .portfolio('MetaPortfolioDefined', defined('desk', ['bonds']), at(0))
  .portfolio('AllocationPublished', published('desk', 1, { runId: 'r1' }), at(1))
  .portfolio('MetaPortfolioDefined', defined('desk', ['bonds'], { number: 2, policy: strict }), at(2))
  .portfolio('RebalanceSkipped', { ...skipped('desk'), runId: 'r2', definitionNumber: 2 }, at(3))
  .portfolio(
    'RebalanceHeld',
    { ...held('desk', 'r3'), definitionNumber: 2, rebalance: { ...held('desk', 'r3').rebalance, against: 1 } },
    at(4),
  )
  .portfolio('RebalanceRejected', rejected('desk', 'r3'), at(5))
  .portfolio('RebalanceHeld', { ...held('desk', 'r4'), definitionNumber: 2, localUser: null }, at(6))
  .portfolio('RebalanceApproved', { meta: 'desk', runId: 'r4', ...approval, localUser: beside }, at(7))
  .portfolio('AllocationPublished', published('desk', 2, { runId: 'r4', definitionNumber: 2, approval, asOf: '2025-07-18' }), at(8))
  .portfolio('ReallocationRefused', { ...refused('desk'), runId: 'r5', definitionNumber: 2 }, at(9))
  .portfolio('MetaPortfolioDefined', defined('alt', ['bonds']))
  .portfolio('AllocationPublished', published('alt', 1, { runId: 'r1' }));

const recordOf = async (runId: string, until: string | null = null) => {
  const { ports } = await ledgerHolding(history);
  const events = await ports.store.readAll({ after: null, maxCount: 100, types: null });
  const found = await publicationRecordOf(ports, { meta: 'desk', runId }, until === null ? null : events[Number(until)]!.position);
  if (found === null) return null;
  const placed = (stored: readonly { position: string }[]) =>
    stored.map(({ position }) => events.findIndex((event) => event.position === position));
  return { record: found.record, decided: placed(found.decided), events: placed(found.events) };
};

const nothing = { published: null, approval: null, rejections: [], holds: [], skips: [], refusals: [] };
const told = (minute: number) => ({ recordedAt: at(minute), actor: 'tests' });
const idOf = (index: number): string => decodeEnvelope(history.stored[index]!.bytes).id;
const firstPublication = { number: 1, runId: 'r1', asOf: '2025-07-17', recordedAt: at(1), eventId: idOf(1) };
const first: PublicationRecord['policy'] = { ...told(0), definition: 1, policy };
const second: PublicationRecord['policy'] = { ...told(2), definition: 2, policy: strict };
const { rebalance, inputs } = published('desk', 1);

describe('what is recorded of a run of a portfolio', () => {
  test('is its publication, and that nothing stood before the first', async () => {
    expect(await recordOf('r1')).toEqual({
      record: {
        ...nothing,
        meta: 'desk',
        published: { ...firstPublication, risk: 'hrp', rebalance, inputs },
        policy: first,
        predecessor: null,
      },
      decided: [1],
      events: [0, 1],
    });
  });

  test('is that it was skipped, measured against the publication in force', async () => {
    expect(await recordOf('r2')).toEqual({
      record: {
        ...nothing,
        meta: 'desk',
        skips: [{ ...told(3), rebalance: skipped('desk').rebalance, noTradeBandTwoSided: 0.02 }],
        policy: second,
        predecessor: firstPublication,
      },
      decided: [3],
      events: [1, 2, 3],
    });
  });

  test('is why it was held and by whom it was turned down', async () => {
    expect(await recordOf('r3')).toEqual({
      record: {
        ...nothing,
        meta: 'desk',
        holds: [{ ...told(4), reasons: held('desk', 'r3').reasons, proposer: 'worker', localUser: beside }],
        rejections: [{ ...told(5), who: 'ann', why: 'wrong prices', localUser: beside }],
        policy: second,
        predecessor: firstPublication,
      },
      decided: [4, 5],
      events: [1, 2, 4, 5],
    });
  });

  test('is on whose word it was published, and in place of what', async () => {
    expect(await recordOf('r4')).toEqual({
      record: {
        ...nothing,
        meta: 'desk',
        published: { number: 2, runId: 'r4', asOf: '2025-07-18', recordedAt: at(8), eventId: idOf(8), risk: 'hrp', rebalance, inputs },
        approval: { ...told(7), ...approval, localUser: beside },
        holds: [{ ...told(6), reasons: held('desk', 'r4').reasons, proposer: 'worker' }],
        policy: second,
        predecessor: firstPublication,
      },
      decided: [6, 7, 8],
      events: [1, 2, 6, 7, 8],
    });
  });

  test('is why nothing was allocated, which is measured against nothing', async () => {
    expect(await recordOf('r5')).toEqual({
      record: {
        ...nothing,
        meta: 'desk',
        refusals: [{ ...told(9), code: 'OverlapTooShort', reason: '12 common dates' }],
        policy: second,
        predecessor: null,
      },
      decided: [9],
      events: [2, 9],
    });
  });

  test('is nothing of a run that nobody decided on, and nothing before it was', async () => {
    expect(await recordOf('r9')).toBeNull();
    expect(await recordOf('r3', '3')).toBeNull();
  });

  test('is what had been decided up to a position', async () => {
    expect(await recordOf('r3', '4')).toMatchObject({ record: { rejections: [] }, decided: [4], events: [1, 2, 4] });
  });
});

describe('the publications of a portfolio', () => {
  const one = { ...published('desk', 1, { runId: 'r1' }), recordedAt: at(1), eventId: idOf(1) };
  const two = {
    ...published('desk', 2, { runId: 'r4', definitionNumber: 2, approval, asOf: '2025-07-18' }),
    recordedAt: at(8),
    eventId: idOf(8),
    approvedBeside: beside,
  };

  test.each([
    [null, null, [one, two]],
    ['2025-07-18', null, [one, two]],
    ['2025-07-17', null, [one]],
    ['2025-07-16', null, []],
    [null, at(8), [one, two]],
    [null, at(7), [one]],
  ])('as of %p, known at %p, are those, and who ran the process that approved', async (asOf, knownAt, publications) => {
    const { ports } = await ledgerHolding(history);
    const listed = await listPublications(ports, { meta: 'desk', asOf, knownAt });
    expect(listed.map(({ changes, ...publication }) => [changes.against, publication])).toEqual(
      publications.map((publication) => [publication === one ? null : 1, publication]),
    );
  });

  test('before the portfolio was known are refused', async () => {
    const { ports } = await ledgerHolding(history);
    const question = { meta: 'desk', asOf: null, knownAt: '2026-01-01T00:00:00.000Z' };
    await expect(listPublications(ports, question)).rejects.toMatchObject({ code: 'PortfolioUndefined' });
  });

  test('that nobody approved have nobody beside them', async () => {
    const { ports } = await ledgerHolding(history);
    const publications = await listPublications(ports, { meta: 'alt', asOf: null, knownAt: null });
    expect(publications).toHaveLength(1);
    expect(publications[0]).not.toHaveProperty('approvedBeside');
  });
});
