import { describe, expect, test } from '@jest/globals';
import type { AcceptanceVerdict } from '../../../domain/run/acceptance-verdict.ts';
import type { MetaPortfolioCommand, Proposal } from '../../../domain/publication/commands.ts';
import { metaPortfolioDecider as decider } from '../../../domain/publication/decider.ts';
import type { MetaPortfolioEvent } from '../../../domain/publication/slice.ts';
import type { HoldReason, MetaPortfolioDefined } from '../../../domain/publication/events.ts';
import type { RebalanceMeasure } from '../../../domain/run/rebalance-measure.ts';
import { publicationDefaults, type PublicationPolicy } from '../../../domain/manifest/publication-block.ts';
import { given } from '../../support/given-when-then.ts';
import { portfolioFacts } from '../../support/portfolio-events.ts';

const meta = 'desk';
const hash = (letter: string): string => letter.repeat(64);
const policyOf = (change: Partial<PublicationPolicy> = {}): PublicationPolicy => ({ ...publicationDefaults, ...change });

const definition = (change: Partial<MetaPortfolioDefined> = {}): MetaPortfolioDefined => portfolioFacts.defined(meta, ['etfs'], change);
const defined = (change: Partial<MetaPortfolioDefined> = {}): MetaPortfolioEvent => ({
  type: 'MetaPortfolioDefined',
  data: definition(change),
});
const trades = (turnoverTwoSided: number | null, unknownBecause: string | null = null): RebalanceMeasure => ({
  against: 1,
  turnoverTwoSided,
  unknownBecause,
  growth: [],
});
const verdict = (change: Partial<AcceptanceVerdict>): AcceptanceVerdict => ({
  check: 'bounds',
  status: 'passed',
  value: 1,
  limit: 1,
  message: 'seen',
  details: [],
  holds: true,
  ...change,
});

/** What the inputs named by a letter propose. */
function proposalOf(letter: string, change: Partial<Proposal> = {}): Proposal {
  const { number: _, approval: __, ...facts } = portfolioFacts.published(meta, 1);
  return { ...facts, inputsHash: hash(letter), runId: `run-${letter}`, acceptance: [verdict({})], ...change };
}
const propose = (letter: string, change: Partial<Proposal> = {}): MetaPortfolioCommand => ({
  kind: 'ProposeAllocation',
  proposal: proposalOf(letter, change),
  proposer: 'worker',
  localUser: null,
});
const approve = (letter: string, approver = 'ann', change: Partial<Proposal> = {}): MetaPortfolioCommand => ({
  kind: 'ApproveRebalance',
  proposal: proposalOf(letter, change),
  approver,
  why: 'seen',
  localUser: null,
});

function published(letter: string, number: number, change: Partial<Proposal> = {}, approver: string | null = null): MetaPortfolioEvent {
  const { acceptance: _, ...facts } = proposalOf(letter, change);
  return {
    type: 'AllocationPublished',
    data: { ...facts, number, approval: approver === null ? null : { proposer: 'worker', approver, why: 'seen' } },
  };
}

function held(letter: string, reasons: readonly HoldReason[], change: Partial<Proposal> = {}): MetaPortfolioEvent {
  const { definitionNumber, inputsHash, runId, risk, asOf, policy, inputs, rebalance } = proposalOf(letter, change);
  return {
    type: 'RebalanceHeld',
    data: {
      meta,
      definitionNumber,
      inputsHash,
      runId,
      risk,
      asOf,
      policy,
      inputs,
      rebalance,
      reasons: [...reasons],
      proposer: 'worker',
      localUser: null,
    },
  };
}

function skipped(letter: string, change: Partial<Proposal> = {}): MetaPortfolioEvent {
  const { definitionNumber, inputsHash, runId, risk, asOf, policy, rebalance } = proposalOf(letter, change);
  return {
    type: 'RebalanceSkipped',
    data: { meta, definitionNumber, inputsHash, runId, risk, asOf, policy, rebalance, noTradeBandTwoSided: policy.no_trade_band_two_sided },
  };
}

const approved = (letter: string): MetaPortfolioEvent => ({
  type: 'RebalanceApproved',
  data: { meta, runId: `run-${letter}`, proposer: 'worker', approver: 'ann', why: 'seen', localUser: null },
});
const reject = (letter: string, who = 'ann'): MetaPortfolioCommand => ({
  kind: 'RejectRebalance',
  meta,
  runId: `run-${letter}`,
  who,
  why: 'wrong prices',
  localUser: null,
});
function rejected(letter: string, who = 'ann'): MetaPortfolioEvent {
  const { definitionNumber, inputsHash, runId, risk, asOf } = proposalOf(letter);
  return {
    type: 'RebalanceRejected',
    data: { meta, definitionNumber, inputsHash, runId, risk, asOf, proposer: 'worker', who, why: 'wrong prices', localUser: null },
  };
}
const reason = (kind: HoldReason['kind'], message: string, value: number | null = null, limit: number | null = null): HoldReason => ({
  kind,
  message,
  value,
  limit,
});
const awaitsChecker = reason('maker_checker', 'every rebalance of this portfolio needs the approval of a second person');

