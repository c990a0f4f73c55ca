import { LedgerError } from '../shared/errors.ts';
import type { Component } from './components.ts';
import type { FeatureColumns } from './features.ts';
import type { SymbolFacts } from './pool.ts';
import type { Requirable } from './settings.ts';

/** Symbols for which something required is not known. */
function lacking(required: Requirable, values: FeatureColumns<Component>, facts: readonly SymbolFacts[]): number[] {
  const isMissing = (i: number): boolean => (required === 'metadata' ? facts[i]!.metadata === null : Number.isNaN(values[required][i]!));
  return [...facts.keys()].filter(isMissing);
}

const shownMax = 5;

/** Refuses where something that the settings insist on is not known of every symbol. Errors: SelectionInputMissing. */
export function assertRequired(
  required: readonly Requirable[],
  symbols: readonly string[],
  values: FeatureColumns<Component>,
  facts: readonly SymbolFacts[],
): void {
  for (const name of required) {
    const missing = lacking(name, values, facts).map((i) => symbols[i]!);
    if (missing.length === 0) continue;
    const shown = missing.slice(0, shownMax).join(', ');
    const more = missing.length > shownMax ? ` and ${missing.length - shownMax} more` : '';
    throw new LedgerError('SelectionInputMissing', `selection.require names ${name}, which is not known of ${shown}${more}`, {
      evidence: { required: name, symbols: missing },
      at: { path: 'selection.require' },
    });
  }
}
