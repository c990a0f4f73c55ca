import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { isObject } from './values.ts';

/** Names by which identity version 1 recognised notes, at any depth. It also dropped other members that had one of these names. */
const notesOfVersion1 = new Set(['provenance', 'notApplied', 'description', 'lowerFrom', 'upperFrom']);

function withoutNotes(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !notesOfVersion1.has(key));
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNotes(member)]));
}

/**
 * Version 1 (release 0.1.0) of a portfolio's identity, from its identity of version 2: only to find what was recorded under it. Frozen. A
 * sleeve's own definition had the bytes of version 2 already.
 */
export function metaIdentityV1(version2: JsonObject): JsonObject {
  return withoutNotes(version2) as JsonObject;
}
