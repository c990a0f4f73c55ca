import { isDomainStream } from '../../domain/audit/chain.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { LeafProjection, Projection, Row } from '../../projections/projection.ts';
import { placeOfChange, positionOfLeafRows, stepOf } from '../read-models/projector.ts';
import type { Ports, RowChange, StoredEvent } from '../ports/ports.ts';
import type { FreshFold } from './row-fold.ts';

/** All versions of one row, compared by a hash over every one of them. */
export interface RowHistory {
  readonly key: string;
  readonly digest: string;
  /** Canonical text; null when the row was deleted. */
  readonly newest: string | null;
}

type Hasher = Pick<Ports, 'crypto'>;

const nothing: Omit<RowHistory, 'key'> = { digest: '', newest: null };

function behind({ crypto }: Hasher, before: Omit<RowHistory, 'key'>, { key, value, position }: RowChange): RowHistory {
  const newest = value === null ? null : canonicalJson(value);
  return { key, newest, digest: crypto.sha256Hex(new TextEncoder().encode(`${before.digest} ${position} ${newest ?? 'none'}`)) };
}

/** What the rows of a projection and their versions must be: folded anew, the events given in their order. */
export class FoldedVersions implements FreshFold {
  readonly projection: Projection | LeafProjection;
  readonly #ports: Hasher;
  readonly #rows = new Map<string, JsonObject>();
  readonly #histories = new Map<string, RowHistory>();

  constructor(ports: Hasher, projection: Projection | LeafProjection) {
    this.projection = projection;
    this.#ports = ports;
  }

  takes({ type }: StoredEvent): boolean {
    return 'kind' in this.projection || (this.projection.types as readonly string[]).includes(type);
  }

  apply(stored: StoredEvent, event: DomainEvent | null): void {
    const projection = this.projection;
    if ('kind' in projection && !isDomainStream(stored.stream)) return;
    const rows = (key: string): JsonObject | null => this.#rows.get(key) ?? null;
    const changes = 'kind' in projection ? stepOf(this.#ports, projection, stored).apply(rows) : projection.apply(event!, rows);
    for (const change of new Map(changes.map((one) => [one.key, one])).values()) this.#change(change, placeOfChange(projection, stored));
  }

  #change({ key, value }: Row, position: string): void {
    if (value === null) this.#rows.delete(key);
    else this.#rows.set(key, value);
    if ('kind' in this.projection) return;
    const before = this.#histories.get(key);
    if (value === null && (before?.newest ?? null) === null) return;
    this.#histories.set(key, behind(this.#ports, before ?? nothing, { key, value, position }));
  }

  inKeyOrder(): readonly RowHistory[] {
    // Rows of leaves have one version, the last.
    const histories =
      'kind' in this.projection
        ? [...this.#rows].map(([key, value]) => behind(this.#ports, nothing, { key, value, position: positionOfLeafRows }))
        : [...this.#histories.values()];
    return histories.toSorted((left, right) => byCodeUnits(left.key, right.key));
  }
}

/** The same of versions that are stored: they come by key and then by position. */
export async function* historiesOf(ports: Hasher, versions: AsyncIterable<RowChange>): AsyncGenerator<RowHistory> {
  let current: RowHistory | null = null;
  for await (const version of versions) {
    if (current !== null && current.key !== version.key) yield current;
    current = behind(ports, current?.key === version.key ? current : nothing, version);
  }
  if (current !== null) yield current;
}
