import { type Component, components } from './components.ts';
import type { Selection } from './select.ts';
import { type VetoCode, vetoCodes } from './vetoes.ts';

/** Something that could not be looked at, and of whom. */
export interface NotEvaluated<Name extends string> {
  readonly name: Name;
  /** In code-unit order; `all` where it is known of nobody. */
  readonly symbols: readonly string[] | 'all';
}

export interface NotEvaluatedList {
  /** Components of the score, in the order of their factors. Fragility is computed of nobody, and takes nothing off any score. */
  readonly components: readonly NotEvaluated<Component | 'fragility'>[];
  /** Vetoes that could not be asked of candidates, in their order; benchmarks are exempt from all. */
  readonly vetoes: readonly NotEvaluated<VetoCode>[];
}

/** What the list is made of. */
export type Evaluated = Pick<Selection, 'symbols' | 'judgements' | 'candidates'> & {
  readonly scores: Pick<Selection['scores'], 'absentEverywhere' | 'absentSome'>;
};

function absentComponents({ symbols, scores }: Evaluated): NotEvaluated<Component>[] {
  return components.flatMap((name): NotEvaluated<Component>[] => {
    if (scores.absentEverywhere.includes(name)) return [{ name, symbols: 'all' }];
    const some = scores.absentSome.find(({ component }) => component === name);
    return some === undefined ? [] : [{ name, symbols: some.symbols.map((i) => symbols[i]!) }];
  });
}

function unaskedVetoes({ symbols, judgements, candidates }: Evaluated): NotEvaluated<VetoCode>[] {
  return vetoCodes.flatMap((name): NotEvaluated<VetoCode>[] => {
    const unasked = symbols.filter((_, i) => judgements[i]!.notEvaluated.includes(name));
    if (unasked.length === 0) return [];
    return [{ name, symbols: unasked.length === candidates ? 'all' : unasked }];
  });
}

/** What a selection could not look at: for each component and each veto the symbols of which nothing was given, or all. */
export function notEvaluated(selection: Evaluated): NotEvaluatedList {
  return { components: [...absentComponents(selection), { name: 'fragility', symbols: 'all' }], vetoes: unaskedVetoes(selection) };
}