describe('a proposed allocation', () => {
  test('is published, the first as number 1 and the next as 2', () => {
    given(decider, defined()).when(propose('a')).then(published('a', 1));
    given(decider, defined(), published('a', 1))
      .when(propose('b', { rebalance: trades(0.4) }))
      .then(published('b', 2, { rebalance: trades(0.4) }));
  });

  test('of inputs that were decided on is nothing new, whatever the decision was', () => {
    given(decider, defined(), published('a', 1)).when(propose('a')).thenNothing();
    given(decider, defined(), published('a', 1), skipped('b')).when(propose('b')).thenNothing();
    given(decider, defined(), held('a', [awaitsChecker]))
      .when(propose('a'))
      .thenNothing();
    given(decider, defined(), { type: 'ReallocationRefused', data: { ...portfolioFacts.refused(meta), inputsHash: hash('a') } })
      .when(propose('a'))
      .thenNothing();
  });

  test('of other inputs that lead to the run in force is skipped: the same run is not a second publication', () => {
    const same = { runId: 'run-a', rebalance: trades(0) };
    given(decider, defined(), published('a', 1)).when(propose('b', same)).then(skipped('b', same));
  });

  test('under a definition that is no longer in force, or before there is one, decides nothing', () => {
    given(decider, defined(), defined({ number: 2 }))
      .when(propose('a'))
      .thenNothing();
    given(decider).when(propose('a')).thenNothing();
  });
});

describe('the no-trade band', () => {
  const policy = policyOf({ no_trade_band_two_sided: 0.05 });
  const after = given(decider, defined({ policy }), published('a', 1, { policy }));

  test('skips a rebalance that would trade less, with the numbers', () => {
    const change = { policy, rebalance: trades(0.0499) };
    const fact = skipped('b', change);
    after.when(propose('b', change)).then(fact);
    expect(fact.data).toMatchObject({ noTradeBandTwoSided: 0.05, rebalance: { against: 1, turnoverTwoSided: 0.0499 } });
  });

  test.each([
    ['one at the band', 0.05],
    ['one above it', 0.0501],
  ])('publishes %s', (_, turnover) => {
    const change = { policy, rebalance: trades(turnover) };
    after.when(propose('b', change)).then(published('b', 2, change));
  });

  test('rebalances when the turnover is not known, and keeps the reason', () => {
    const change = { policy, rebalance: trades(null, 'the returns end on 2025-07-16') };
    after.when(propose('b', change)).then(published('b', 2, change));
  });

  test('never skips the first publication', () => {
    given(decider, defined({ policy }))
      .when(propose('a', { policy }))
      .then(published('a', 1, { policy }));
  });

  test('measures the publication after a skip against the same publication as before', () => {
    const change = { policy, rebalance: trades(0.2) };
    const decided = given(decider, defined({ policy }), published('a', 1, { policy }), skipped('b', { policy })).when(propose('c', change));
    decided.then(published('c', 2, change));
    expect(decided.state().published?.number).toBe(2);
  });
});

describe('the maximum turnover', () => {
  const policy = policyOf({ max_turnover_two_sided: 0.3 });
  const after = given(decider, defined({ policy }), published('a', 1, { policy }));

  test('holds a rebalance above it, with both numbers', () => {
    const change = { policy, rebalance: trades(0.42) };
    after.when(propose('b', change)).then(held('b', [reason('max_turnover', 'the turnover of 0.4200 is above 0.3000', 0.42, 0.3)], change));
  });

  test('lets one at it pass', () => {
    const change = { policy, rebalance: trades(0.3) };
    after.when(propose('b', change)).then(published('b', 2, change));
  });

  test('holds a rebalance whose turnover is not known', () => {
    const change = { policy, rebalance: trades(null, 'no returns') };
    after
      .when(propose('b', change))
      .then(
        held('b', [reason('max_turnover', 'the turnover is not known (no returns), and at most 0.3000 is allowed', null, 0.3)], change),
      );
  });

  test('of nothing holds everything that trades', () => {
    const strict = policyOf({ max_turnover_two_sided: 0 });
    const change = { policy: strict, rebalance: trades(0.0001) };
    given(decider, defined({ policy: strict }), published('a', 1))
      .when(propose('b', change))
      .then(held('b', [reason('max_turnover', 'the turnover of 0.0001 is above 0.0000', 0.0001, 0)], change));
  });

  test('does not hold the first publication', () => {
    const strict = policyOf({ max_turnover_two_sided: 0 });
    given(decider, defined({ policy: strict }))
      .when(propose('a', { policy: strict }))
      .then(published('a', 1, { policy: strict }));
  });
});

