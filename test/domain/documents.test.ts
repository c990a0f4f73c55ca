import { describe, expect, test } from '@jest/globals';
import { documents, markedDocument, readDocument } from '../../domain/documents/documents.ts';

const reported = {
  profile: 'etfs',
  leaves: { 'backtest.train_window': 60 },
  selectionMode: null,
  origin: { system: 'desk', runId: null, ledgerId: null, runHash: null, eligibility: null },
};
const portfolio = {
  risk: 'hrp',
  meta: 'm',
  assets: [
    {
      symbol: 'AMEX:SPY',
      weight: 1,
      contributors: [{ path: ['a'], sleeve: 'a', runId: 'r', atom: 'AMEX:SPY', sleeveWeight: 1, assetWeight: 1, amount: 1 }],
    },
  ],
};

describe('a stored document', () => {
  test('is marked with its kind and version, and read back without them', () => {
    expect(markedDocument('told-definition', reported)).toEqual({
      kind: 'told-definition',
      version: documents['told-definition'].version,
      ...reported,
    });
    expect(readDocument('told-definition', markedDocument('told-definition', reported))).toEqual(reported);
  });

  test('of release 0.1.0 bore no version, and some another kind', () => {
    expect(readDocument('told-definition', { kind: 'told', ...reported })).toEqual(reported);
    expect(readDocument('imported-definition', { kind: 'imported', profile: 'p', leaves: {}, leftAside: ['x.csv'] })).toEqual({
      profile: 'p',
      leaves: {},
      leftAside: ['x.csv'],
    });
    expect(readDocument('flattened-portfolio', portfolio)).toEqual(portfolio);
  });

  test.each<[string, string, unknown]>([
    ['of a newer build', 'StoreTooNew', { ...markedDocument('flattened-portfolio', portfolio), version: 99 }],
    ['of another kind', 'SchemaViolation', markedDocument('told-definition', reported)],
    ['that lacks a member', 'SchemaViolation', { kind: 'flattened-portfolio', version: 2, risk: 'hrp', meta: 'm' }],
    ['with a member too many', 'SchemaViolation', { ...markedDocument('flattened-portfolio', portfolio), more: 1 }],
    ['that is not an object', 'SchemaViolation', [1]],
  ])('%s is refused: %s', (_, code, stored) => {
    expect(() => readDocument('flattened-portfolio', stored)).toThrow(expect.objectContaining({ code }));
  });
});
