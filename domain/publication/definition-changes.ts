import { canonicalJson } from '../shared/canonical-json.ts';
import type { MetaPortfolioDefined } from './events.ts';

/** The members that differ between two plain objects, by name. */
export function differing(before: object, after: object, prefix = ''): string[] {
  const [left, right] = [new Map<string, unknown>(Object.entries(before)), new Map<string, unknown>(Object.entries(after))];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names
    .filter((name) => canonicalJson(left.get(name) ?? null) !== canonicalJson(right.get(name) ?? null))
    .map((name) => `${prefix}${name}`);
}

type Compared = Pick<MetaPortfolioDefined, 'definitionHash' | 'risk' | 'policy'>;

/** What one definition of a portfolio changes against another. */
export function definitionChanges(before: Compared, after: Compared): string[] {
  return [
    ...(before.definitionHash === after.definitionHash ? [] : ['definition']),
    ...(before.risk === after.risk ? [] : ['risk']),
    ...differing(before.policy, after.policy, 'policy.'),
  ];
}
