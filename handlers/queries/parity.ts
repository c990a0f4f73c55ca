import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { portfolioAt } from '../runs/portfolio-waivers.ts';
import { selectSleeveRuns } from '../runs/select-sleeve-runs.ts';
import { sleevesAt } from '../runs/sleeve-sources.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { type ParityDecision, parityOf } from '../../domain/parity/comparison.ts';
import { loadSleeveRun } from '../runs/load-sleeve-run.ts';
import type { Ports } from '../ports/ports.ts';
import { portfolioUndefined } from './portfolio-undefined.ts';

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
 * what `flow meta` would decide by this manifest, or a worker by the definition in force where there is none. Errors: those of resolving
 * and of choosing the runs; PortfolioUndefined.
 */
export async function portfolioParity(
  ports: Ports,
  manifest: Manifest | null,
  { meta, asOf, knownAt }: ParityQuestion,
): Promise<ParityAnswer> {
  const asGiven = manifest === null ? null : resolveMeta(manifest, meta);
  const until = knownAt === null ? await ports.store.head() : await positionKnownAt(ports, knownAt);
  const { definition, waivers } = await portfolioAt(ports, meta, until);
  const inForce = async (): Promise<MetaNode> => {
    if (definition === null) throw portfolioUndefined(meta);
    return loadDocument(ports.artifacts, 'meta-portfolio', definition.definition);
  };
  const node = asGiven ?? (await inForce());
  const selected = await selectSleeveRuns(node, asOf, sleevesAt(ports, until), (runId) => loadSleeveRun(ports, runId, []));
  const parity = parityOf({ node, ...selected, waivers, rules: rulesInForce });
  return { ...parity, meta: node.requested, asOf: selected.asOf };
}
