import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { waiversAt } from '../runs/portfolio-waivers.ts';
import { selectSleeveRuns } from '../runs/select-sleeve-runs.ts';
import { sleevesAt } from '../runs/sleeve-sources.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { type ParityDecision, parityOf } from '../../domain/parity/comparison.ts';
import { loadSleeveRun } from '../runs/load-sleeve-run.ts';
import type { Ports } from '../ports/ports.ts';

export interface ParityQuestion {
  readonly meta: string;
  /** Market time: sleeve runs with later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface ParityAnswer extends ParityDecision {
  readonly meta: string;
  readonly asOf: string;
}

/**
 * Compares the sleeves of a portfolio leaf by leaf, without recording anything, from the streams that an allocation is decided on: it says
 * what `flow meta` would decide, or would have decided. Errors: those of resolving and of choosing the runs.
 */
export async function portfolioParity(ports: Ports, manifest: Manifest, { meta, asOf, knownAt }: ParityQuestion): Promise<ParityAnswer> {
  const node = resolveMeta(manifest, meta);
  const until = knownAt === null ? await ports.store.head() : await positionKnownAt(ports, knownAt);
  const selected = await selectSleeveRuns(node, asOf, sleevesAt(ports, until), (runId) => loadSleeveRun(ports, runId, []));
  const parity = parityOf({ node, ...selected, waivers: await waiversAt(ports, node.requested, until), rules: rulesInForce });
  return { ...parity, meta: node.requested, asOf: selected.asOf };
}
