import { type DomainEvent, domainEvent } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Projection } from '../../projections/projection.ts';
import type { Ports, RowChange } from '../ports/ports.ts';
import { eventsUntil } from '../read-models/views.ts';
import { RowDigest } from './row-digest.ts';
import type { ComparedRows } from './verify-leaf-rows.ts';

type Reader = Pick<Ports, 'store' | 'readModels' | 'crypto'>;

/** Rows that are remembered, so that few are looked up. */
const rowsRememberedMax = 2_000;

/**
 * A fold that holds no rows: what it reads for an event are the stored versions from before that event. Whoever finds every version that it
 * writes stored, and no other, knows that they are those of a fold from nothing: the first event read no row, and each one after it what
 * those before it wrote.
 */
class FoldOnStored {
  reached: string | null = null;
  readonly fresh: RowDigest;
  readonly #ports: Reader;
  readonly #projection: Projection;
  readonly #rememberedMax: number;
  readonly #recent = new Map<string, JsonObject | null>();

  constructor(ports: Reader, projection: Projection, rememberedMax: number) {
    this.#ports = ports;
    this.#projection = projection;
    this.#rememberedMax = rememberedMax;
    this.fresh = new RowDigest(ports.crypto.sha256);
  }

  async apply(event: DomainEvent, position: string): Promise<void> {
    const rows = new Map<string, JsonObject | null>();
    for (const key of this.#projection.keysFor(event)) rows.set(key, await this.#before(key));
    const changes = new Map(this.#projection.apply(event, (key) => rows.get(key) ?? null).map(({ key, value }) => [key, value]));
    for (const [key, value] of changes) {
      // What is not there is not deleted.
      if (value === null && (await this.#before(key)) === null) continue;
      this.fresh.add(key, value, position);
      this.#remember(key, value);
    }
    this.reached = position;
  }

  async #before(key: string): Promise<JsonObject | null> {
    if (this.reached === null) return null;
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const found = await this.#ports.readModels.row(this.#projection, key, this.reached);
    this.#remember(key, found);
    return found;
  }

  #remember(key: string, value: JsonObject | null): void {
    if (this.#recent.size >= this.#rememberedMax) this.#recent.clear();
    this.#recent.set(key, value);
  }
}

async function compared(
  ports: Reader,
  projection: Projection,
  until: string,
  stored: AsyncIterable<RowChange>,
  rememberedMax: number,
): Promise<ComparedRows> {
  const fold = new FoldOnStored(ports, projection, rememberedMax);
  for await (const { bytes, position } of eventsUntil(ports.store, null, projection.types)) {
    if (ports.store.comparePositions(position, until) > 0) break;
    await fold.apply(domainEvent(decodeEnvelope(bytes), position), position);
  }
  const found = new RowDigest(ports.crypto.sha256);
  for await (const { key, value, position } of stored) found.add(key, value, position);
  return { same: fold.fresh.equals(found), reached: fold.reached };
}

/**
 * Whether the stored rows of a fold, with their versions, are those that a fresh fold gives, without holding either. A row that cannot be
 * read is none of those: which one it is, the fold that holds all of them says.
 */
export async function compareVersionRows(
  ports: Reader,
  projection: Projection,
  until: string,
  stored: AsyncIterable<RowChange>,
  rememberedMax = rowsRememberedMax,
): Promise<ComparedRows> {
  try {
    return await compared(ports, projection, until, stored, rememberedMax);
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'StoreIo') throw error;
    return { same: false, reached: null };
  }
}
