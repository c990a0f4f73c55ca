import type { TableIndex } from '../../domain/shared/table-formats.ts';

/** One of the tables behind a run, under the name of its file. */
export interface NamedSeries {
  readonly name: string;
  readonly index: TableIndex;
  readonly columns: readonly string[];
  readonly values: readonly Float64Array[];
}
