import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { suggestedSentence } from '../shared/suggest.ts';
import { isMetaProfile, type Manifest, type MetaProfile, type SleeveProfile } from './schema.ts';

export interface FollowedAlias<Profile> {
  /** Name of the object that the aliases lead to. */
  readonly name: string;
  readonly profile: Profile;
  /** Names passed on the way: the requested one first, the target not among them; empty without an alias. */
  readonly aliases: readonly string[];
}

/** The names of a cycle, from the least name around to itself, so that a cycle is reported the same wherever it was entered. */
export function cycleFromLeast(names: readonly string[]): string[] {
  const least = names.indexOf(names.toSorted(byCodeUnits)[0]!);
  return [...names.slice(least), ...names.slice(0, least), names[least]!];
}

export function profileNamed(manifest: Manifest, name: string): string | SleeveProfile | MetaProfile | undefined {
  return Object.hasOwn(manifest.profiles, name) ? manifest.profiles[name] : undefined;
}

/** The names on the way to what is no alias, or back to a name that was passed. */
function wayFrom(manifest: Manifest, requested: string): { readonly passed: ReadonlySet<string>; readonly name: string } {
  const passed = new Set<string>();
  let name = requested;
  for (let entry = profileNamed(manifest, name); typeof entry === 'string' && !passed.has(name); entry = profileNamed(manifest, name)) {
    passed.add(name);
    name = entry;
  }
  return { passed, name };
}

/** Follows string aliases to a profile object. Errors: ProfileUnknown (with the nearest name), AliasCycle (with the way). */
export function followAlias(manifest: Manifest, requested: string): FollowedAlias<SleeveProfile | MetaProfile> {
  const { passed, name } = wayFrom(manifest, requested);
  const aliases = [...passed];
  const profile = profileNamed(manifest, name);
  if (typeof profile === 'string') {
    const cycle = cycleFromLeast(aliases.slice(aliases.indexOf(name)));
    throw new LedgerError('AliasCycle', `Aliases lead round in a circle: ${cycle.join(' -> ')}.`, {
      evidence: { cycle },
      at: { path: `profiles.${cycle[0]!}` },
    });
  }
  if (profile !== undefined) return { name, profile, aliases };
  const via = aliases.length === 0 ? '' : `, to which ${aliases.join(' -> ')} leads,`;
  const known = Object.keys(manifest.profiles);
  throw new LedgerError('ProfileUnknown', suggestedSentence(`Profile ${name}${via} is not in the manifest`, name, known), {
    evidence: { requested, missing: name, known: known.toSorted() },
    at: { path: `profiles.${aliases.at(-1) ?? name}` },
  });
}

/** A sleeve's profile. Errors: as `followAlias`, and ManifestInvalid when the name leads to a meta profile. */
export function sleeveProfileOf(manifest: Manifest, requested: string): FollowedAlias<SleeveProfile> {
  const { name, profile, aliases } = followAlias(manifest, requested);
  if (isMetaProfile(profile)) {
    throw new LedgerError('ManifestInvalid', `${requested} is a meta portfolio (it has sleeves), not the profile of a sleeve.`, {
      at: { path: `profiles.${name}` },
    });
  }
  return { name, profile, aliases };
}

/** A meta profile. Errors: as `followAlias`, and ManifestInvalid when the name leads to a sleeve's profile. */
export function metaProfileOf(manifest: Manifest, requested: string): FollowedAlias<MetaProfile> {
  const { name, profile, aliases } = followAlias(manifest, requested);
  if (!isMetaProfile(profile)) {
    throw new LedgerError('ManifestInvalid', `${requested} is the profile of a sleeve, not a meta portfolio: it has no sleeves.`, {
      at: { path: `profiles.${name}` },
    });
  }
  return { name, profile, aliases };
}

/** Whether a name leads to a meta portfolio. Errors: as `followAlias`. */
export function isMetaName(manifest: Manifest, requested: string): boolean {
  return isMetaProfile(followAlias(manifest, requested).profile);
}
