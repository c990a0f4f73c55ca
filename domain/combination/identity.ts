import type { PlannedCombination } from '../combine/planned-schemas.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';

/** The same positions, budgets, previous weights, caps and method are one combination, no matter who asks. The rules are not part of it. */
export function combinationId(sha256: Sha256, planned: PlannedCombination): string {
  const hash = hashOfJson(sha256, ['combination', planned]).slice(0, 16);
  return [planned.name, ...(planned.asOf === null ? [] : [planned.asOf]), hash].join('-');
}
