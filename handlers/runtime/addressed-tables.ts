import { matrixAsTable } from '../../domain/returns/dated-tables.ts';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { tableText } from '../../domain/returns/table-text.ts';
import { type Sha256, toHex } from '../../domain/shared/hashing.ts';

/** A table of returns as text, with its address: the one that it has as an artifact of the ledger. */
export interface AddressedTable {
  readonly address: string;
  readonly text: Uint8Array;
}

/** Tables by their matrices. The profiles of a sleeve share their returns, which are written and hashed once. */
export class AddressedTables {
  readonly #sha256: Sha256;
  readonly #tables = new WeakMap<ReturnMatrix, AddressedTable>();

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  of(matrix: ReturnMatrix): AddressedTable {
    const known = this.#tables.get(matrix);
    if (known !== undefined) return known;
    const text = new TextEncoder().encode(tableText(matrixAsTable(matrix)));
    const addressed = { address: toHex(this.#sha256(text)), text };
    this.#tables.set(matrix, addressed);
    return addressed;
  }
}
