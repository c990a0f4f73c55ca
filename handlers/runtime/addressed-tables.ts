import type { JobParts, TableAddresses } from '../../domain/jobs/recipe.ts';
import { matrixAsTable } from '../../domain/returns/dated-tables.ts';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { type DatedTable, tableText } from '../../domain/returns/table-text.ts';
import { type Sha256, toHex } from '../../domain/shared/hashing.ts';

/** A table as text, with its address: the one that it has as an artifact of the ledger. */
interface AddressedTable {
  readonly address: string;
  readonly text: Uint8Array;
}

/** The tables of an input as texts. */
export interface AddressedParts extends TableAddresses {
  /** By their addresses. */
  readonly texts: ReadonlyMap<string, Uint8Array>;
}

/** Tables by their matrices. The profiles of a sleeve share their returns, which are written and hashed once. */
export class AddressedTables {
  readonly #sha256: Sha256;
  readonly #tables = new WeakMap<ReturnMatrix, AddressedTable>();

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  ofParts({ matrix, tables }: Pick<JobParts, 'matrix' | 'tables'>): AddressedParts {
    const returns = this.#of(matrix);
    const others = Object.entries(tables).map(([member, table]) => ({ member, ...this.#addressed(table) }));
    return {
      data: returns.address,
      tables: Object.fromEntries(others.map(({ member, address }) => [member, address])),
      texts: new Map([returns, ...others].map(({ address, text }) => [address, text])),
    };
  }

  #of(matrix: ReturnMatrix): AddressedTable {
    const known = this.#tables.get(matrix);
    if (known !== undefined) return known;
    const addressed = this.#addressed(matrixAsTable(matrix));
    this.#tables.set(matrix, addressed);
    return addressed;
  }

  #addressed(table: DatedTable): AddressedTable {
    const text = new TextEncoder().encode(tableText(table));
    return { address: toHex(this.#sha256(text)), text };
  }
}
