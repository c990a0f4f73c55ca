import type { MetaRunOpened } from '../../domain/meta-run/events.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import { type DeliveredRun, pathKey } from '../../domain/run/delivered-run.ts';
import type { MetaRunRequest } from '../../domain/meta-run/identity.ts';
import { loadSleeveRun } from '../runs/load-sleeve-run.ts';
import type { Ports } from '../ports/ports.ts';

type Reader = Pick<Ports, 'store' | 'artifacts'>;

/** Sleeve runs read once, however many meta runs consume them. */
export class LeafRuns {
  readonly #reader: Reader;
  readonly #loaded = new Map<string, DeliveredRun>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async load(runId: string): Promise<DeliveredRun> {
    const known = this.#loaded.get(runId);
    if (known !== undefined) return known;
    const run = await loadSleeveRun(this.#reader, runId);
    this.#loaded.set(runId, run);
    return run;
  }
}

/**
 * The request that a meta run answered, from its first event: its definition and, through their own events, the sleeve runs that it
 * consumed. Errors: RunUnknown, ArtifactMissing, ArtifactDamaged.
 */
export async function rebuildMetaRun(
  reader: Reader,
  opened: MetaRunOpened,
  leafRuns: LeafRuns = new LeafRuns(reader),
): Promise<MetaRunRequest> {
  const { options, asOf, waivers, restatement, supersedes, why, rules } = opened;
  const node = await loadDocument(reader.artifacts, 'meta-portfolio', opened.definition);
  const leaves = new Map<string, DeliveredRun>();
  const staleness = new Map<string, number>();
  for (const { path, runId, stalenessSessions } of opened.consumed) {
    leaves.set(pathKey(path), await leafRuns.load(runId));
    staleness.set(pathKey(path), stalenessSessions);
  }
  return { node, options, asOf, leaves, staleness, waivers, restatement, supersedes, why, rules };
}
