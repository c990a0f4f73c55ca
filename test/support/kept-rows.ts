import type { DomainEvent } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { Projection, Row } from '../../projections/projection.ts';

export const recordedAt = '2026-01-02T03:04:05.678Z';
/** A fact as a fold sees it, with no more than it reads. */
export const fact = (stream: string, type: string, data: object): DomainEvent =>
  ({ type, data, envelope: { stream, recordedAt, id: 'e1', type } }) as unknown as DomainEvent;

/** The rows of one projection, and those that the newest fact wrote. */
export class Kept {
  readonly rows = new Map<string, JsonObject>();
  written: readonly Row[] = [];

  constructor(private readonly projection: Projection) {}

  add(...facts: readonly DomainEvent[]): this {
    for (const event of facts) {
      const asked = this.projection.keysFor(event);
      this.written = this.projection.apply(event, (key) => (asked.includes(key) ? (this.rows.get(key) ?? null) : null));
      for (const { key, value } of this.written) {
        if (value === null) this.rows.delete(key);
        else this.rows.set(key, value);
      }
    }
    return this;
  }

  at(key: string): JsonObject | null {
    return this.rows.get(key) ?? null;
  }
}
