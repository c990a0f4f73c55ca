interface AnyFact {
  readonly type: string;
  readonly data: unknown;
}

export type FactOf<Fact extends AnyFact, Type extends Fact['type']> = Extract<Fact, { readonly type: Type }>;

/** The facts of one type, in order: a fact is found by what it is, never by where it stands. */
export function factsOfType<Fact extends AnyFact, Type extends Fact['type']>(facts: readonly Fact[], type: Type): FactOf<Fact, Type>[] {
  return facts.filter((fact): fact is FactOf<Fact, Type> => fact.type === type);
}

/** What the facts of one type say, in order. */
export function dataOf<Fact extends AnyFact, Type extends Fact['type']>(facts: readonly Fact[], type: Type): FactOf<Fact, Type>['data'][] {
  return factsOfType(facts, type).map(({ data }) => data);
}
