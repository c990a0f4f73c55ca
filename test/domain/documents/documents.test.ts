import { describe, expect, test } from '@jest/globals';
import { documents, isDocumentKind, markedDocument, readDocument, upcastDocument } from '../../../domain/documents/documents.ts';
import { refusalOf } from '../../support/refusal.ts';

const table = [
  ['category-map', 1, 'Category ids by symbol and by text, as they were given with a scan.'],
  ['combination-table', 1, 'What each sleeve contributes to each asset, the projection and the weights.'],
  ['flattened-portfolio', 2, 'Asset weights with the contributors of each.'],
  ['imported-definition', 2, 'Settings of an imported run, as its manifest has them.'],
  ['meta-portfolio', 2, 'A resolved meta portfolio with everything below it.'],
  ['planned-combination', 1, 'Everything that a combination is computed from.'],
  ['regimes', 1, 'The market regime of every decision and of the rows that each window earned.'],
  ['resolved-profile', 2, "A sleeve's resolved profile: every leaf with the layer that it came from."],
  ['scan-audit', 1, 'The answer of an audit of scanners.'],
  ['scan-audit-inputs', 1, 'What an audit of scanners was asked about.'],
  ['scan-config', 1, 'The effective configuration of a scanner, with the files of each leaf.'],
  ['scan-response', 1, 'The rows of a scan, by symbol, before any of them was judged.'],
  ['scan-rows', 1, 'What a scan decided about every row.'],
  ['scan-values', 1, 'What a scan says of the symbols of a run.'],
  ['symbol-metadata', 1, 'What a file of metadata says of the symbols of a run.'],
  ['selection', 1, 'A selection of symbols with every number that decided it.'],
  ['told-definition', 2, 'Settings of a run by message, as its sender has them.'],
  ['walk-forward', 2, 'Every window of a walk-forward: rows, weights, turnover, cost, solve.'],
];

const told = (act: () => unknown) => {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
};

test('every kind of document has its newest version and its meaning', () => {
  expect(Object.entries(documents).map(([kind, { version, meaning }]) => [kind, version, meaning])).toEqual(table);
});

test('a kind is one of the table, and no name that objects have anyway', () => {
  expect(['selection', 'toString', 'other', 5, undefined].map(isDocumentKind)).toEqual([true, false, false, false, false]);
});

describe('a stored document', () => {
  const rows = { symbols: {} };

  test('bears its kind and version before its content', () => {
    expect(Object.entries(markedDocument('symbol-metadata', rows))).toEqual([
      ['kind', 'symbol-metadata'],
      ['version', 1],
      ['symbols', {}],
    ]);
    expect(upcastDocument('symbol-metadata', { kind: 'symbol-metadata', version: 1, ...rows }).data).toEqual(rows);
  });

  test('without a version is of release 0.1.0, and its kind is content', () => {
    expect(upcastDocument('symbol-metadata', { kind: 'x', ...rows }).data).toEqual({ kind: 'x', ...rows });
  });

  test('of a later version is refused by both versions', () => {
    expect(told(() => readDocument('selection', { kind: 'selection', version: 2 }))).toEqual({
      code: 'StoreTooNew',
      message: 'a document selection of version 2 is stored; this build reads up to 1',
      evidence: { kind: 'selection', version: 2, newest: 1 },
      at: {},
    });
  });

  test.each([[null], [[]], ['text'], [5]])('that is %j is refused as no object', (stored) => {
    expect(told(() => readDocument('regimes', stored))).toEqual({
      code: 'SchemaViolation',
      message: 'a regimes was expected, no object is stored',
      evidence: { kind: 'regimes' },
      at: {},
    });
  });

  test('of another kind is refused by both kinds', () => {
    expect(told(() => readDocument('regimes', { kind: 'selection', version: 1 }))).toEqual({
      code: 'SchemaViolation',
      message: 'a regimes was expected, "selection" is stored',
      evidence: { kind: 'regimes', written: 'selection' },
      at: {},
    });
  });

  test('that does not fit its schema is refused with the path', () => {
    const refusal = told(() => readDocument('symbol-metadata', { kind: 'symbol-metadata', version: 1, symbols: 5 }));
    expect(refusal).toEqual({
      code: 'SchemaViolation',
      message: expect.stringMatching(/^a stored symbol-metadata does not fit its schema: .+ at symbols$/),
      evidence: { kind: 'symbol-metadata' },
      at: { path: 'symbols' },
    });
  });
});