describe('acceptance', () => {
  const failed = verdict({ check: 'integrity', status: 'failed', value: 3, limit: 0, message: '3 errors' });
  const unknown = verdict({ check: 'bounds', status: 'unknown', value: null, limit: null, message: 'nothing measured' });

  test('that fails, or is not known, holds with each of its reasons', () => {
    given(decider, defined())
      .when(propose('a', { acceptance: [failed, unknown, verdict({})] }))
      .then(
        held('a', [reason('acceptance', 'integrity failed: 3 errors', 3, 0), reason('acceptance', 'bounds unknown: nothing measured')]),
      );
  });

  test('is published all the same where the policy says so', () => {
    const policy = policyOf({ on_acceptance_fail: 'publish' });
    given(decider, defined({ policy }))
      .when(propose('a', { policy, acceptance: [failed, unknown] }))
      .then(published('a', 1, { policy }));
  });

  // Concentration, diversification and correlation benefit are shown, and never hold (docs/explanation/publication.md#holds).
  test('of what is only shown never holds, and neither does a warning', () => {
    const shown = ['concentration', 'diversification'].map((check) => verdict({ check, status: 'failed', holds: false }));
    given(decider, defined())
      .when(propose('a', { acceptance: [...shown, verdict({ status: 'warned' })] }))
      .then(published('a', 1));
  });
});

describe('an allocation of an older as-of date than the last publication', () => {
  test('is held: publications do not go backwards by themselves', () => {
    const change = { asOf: '2025-07-16', rebalance: trades(0.1) };
    given(decider, defined(), published('a', 1))
      .when(propose('b', change))
      .then(held('b', [reason('older_as_of', 'its as-of date 2025-07-16 is before the 2025-07-17 of the last publication')], change));
  });

  test('and for other reasons besides names them all', () => {
    const policy = policyOf({ max_turnover_two_sided: 0.3, maker_checker: true });
    const change = { policy, asOf: '2025-07-16', rebalance: trades(0.4), acceptance: [verdict({ status: 'failed' })] };
    const decided = decider.decide(
      propose('b', change),
      [defined({ policy }), published('a', 1)].reduce(decider.evolve, decider.initialState),
    );
    expect(decided).toMatchObject([
      {
        type: 'RebalanceHeld',
        data: { reasons: ['older_as_of', 'acceptance', 'max_turnover', 'maker_checker'].map((kind) => ({ kind })) },
      },
    ]);
  });
});

