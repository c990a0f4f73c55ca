import { declaredGrossMax, grossMaxOf } from '../manifest/gross-max.ts';
import { atomicSleeves } from '../manifest/resolve-meta.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { requireGross } from '../risk/gross.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { type DeliveredRun, pathKey } from '../run/delivered-run.ts';

/**
 * Holds the weights that sleeves bring into a portfolio against the bound of each sleeve's own profile, whoever recorded them and under
 * whatever release. Errors: WeightsRefused.
 */
export function requireSleeveGross(node: MetaNode, leaves: ReadonlyMap<string, DeliveredRun>, consumed: readonly RiskProfile[]): void {
  for (const { path, sleeve } of atomicSleeves(node)) {
    const run = leaves.get(pathKey(path));
    const grossMax = grossMaxOf(declaredGrossMax(sleeve.resolved.blocks.risk));
    for (const [risk, { weights }] of run?.streams ?? [])
      if (weights !== null && consumed.includes(risk))
        requireGross(weights, grossMax, `${risk} of sleeve ${pathKey(path)} (run ${run!.runId})`);
  }
}
