import { isMetaName, sleeveProfileOf } from '../../domain/manifest/aliases.ts';
import { assertFeasible } from '../../domain/manifest/feasible.ts';
import { refuseManifest } from '../../domain/manifest/problems.ts';
import { listProfiles, type ProfileListing } from '../../domain/manifest/profiles.ts';
import { ResolvedOnce, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { temporalId, temporalParametersOf } from '../../domain/manifest/temporal-id.ts';
import { type Overlays, overlaysOf } from '../../domain/overlay/parameters.ts';
import { judgedManifest, type ManifestFinding } from '../../domain/manifest/validate.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';

export interface ValidatedManifest {
  readonly profiles: readonly ProfileListing[];
  readonly warnings: readonly ManifestFinding[];
}

/** Checks the text of a manifest; every portfolio must be feasible. Errors: ManifestInvalid and its kin, BoundsInfeasible. */
export function validatedManifest(text: string, file: string): ValidatedManifest {
  const { manifest, problems, warnings } = judgedManifest(text, file);
  if (manifest === null) refuseManifest(problems, file);
  const resolved = new ResolvedOnce(manifest);
  const profiles = listProfiles(manifest);
  for (const { name, kind } of profiles) if (kind === 'meta') assertFeasible(resolved.meta(name, []));
  return { profiles, warnings };
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
