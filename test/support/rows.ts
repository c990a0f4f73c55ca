import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { KeyedRow, ProjectionId, ReadModels, RowChange, RowsQuery } from '../../handlers/ports/ports.ts';

/** A projection of nobody's, for tests of stores. */
export const p: ProjectionId = { name: 'p', version: 1 };

export const everyRow: RowsQuery = { prefix: '', from: null, to: null, after: null, limit: 100_000, direction: 'forwards', at: null };

/** One row written at a position. */
export const written = (key: string, value: JsonObject | null, position: string): RowChange => ({ key, value, position });

export function rowsWith(readModels: ReadModels, id: ProjectionId, prefix: string): Promise<readonly KeyedRow[]> {
  return readModels.rows(id, { ...everyRow, prefix });
}

/** Rows that do as others do, but for what is given. */
export function rowsLike(rows: ReadModels, other: Partial<ReadModels>): ReadModels {
  return {
    checkpoint: (...given) => rows.checkpoint(...given),
    row: (...given) => rows.row(...given),
    rows: (...given) => rows.rows(...given),
    versions: (...given) => rows.versions(...given),
    commit: (...given) => rows.commit(...given),
    reset: (...given) => rows.reset(...given),
    projections: () => rows.projections(),
    ...other,
  };
}
