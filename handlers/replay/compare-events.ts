import { upcastData } from '../../domain/catalogue.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { contentHashOf, type DraftEvent, type Envelope } from '../../domain/shared/envelope.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import type { ArtifactReference } from '../../domain/shared/artifact-reference.ts';
import { type BytesOf, differencesOfArtifacts, referencePair } from './artifact-difference.ts';
import { type Difference, differencesOf } from './json-difference.ts';

export interface EventDifference extends Difference {
  readonly revision: number;
  readonly type: string;
}

export interface Bytes {
  readonly recorded: BytesOf;
  readonly recomputed: BytesOf;
}

type Pair = { readonly path: string; readonly references: readonly [ArtifactReference, ArtifactReference] };

/** Where the data of two events of one type part; references to artifacts are followed. */
async function differencesOfData(recorded: Json, recomputed: Json, bytes: Bytes): Promise<Difference[]> {
  const pairs: Pair[] = [];
  const direct = differencesOf(recorded, recomputed, (path, before, after) => {
    const references = referencePair(before, after);
    if (references !== null) pairs.push({ path, references });
    return references !== null;
  });
  const followed: Difference[] = [];
  for (const { path, references } of pairs)
    followed.push(...(await differencesOfArtifacts(path, references, bytes.recorded, bytes.recomputed)));
  return [...direct, ...followed];
}

/** What a draft becomes once it is written down: plain JSON. */
function written(draft: DraftEvent): Json {
  return JSON.parse(JSON.stringify(draft.data)) as Json;
}

function whole(revision: number, type: string, path: string, recorded: Json, recomputed: Json): EventDifference {
  return { revision, type, path: `events[${revision}]${path}`, recorded, recomputed, difference: null };
}

async function differencesAt(
  sha256: Sha256,
  revision: number,
  recorded: Envelope | undefined,
  draft: DraftEvent | undefined,
  bytes: Bytes,
): Promise<EventDifference[]> {
  if (recorded === undefined) return [whole(revision, draft!.type, '.type', null, draft!.type)];
  const { type, schemaVersion, data } = recorded;
  if (draft === undefined) return [whole(revision, type, '.type', type, null)];
  // The recorded data are hashed again: a hash that no longer covers them proves nothing.
  const covered = contentHashOf(sha256, { type, schemaVersion, data });
  if (covered !== recorded.contentHash) return [whole(revision, type, '.contentHash', recorded.contentHash, covered)];
  if (draft.type !== type) return [whole(revision, type, '.type', type, draft.type)];
  if (draft.schemaVersion === schemaVersion && contentHashOf(sha256, draft) === covered) return [];
  const upcasted = upcastData(recorded, `${recorded.stream}@${revision}`);
  if (draft.schemaVersion !== upcasted.version) return [whole(revision, type, '.schemaVersion', upcasted.version, draft.schemaVersion)];
  const differences = await differencesOfData(upcasted.data, written(draft), bytes);
  return differences.map((difference) => ({ ...difference, revision, type, path: `events[${revision}].data.${difference.path}` }));
}

export interface Comparison {
  /** Empty when identical. */
  readonly differences: readonly EventDifference[];
  /** Paths that the recorded versions of the events did not have, such as `SleeveRunOpened.rules`. */
  readonly notComparable: readonly string[];
}

function notRecorded(envelope: Envelope): string[] {
  return upcastData(envelope, `${envelope.stream}@${envelope.revision}`).notRecorded.map((path) => `${envelope.type}.${path}`);
}

/**
 * Compares a recorded stream with its recomputation, event by event: by content hash, and where hashes part by their numbers. Both sides
 * are read as the newest version. Errors: UnknownEventType for an event of a newer build.
 */
export async function compareEvents(
  sha256: Sha256,
  recorded: readonly Envelope[],
  drafts: readonly DraftEvent[],
  bytes: Bytes,
): Promise<Comparison> {
  const notComparable = [...new Set(recorded.flatMap(notRecorded))];
  const differences: EventDifference[] = [];
  const length = Math.max(recorded.length, drafts.length);
  for (let revision = 0; revision < length; revision++) {
    const found = await differencesAt(sha256, revision, recorded[revision], drafts[revision], bytes);
    differences.push(
      ...found.filter(
        ({ type, path }) => !notComparable.some((missing) => path === `events[${revision}].data.${missing.slice(type.length + 1)}`),
      ),
    );
  }
  return { differences, notComparable };
}
