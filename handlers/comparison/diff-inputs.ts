import { metaIdentity, optionsIdentity } from '../../domain/manifest/identity.ts';
import { leavesOf } from '../../domain/manifest/provenance.ts';
import { canonicalJson, type Json, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { MetaRunRequest } from '../../domain/meta-run/identity.ts';

export interface ChangedLeaf {
  readonly path: string;
  /** null where the run does not have it. */
  readonly before: Json;
  readonly after: Json;
}

export interface ChangedInputs {
  /** Sleeve runs by path; null where a run has no such sleeve. */
  readonly sleeveRuns: readonly ChangedLeaf[];
  /** Settings that can change a number, and the options of the runs. */
  readonly definition: readonly ChangedLeaf[];
  readonly waivers: { readonly onlyBefore: readonly string[]; readonly onlyAfter: readonly string[] };
}

interface PortfolioIdentity {
  readonly bounds: readonly { readonly id: string; readonly lower: number; readonly upper: number }[];
  readonly sleeves: readonly (JsonObject & { readonly id: string })[];
}

/** The identity with its sleeves and bounds by id, so that an order of sleeves is not a change of every leaf. */
function byId(identity: JsonObject): Record<string, unknown> {
  const { sleeves, bounds, depth: _depth, ...rest } = identity as JsonObject & PortfolioIdentity;
  return {
    ...rest,
    bounds: Object.fromEntries(bounds.map(({ id, lower, upper }) => [id, { lower, upper }])),
    sleeves: Object.fromEntries(
      sleeves.map((sleeve) => [sleeve.id, sleeve['kind'] === 'nested' ? { ...sleeve, meta: byId(sleeve['meta'] as JsonObject) } : sleeve]),
    ),
  };
}

function definitionLeaves({ node, options }: MetaRunRequest): Record<string, Json> {
  return leavesOf({ ...byId(metaIdentity(node)), options: optionsIdentity(options, 'meta_run') });
}

function changedLeaves(before: Readonly<Record<string, Json>>, after: Readonly<Record<string, Json>>): ChangedLeaf[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted(byCodeUnits);
  const rows = paths.map((path) => ({ path, before: before[path] ?? null, after: after[path] ?? null }));
  return rows.filter((row) => canonicalJson(row.before) !== canonicalJson(row.after));
}

function runIds({ leaves }: MetaRunRequest): Record<string, Json> {
  return Object.fromEntries([...leaves].map(([path, { runId }]) => [path, runId]));
}

/** What differs between two meta runs before anything was computed. */
export function changedInputs(before: MetaRunRequest, after: MetaRunRequest): ChangedInputs {
  const [was, is] = [before.waivers.map(({ waiverId }) => waiverId), after.waivers.map(({ waiverId }) => waiverId)];
  return {
    sleeveRuns: changedLeaves(runIds(before), runIds(after)),
    definition: changedLeaves(definitionLeaves(before), definitionLeaves(after)),
    waivers: { onlyBefore: was.filter((id) => !is.includes(id)), onlyAfter: is.filter((id) => !was.includes(id)) },
  };
}
