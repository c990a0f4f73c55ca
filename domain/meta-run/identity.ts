import type { MetaAllocationInput } from '../allocation/meta-allocation.ts';
import { metaIdentities, optionsIdentity } from '../manifest/identity.ts';
import { atomicSleeves } from '../manifest/resolve-meta.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { type ParityDecision, parityOf } from '../parity/comparison.ts';
import type { ConsumedRun } from '../run/consumed-run.ts';
import { pathKey } from '../run/delivered-run.ts';
import type { ParityWaiverGranted } from '../run/granted-waiver.ts';
import type { MetaRunOptions } from '../run/meta-run-options.ts';
import { type MetaRunName, metaRunNames, type Names } from '../run/run-names.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';

/** Everything from which a meta run is computed and named. */
export interface MetaRunRequest extends MetaAllocationInput {
  readonly asOf: string;
  /** Sessions of XNYS by which each sleeve is behind, by path. */
  readonly staleness: ReadonlyMap<string, number>;
  readonly waivers: readonly ParityWaiverGranted[];
  readonly restatement: number;
  readonly supersedes: string | null;
  readonly why: string | null;
  /** Version of the rules to compute under. */
  readonly rules: number;
}

/** A meta run that is named and not computed. */
export interface IdentifiedMetaRun {
  /** Names under which the run may be recorded, the newest first. */
  readonly names: Names<MetaRunName>;
  readonly consumed: readonly ConsumedRun[];
  readonly parity: ParityDecision;
  /** Waivers that cover a difference here. The others enter neither the identity of the run nor its record. */
  readonly waivers: readonly ParityWaiverGranted[];
}

type DefinitionHashes = readonly [string, ...string[]];

/** By definition and the options of a run: definitions are never changed, and those of a desk are allocated again with every result. */
const knownHashes = new WeakMap<MetaNode, Map<string, DefinitionHashes>>();

/** Hashes of what of a definition, with the options of a run, can change a number: under every version of identity, the newest first. */
export function runDefinitionHashes(sha256: Sha256, node: MetaNode, given: MetaRunOptions): DefinitionHashes {
  const options = optionsIdentity(given, 'meta_run');
  const key = canonicalJson(options);
  const known = knownHashes.get(node) ?? new Map<string, DefinitionHashes>();
  knownHashes.set(node, known);
  let hashes = known.get(key);
  if (hashes === undefined) {
    const hashOf = (definition: object): string => hashOfJson(sha256, { definition, options });
    const [newest, ...older] = metaIdentities(node);
    hashes = [hashOf(newest), ...older.map(hashOf)];
    known.set(key, hashes);
  }
  return hashes;
}

function consumedOf(request: MetaRunRequest): ConsumedRun[] {
  return atomicSleeves(request.node).map(({ path }) => {
    const run = request.leaves.get(pathKey(path))!;
    const { sleeve, profile, runId, asOf, correction, eligibility, currency, currencyTreatment } = run;
    return {
      path: [...path],
      sleeve,
      profile,
      runId,
      asOf,
      correction,
      eligibility,
      stalenessSessions: request.staleness.get(pathKey(path))!,
      currency,
      currencyTreatment,
      artifacts: [...run.artifacts],
    };
  });
}

/** Names a meta run by its definition and the sleeve runs that it consumes, before anything is solved. The rules are not part of it. */
export function identifyMetaRun(request: MetaRunRequest, sha256: Sha256): IdentifiedMetaRun {
  const { node, options, asOf, waivers, restatement } = request;
  const consumed = consumedOf(request);
  const parity = parityOf(request);
  const used = parity.outcome.used.map(({ waiverId }) => waiverId);
  const considered = new Set([...used, ...parity.outcome.expired.map(({ waiverId }) => waiverId)]);
  const names = metaRunNames(
    sha256,
    { meta: node.requested, asOf, consumed, waiverIds: [...new Set(used)], restatement },
    runDefinitionHashes(sha256, node, options),
  );
  return { names, consumed, parity, waivers: waivers.filter(({ waiverId }) => considered.has(waiverId)) };
}
