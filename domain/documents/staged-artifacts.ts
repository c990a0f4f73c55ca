import { type DocumentContent, type DocumentKind, markedDocument } from './documents.ts';
import { type DatedTable, tableText } from '../returns/table-text.ts';
import type { DocumentReference, TableReference } from '../shared/artifact-reference.ts';
import { canonicalBytes } from '../shared/canonical-json.ts';
import type { DeepReadonly } from '../shared/deep-readonly.ts';
import { type Sha256, toHex } from '../shared/hashing.ts';

interface Addressed {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** By content: of one kind each. */
const keptDocuments = new WeakMap<object, Addressed>();

/** Artifacts of a computation, staged until it is complete: a run is computed first, stored second, appended last. */
export class StagedArtifacts {
  readonly #sha256: Sha256;
  readonly #bytes = new Map<string, Uint8Array>();

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  keep(bytes: Uint8Array): { readonly sha256: string; readonly bytes: number } {
    const { sha256 } = this.#addressed(bytes);
    this.#bytes.set(sha256, bytes);
    return { sha256, bytes: bytes.length };
  }

  #addressed(bytes: Uint8Array): Addressed {
    return { bytes, sha256: toHex(this.#sha256(bytes)) };
  }

  table(table: DatedTable, calendars: readonly string[]): TableReference {
    const kept = this.keep(new TextEncoder().encode(tableText(table)));
    return {
      kind: 'table',
      ...kept,
      rows: table.dates.length,
      columns: [...table.columns],
      first: table.dates[0] ?? null,
      last: table.dates.at(-1) ?? null,
      calendars: [...calendars],
    };
  }

  /** A document of this program, marked with its kind and version. */
  document<Kind extends DocumentKind>(kind: Kind, content: DeepReadonly<DocumentContent<Kind>>): DocumentReference {
    return this.canonical(markedDocument(kind, content));
  }

  /** A document whose content is kept and never changed: its text is made once, however many runs refer to it. */
  keptDocument<Kind extends DocumentKind>(kind: Kind, content: DeepReadonly<DocumentContent<Kind>>): DocumentReference {
    const known = keptDocuments.get(content);
    const { bytes, sha256 } = known ?? this.#addressed(canonicalBytes(markedDocument(kind, content)));
    if (known === undefined) keptDocuments.set(content, { bytes, sha256 });
    this.#bytes.set(sha256, bytes);
    return { kind: 'document', sha256, bytes: bytes.length, mediaType: 'application/json' };
  }

  /** The canonical form of a JSON value from outside. */
  canonical(value: unknown): DocumentReference {
    return { kind: 'document', ...this.keep(canonicalBytes(value)), mediaType: 'application/json' };
  }

  /** Bytes staged as they are. */
  verbatim(bytes: Uint8Array, mediaType: string): DocumentReference {
    return { kind: 'document', ...this.keep(bytes), mediaType };
  }

  /** Takes everything over that another one staged, in its order. */
  adopt(other: StagedArtifacts): void {
    for (const [address, bytes] of other.#bytes) this.#bytes.set(address, bytes);
  }

  /** Bytes staged under an address; undefined for another address. */
  get(sha256: string): Uint8Array | undefined {
    return this.#bytes.get(sha256);
  }

  /** Everything staged, by its address. */
  entries(): readonly (readonly [string, Uint8Array])[] {
    return [...this.#bytes];
  }

  /** Everything staged, for the append that refers to it. */
  contents(): readonly Uint8Array[] {
    return [...this.#bytes.values()];
  }
}
