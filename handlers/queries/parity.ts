import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { waiversAt } from '../runs/portfolio-waivers.ts';
import { selectSleeveRuns } from '../runs/select-sleeve-runs.ts';
import { sleevesAt } from '../runs/sleeve-sources.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { type ParityDecision, parityOf } from '../../domain/parity/comparison.ts';
import { loadSleeveRun } from '../runs/load-sleeve-run.ts';
import { foldUntil } from '../runtime/folds.ts';
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

/** The definition that a portfolio is allocated by, from its stream. Errors: PortfolioUndefined. */
async function definitionInForce({ store, artifacts }: Ports, meta: string, until: string | null): Promise<MetaNode> {
  const { definition } = await foldUntil(store, metaPortfolioStream.name(meta), metaPortfolioStream, until);
  if (definition === null) throw new LedgerError('PortfolioUndefined', `no portfolio ${meta} is defined`, { at: { path: meta } });
  return loadDocument(artifacts, 'meta-portfolio', definition.definition);
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
  const until = knownAt === null ? await ports.store.head() : await positionKnownAt(ports, knownAt);
  const node = manifest === null ? await definitionInForce(ports, meta, until) : resolveMeta(manifest, meta);
  const selected = await selectSleeveRuns(node, asOf, sleevesAt(ports, until), (runId) => loadSleeveRun(ports, runId, []));
  const parity = parityOf({ node, ...selected, waivers: await waiversAt(ports, node.requested, until), rules: rulesInForce });
  return { ...parity, meta: node.requested, asOf: selected.asOf };
}
