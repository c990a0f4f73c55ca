import type { Drift } from '../api/answers.ts';
import { percent } from './words.ts';

/** How far it has drifted, since when, and by what that is known: the ledger holds no prices. */
export function driftWords({ number, asOf, to, driftTwoSided, unknownBecause }: Drift): string {
  const published = `publication ${number}, as of ${asOf}`;
  if (driftTwoSided === null) return `How far it has drifted from ${published}, is not known: ${unknownBecause}.`;
  if (to === asOf) return `No sleeve has returns after ${published}: nothing is known to have drifted.`;
  return `Drifted ${percent(driftTwoSided)}, two-sided, from ${published}, until ${to}, by the returns of its sleeves.`;
}

export interface Drifted {
  readonly published: number;
  readonly drifted: number;
}

/** Sleeves of the first tier: what stands below one of them is a part of it. Empty where it is not known. */
export function driftOfSleeves(drift: Drift | null): ReadonlyMap<string, Drifted> {
  const sums = new Map<string, Drifted>();
  for (const { path, published, drifted } of drift?.sleeves ?? []) {
    const before = sums.get(path[0]!) ?? { published: 0, drifted: 0 };
    sums.set(path[0]!, { published: before.published + published, drifted: before.drifted + drifted });
  }
  return sums;
}

export function driftOfAssets(drift: Drift | null): ReadonlyMap<string, Drifted> {
  return new Map((drift?.assets ?? []).map(({ symbol, ...moved }) => [symbol, moved]));
}
