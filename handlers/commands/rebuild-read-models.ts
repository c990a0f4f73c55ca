import { allProjections } from '../../projections/all.ts';
import type { Ports } from '../ports.ts';
import { dropRetired, rebuild } from '../projector.ts';

export interface RebuiltProjection {
  readonly projection: string;
  /** That the rows reflect, null for an empty ledger. */
  readonly position: string | null;
}

export interface RebuiltReadModels {
  readonly rebuilt: readonly RebuiltProjection[];
  /** Retired projections whose rows were dropped. */
  readonly dropped: readonly string[];
}

/** Throws the read models away and folds the ledger again; rows of retired projections go for good. */
export async function rebuildReadModels(ports: Ports): Promise<RebuiltReadModels> {
  const rebuilt: RebuiltProjection[] = [];
  for (const projection of allProjections) rebuilt.push({ projection: projection.name, position: await rebuild(ports, projection) });
  return { rebuilt, dropped: await dropRetired(ports) };
}
