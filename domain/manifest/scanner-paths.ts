import { isMetaProfile, type Manifest } from './schema.ts';
import { resolveProfile } from './resolve.ts';

/** Paths of the scanners that a sleeve's profile names, strategy by strategy, each once. Errors: those of resolving. */
export function scannerPathsOf(manifest: Manifest, profile: string): readonly string[] {
  const strategies = resolveProfile(manifest, profile).blocks.discovery.strategies ?? {};
  return [...new Set(Object.values(strategies).flatMap(({ scanners }) => scanners ?? []))];
}

/** Those of every sleeve's profile of the manifest. Errors: those of resolving. */
export function scannerPathsOfManifest(manifest: Manifest): readonly string[] {
  const sleeves = Object.entries(manifest.profiles).filter(([, entry]) => typeof entry !== 'string' && !isMetaProfile(entry));
  return [...new Set(sleeves.flatMap(([name]) => scannerPathsOf(manifest, name)))];
}
