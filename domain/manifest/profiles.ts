import { sortedBy } from '../shared/order.ts';
import { isMetaProfile, type Manifest } from './schema.ts';

export interface ProfileListing {
  readonly name: string;
  readonly kind: 'alias' | 'meta' | 'sleeve';
  /** Where an alias points, as written. */
  readonly target: string | null;
  readonly description: string | null;
}

/** Every profile of a manifest by name. */
export function listProfiles(manifest: Manifest): ProfileListing[] {
  return sortedBy(
    Object.entries(manifest.profiles).map(([name, entry]): ProfileListing => {
      if (typeof entry === 'string') return { name, kind: 'alias', target: entry, description: null };
      return { name, kind: isMetaProfile(entry) ? 'meta' : 'sleeve', target: null, description: entry.description ?? null };
    }),
    ({ name }) => name,
  );
}
