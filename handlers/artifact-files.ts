import { type DocumentContent, type DocumentKind, markedDocument, readDocument } from '../domain/documents.ts';
import type { DeepReadonly } from '../domain/shared/deep-readonly.ts';
import type { DocumentReference, TableReference } from '../domain/shared/artifact-reference.ts';
import { canonicalBytes } from '../domain/shared/canonical-json.ts';
import { type Sha256, toHex } from '../domain/shared/hashing.ts';
import type { ReturnMatrix, ReturnSeries } from '../domain/returns/series.ts';
import { type DatedTable, parseTableText, tableText } from '../domain/returns/table-text.ts';
import type { Artifacts } from './ports.ts';

/** Artifacts made by a computation, kept aside until the computation is whole: a run is computed first, stored second, appended last. */
export class ArtifactShelf {
  readonly #sha256: Sha256;
  readonly #bytes = new Map<string, Uint8Array>();

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  keep(bytes: Uint8Array): { readonly sha256: string; readonly bytes: number } {
    const sha256 = toHex(this.#sha256(bytes));
    this.#bytes.set(sha256, bytes);
    return { sha256, bytes: bytes.length };
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

  /** A document of ours, marked with its kind and version. */
  document<Kind extends DocumentKind>(kind: Kind, content: DeepReadonly<DocumentContent<Kind>>): DocumentReference {
    return this.told(markedDocument(kind, content));
  }

  /** The canonical form of what somebody else told us. */
  told(value: unknown): DocumentReference {
    return { kind: 'document', ...this.keep(canonicalBytes(value)), mediaType: 'application/json' };
  }

  /** Bytes taken over as they are. */
  verbatim(bytes: Uint8Array, mediaType: string): DocumentReference {
    return { kind: 'document', ...this.keep(bytes), mediaType };
  }

  /** Bytes that this computation kept; undefined for another address. */
  get(sha256: string): Uint8Array | undefined {
    return this.#bytes.get(sha256);
  }

  /** Everything kept, for the append that refers to it. */
  contents(): readonly Uint8Array[] {
    return [...this.#bytes.values()];
  }

  async storeIn(artifacts: Artifacts): Promise<void> {
    await artifacts.putAll(this.contents());
  }
}

export async function loadTable(artifacts: Artifacts, reference: TableReference): Promise<DatedTable> {
  return parseTableText(new TextDecoder().decode(await artifacts.get(reference.sha256)));
}

/** A stored document as the newest version of its kind. Errors: ArtifactMissing, ArtifactDamaged, StoreTooNew, SchemaViolation. */
export async function loadDocument<Kind extends DocumentKind>(artifacts: Artifacts, kind: Kind, reference: DocumentReference): Promise<DocumentContent<Kind>> {
  return readDocument(kind, await loadJson(artifacts, reference));
}

/** The JSON that somebody else told us. Errors: ArtifactMissing, ArtifactDamaged. */
export async function loadJson(artifacts: Artifacts, reference: DocumentReference): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await artifacts.get(reference.sha256)));
}

export function matrixAsTable(matrix: ReturnMatrix): DatedTable {
  const { columns, dates, values } = matrix;
  return {
    dates,
    columns,
    values: columns.map((_, column) => Float64Array.from(dates, (_date, row) => values[row * columns.length + column]!)),
  };
}

export function tableAsMatrix(table: DatedTable): ReturnMatrix {
  const { columns, dates } = table;
  const values = new Float64Array(dates.length * columns.length);
  for (const [column, series] of table.values.entries()) {
    for (let row = 0; row < dates.length; row++) values[row * columns.length + column] = series[row]!;
  }
  return { dates, columns, values };
}

export function seriesAsTable(series: ReturnSeries): DatedTable {
  return { dates: series.dates, columns: ['return'], values: [series.values] };
}

export function tableAsSeries(table: DatedTable): ReturnSeries {
  return { dates: table.dates, values: table.values[0]! };
}
