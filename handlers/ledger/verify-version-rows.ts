import type { DomainEvent } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { Projection } from '../../projections/projection.ts';
import type { Ports, RowChange, StoredEvent } from '../ports/ports.ts';
import { RowDigest } from './row-digest.ts';
import type { RowFold } from './row-fold.ts';

type Reader = Pick<Ports, 'readModels' | 'crypto'>;

/** Rows that are remembered, so that few are looked up. */
const rowsRememberedMax = 200;

/**
 * A fold that holds no rows: for each event it reads the stored versions from before that event. If the versions that it writes are exactly
 * those stored, the stored ones are those of a fold from the beginning: the first event reads no row, and each later one reads what the
 * earlier ones wrote.
 */
export class VersionFold implements RowFold {
  readonly projection: Projection;
  readonly #ports: Reader;
  readonly #rememberedMax: number;
  readonly #fresh: RowDigest;
  readonly #found: RowDigest;
  readonly #types: ReadonlySet<string>;
  readonly #recent = new Map<string, JsonObject | null>();
  #reached: string | null = null;

  constructor(ports: Reader, projection: Projection, rememberedMax = rowsRememberedMax) {
    this.projection = projection;
    this.#ports = ports;
    this.#rememberedMax = rememberedMax;
    this.#fresh = new RowDigest(ports.crypto.sha256);
    this.#found = new RowDigest(ports.crypto.sha256);
    this.#types = new Set(projection.types);
  }

  takes({ type }: StoredEvent): boolean {
    return this.#types.has(type);
  }

  async apply({ position }: StoredEvent, event: DomainEvent | null): Promise<void> {
    const rows = new Map<string, JsonObject | null>();
    for (const key of this.projection.keysFor(event!)) rows.set(key, await this.#before(key));
    const changes = new Map(this.projection.apply(event!, (key) => rows.get(key) ?? null).map(({ key, value }) => [key, value]));
    for (const [key, value] of changes) {
      // What is not there is not deleted.
      if (value === null && (await this.#before(key)) === null) continue;
      this.#fresh.add(key, value, position);
      this.#remember(key, value);
    }
    this.#reached = position;
  }

  finish(): void {
    this.#recent.clear();
  }

  addStored({ key, value, position }: RowChange): void {
    this.#found.add(key, value, position);
  }

  isSame(): boolean {
    return this.#fresh.equals(this.#found);
  }

  async #before(key: string): Promise<JsonObject | null> {
    if (this.#reached === null) return null;
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const found = await this.#ports.readModels.row(this.projection, key, this.#reached);
    this.#remember(key, found);
    return found;
  }

  #remember(key: string, value: JsonObject | null): void {
    if (this.#recent.size >= this.#rememberedMax) this.#recent.clear();
    this.#recent.set(key, value);
  }
}
