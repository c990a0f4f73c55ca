import { isMetaName, sleeveProfileOf } from '../../domain/manifest/aliases.ts';
import { assertFeasible } from '../../domain/manifest/feasible.ts';
import { jsonPositions } from '../../domain/manifest/json-positions.ts';
import { refuseManifest } from '../../domain/manifest/problems.ts';
import { listProfiles, type ProfileListing } from '../../domain/manifest/profiles.ts';
import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { temporalId, temporalParametersOf } from '../../domain/manifest/temporal-id.ts';
import { type Overlays, overlaysOf } from '../../domain/overlay/parameters.ts';
import { type ManifestFinding, parseManifest, validateManifest } from '../../domain/manifest/validate.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';

export interface ValidatedManifest {
  readonly profiles: readonly ProfileListing[];
  readonly warnings: readonly ManifestFinding[];
}

/** Checks the text of a manifest; every portfolio must be feasible. Errors: ManifestInvalid and its kin, BoundsInfeasible. */
export function validatedManifest(text: string, file: string): ValidatedManifest {
  const manifest = parseManifest(text, file);
  const verdict = validateManifest(JSON.parse(text), jsonPositions(text, file));
  if (verdict.manifest === null) refuseManifest(verdict.problems, file);
  const profiles = listProfiles(manifest);
  for (const { name, kind } of profiles) if (kind === 'meta') assertFeasible(resolveMeta(manifest, name));
  return { profiles, warnings: verdict.warnings };
}

export type ResolvedName =
  | { readonly kind: 'meta'; readonly resolved: MetaNode }
  | { readonly kind: 'sleeve'; readonly resolved: ResolvedProfile & { readonly temporalId: string; readonly overlays: Overlays | null } };

/** The overlays of a sleeve's profile, defaults included; null where it writes none. Errors: those of `sleeveProfileOf`. */
export function overlaysOfProfile(manifest: Manifest, name: string): Overlays | null {
  const { overlays } = sleeveProfileOf(manifest, name).profile;
  return overlays === undefined ? null : overlaysOf(overlays);
}

/** A profile, or an alias of one, with every layer applied. Errors: those of resolving. */
export function resolvedName(manifest: Manifest, name: string, sha256: Sha256): ResolvedName {
  if (isMetaName(manifest, name)) return { kind: 'meta', resolved: resolveMeta(manifest, name) };
  const resolved = resolveProfile(manifest, name);
  const ofBlocks = temporalId(sha256, temporalParametersOf(resolved.blocks));
  return { kind: 'sleeve', resolved: { ...resolved, temporalId: ofBlocks, overlays: overlaysOfProfile(manifest, name) } };
}