describe('approval', () => {
  const policy = policyOf({ maker_checker: true });
  const asked = { policy };
  const waiting = [defined({ policy }), held('a', [awaitsChecker], asked)];

  test('is asked for every publication under maker and checker, the first as well', () => {
    given(decider, defined({ policy }))
      .when(propose('a', asked))
      .then(held('a', [awaitsChecker], asked));
  });

  test('by somebody else publishes what was held, and says who proposed and who approved', () => {
    given(decider, ...waiting)
      .when(approve('a', 'ann', asked))
      .then(approved('a'), published('a', 1, asked, 'ann'));
  });

  test('by the proposer is refused', () => {
    given(decider, ...waiting)
      .when(approve('a', 'worker', asked))
      .thenRefused('ApproverIsProposer');
  });

  test('by the proposer is enough where nobody asked for two people', () => {
    const limited = { policy: policyOf({ max_turnover_two_sided: 0.3 }), rebalance: trades(0.42) };
    const over = reason('max_turnover', 'the turnover of 0.4200 is above 0.3000', 0.42, 0.3);
    const decided = given(decider, defined({ policy: limited.policy }), published('a', 1, limited), held('b', [over], limited)).when(
      approve('b', 'worker', limited),
    );
    expect(decided.state().published).toMatchObject({ number: 2, approval: { proposer: 'worker', approver: 'worker' } });
  });

  test('cannot be approved after another policy was applied: the same inputs are decided on again', () => {
    const relaxed = policyOf({ maker_checker: false });
    const redefined = [...waiting, defined({ policy: relaxed, number: 2 })];
    given(decider, ...redefined)
      .when(approve('a', 'ann', asked))
      .thenRefused('NothingHeld');
    given(decider, ...redefined)
      .when(propose('a', { policy: relaxed, definitionNumber: 2 }))
      .then(published('a', 1, { policy: relaxed, definitionNumber: 2 }));
  });

  test('delivered twice publishes once, also by another approver and after a halt', () => {
    const done = [...waiting, approved('a'), published('a', 1, asked, 'ann')];
    given(decider, ...done)
      .when(approve('a', 'ann', asked))
      .thenNothing();
    given(decider, ...done)
      .when(approve('a', 'bob', asked))
      .thenNothing();
    given(decider, ...done, { type: 'PublicationHalted', data: { meta, number: 1, who: 'ann', why: 'x' } })
      .when(approve('a', 'ann', asked))
      .thenNothing();
  });

  test('of what a later decision superseded is refused: newer results were held, published or refused since', () => {
    given(decider, ...waiting, held('b', [awaitsChecker], asked))
      .when(approve('a', 'ann', asked))
      .thenRefused('NothingHeld');
    given(decider, ...waiting, published('b', 1))
      .when(approve('a', 'ann', asked))
      .thenRefused('NothingHeld');
    given(decider, ...waiting, { type: 'ReallocationRefused', data: portfolioFacts.refused(meta) })
      .when(approve('a', 'ann', asked))
      .thenRefused('NothingHeld');
  });

  test('of what was published without one is refused', () => {
    given(decider, defined(), published('a', 1)).when(approve('a')).thenRefused('NothingHeld');
  });

  test('is refused while publication is halted, and taken after it goes on', () => {
    const halted: MetaPortfolioEvent = { type: 'PublicationHalted', data: { meta, number: 1, who: 'ann', why: 'outage' } };
    const resumed: MetaPortfolioEvent = { type: 'PublicationResumed', data: { meta, number: 1, who: 'ann', why: 'over' } };
    given(decider, ...waiting, halted)
      .when(approve('a', 'ann', asked))
      .thenRefused('PublicationHalted');
    given(decider, ...waiting, halted, resumed)
      .when(approve('a', 'ann', asked))
      .then(approved('a'), published('a', 1, asked, 'ann'));
  });
});

describe('a held allocation that is rejected', () => {
  const waits = [defined(), held('a', [awaitsChecker])] as const;
  const due: MetaPortfolioEvent = { type: 'ReallocationScheduled', data: portfolioFacts.scheduled(meta, '2026-01-02T04:00:00.000Z') };

  test('is closed, and its inputs are decided on', () => {
    given(decider, ...waits)
      .when(reject('a'))
      .then(rejected('a'));
    expect(
      given(decider, ...waits)
        .when(reject('a'))
        .state(),
    ).toMatchObject({ held: null, published: null, decided: { inputsHash: hash('a'), kind: 'rejected' } });
    given(decider, ...waits, rejected('a'))
      .when(propose('a'))
      .thenNothing();
    given(decider, ...waits, rejected('a'))
      .when(propose('b'))
      .then(published('b', 1));
  });

  test('may be rejected by whoever proposed it, and while publication is halted', () => {
    given(decider, ...waits)
      .when(reject('a', 'worker'))
      .then(rejected('a', 'worker'));
    given(decider, ...waits, { type: 'PublicationHalted', data: { meta, number: 1, who: 'ann', why: 'outage' } })
      .when(reject('a'))
      .then(rejected('a'));
  });

  test('is rejected once, also when something else is held or published by then', () => {
    given(decider, ...waits, rejected('a'))
      .when(reject('a', 'bob'))
      .thenNothing();
    given(decider, ...waits, rejected('a'), held('b', [awaitsChecker]))
      .when(reject('a'))
      .thenNothing();
    given(decider, ...waits, rejected('a'), published('b', 1))
      .when(reject('a'))
      .thenNothing();
  });

  test('cannot be approved any more', () => {
    given(decider, ...waits, rejected('a'))
      .when(approve('a'))
      .thenRefused('NothingHeld');
  });

  test('must be the one that is held', () => {
    given(decider, defined()).when(reject('a')).thenRefused('NothingHeld');
    given(decider, ...waits)
      .when(reject('b'))
      .thenRefused('NothingHeld');
    given(decider, ...waits, published('b', 1))
      .when(reject('a'))
      .thenRefused('NothingHeld');
    given(decider, ...waits, defined({ number: 2 }))
      .when(reject('a'))
      .thenRefused('NothingHeld');
  });

  test('leaves what has been scheduled since as it is', () => {
    expect(
      given(decider, ...waits, due)
        .when(reject('a'))
        .state().due,
    ).toEqual(due.data);
  });

  test('stays rejected under another policy: only other inputs are proposed again', () => {
    given(decider, ...waits, rejected('a'), defined({ number: 2 }))
      .when(propose('a', { definitionNumber: 2 }))
      .thenNothing();
  });
});
