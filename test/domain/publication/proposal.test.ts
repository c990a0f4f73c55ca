import { describe, expect, test } from '@jest/globals';
import { metaPortfolioDecider as decider } from '../../../domain/publication/decider.ts';
import { proposalOf } from '../../../domain/publication/proposal.ts';
import { refusalOf } from '../../../domain/publication/refusal.ts';
import type { AllocatedWeights } from '../../../domain/run/allocated-weights.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { given } from '../../support/given-when-then.ts';
import { portfolioFacts, sampleDocument } from '../../support/portfolio-events.ts';

const definition = portfolioFacts.defined('desk', ['etfs'], { number: 3 });
const inputsHash = '9'.repeat(64);
const { inputs, rebalance } = portfolioFacts.published('desk', 1);
const allocated: AllocatedWeights = {
  sleeves: { etfs: 1 },
  weights: { 'NYSE:AAA': 1 },
  gross: 1,
  net: 1,
  portfolio: sampleDocument,
  acceptance: [],
};
const defined = { type: 'MetaPortfolioDefined', data: definition } as const;

describe('the proposal of a run', () => {
  const proposal = proposalOf('run-9', '2025-07-17', allocated, { definition, inputsHash, inputs, rebalance });

  test('takes its weights from the run, and all else from the definition in force', () => {
    const { meta, risk, policy } = definition;
    expect(proposal).toEqual({
      meta,
      definitionNumber: 3,
      inputsHash,
      runId: 'run-9',
      risk,
      asOf: '2025-07-17',
      policy,
      inputs,
      rebalance,
      ...allocated,
    });
  });

  test('is published as the decider takes it', () => {
    const { acceptance: _, ...facts } = proposal;
    given(decider, defined)
      .when({ kind: 'ProposeAllocation', proposal, proposer: 'worker', localUser: null })
      .then({ type: 'AllocationPublished', data: { ...facts, number: 1, approval: null } });
  });
});

describe('the refusal of new results', () => {
  test('names the definition, the inputs, and the run where there is one', () => {
    expect(
      refusalOf(definition, inputsHash, 'run-9', { code: 'ParityRejected', message: 'not comparable', evidence: { overlap: 0.5 } }),
    ).toEqual({
      kind: 'RefuseReallocation',
      refusal: {
        meta: 'desk',
        definitionNumber: 3,
        inputsHash,
        runId: 'run-9',
        code: 'ParityRejected',
        reason: 'not comparable',
        evidence: { overlap: 0.5 },
      },
    });
  });

  test('keeps the evidence of an error as plain JSON', () => {
    const error = new LedgerError('SleeveStale', 'far behind', { evidence: { sessions: 9, since: new Date(0), nothing: undefined } });
    expect(refusalOf(definition, inputsHash, null, error).refusal.evidence).toEqual({ sessions: 9, since: '1970-01-01T00:00:00.000Z' });
  });

  test('is recorded once for the same inputs', () => {
    const command = refusalOf(definition, inputsHash, null, { code: 'SleeveStale', message: 'far behind', evidence: {} });
    given(decider, defined).when(command).then({ type: 'ReallocationRefused', data: command.refusal });
    given(decider, defined, { type: 'ReallocationRefused', data: command.refusal }).when(command).thenNothing();
  });
});
