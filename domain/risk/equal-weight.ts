import { certify, type Certified } from './certificate.ts';

/** 1/n over the columns. */
export function equalWeight(columns: readonly string[]): Certified {
  return certify('equal_weight', columns, new Float64Array(columns.length).fill(1 / columns.length), {});
}
