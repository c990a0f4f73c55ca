import { everyProjection } from '../../projections/all.ts';
import type { Ports } from '../ports/ports.ts';
import { dropForeignRows, rebuild } from '../read-models/projector.ts';

interface ProjectionVersion {
  readonly projection: string;
  readonly version: number;
}

export interface RebuiltProjection extends ProjectionVersion {
  /** That the rows reflect, null for an empty ledger. */
  readonly position: string | null;
}

export interface RebuiltReadModels {
  readonly rebuilt: readonly RebuiltProjection[];
  /** Of other builds, and of projections that this build no longer has. */
  readonly dropped: readonly ProjectionVersion[];
}

/** Throws the read models away, also those of other builds, and folds the ledger again. */
export async function rebuildReadModels(ports: Ports): Promise<RebuiltReadModels> {
  const rebuilt: RebuiltProjection[] = [];
  for (const projection of everyProjection) {
    const { name, version } = projection;
    rebuilt.push({ projection: name, version, position: await rebuild(ports, projection) });
  }
  const dropped = (await dropForeignRows(ports)).map(({ name, version }) => ({ projection: name, version }));
  return { rebuilt, dropped };
}
