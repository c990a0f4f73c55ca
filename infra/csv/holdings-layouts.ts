import type { HoldingField } from '../../presentation/ports/ports.ts';

/** Where the parts of a holding stand in a file. */

export const holdingFields: readonly HoldingField[] = ['symbol', 'quantity', 'price', 'multiplier', 'notional', 'currency', 'type'];

/** Names that a column of the file may have, by what it holds; the first that the file has counts. */
export type ColumnNames = Partial<Readonly<Record<HoldingField, readonly string[]>>>;

export interface BrokerLayout {
  readonly columns: ColumnNames;
  /** The section of a file of several tables, as its lines name it first; null when the file is one table. */
  readonly section: string | null;
  /** A row counts only with one of these words in the column; the others are parts of the same positions. */
  readonly only: { readonly column: string; readonly words: readonly string[] } | null;
  /** Cash that stands in a section of its own. */
  readonly cash: {
    readonly section: string;
    readonly row: string;
    readonly currency: string;
    readonly amount: string;
    readonly base: string;
  } | null;
}

/** Layouts of brokers' own exports (docs/how-to/trade-a-publication.md says where each is made). */
export const brokerLayouts: ReadonlyMap<string, BrokerLayout> = new Map([
  [
    'ibkr-activity',
    {
      section: 'Open Positions',
      columns: {
        symbol: ['Symbol'],
        quantity: ['Quantity'],
        price: ['Close Price'],
        multiplier: ['Mult'],
        notional: ['Value'],
        currency: ['Currency'],
        type: ['Asset Category'],
      },
      only: { column: 'DataDiscriminator', words: ['Summary'] },
      cash: { section: 'Cash Report', row: 'Ending Cash', currency: 'Currency', amount: 'Total', base: 'Base Currency Summary' },
    },
  ],
  [
    'ibkr-flex',
    {
      section: null,
      columns: {
        symbol: ['Symbol'],
        quantity: ['Quantity'],
        price: ['MarkPrice'],
        multiplier: ['Multiplier'],
        notional: ['PositionValue'],
        currency: ['CurrencyPrimary'],
        type: ['AssetClass'],
      },
      only: { column: 'LevelOfDetail', words: ['SUMMARY'] },
      cash: null,
    },
  ],
  [
    'schwab',
    {
      section: null,
      columns: {
        symbol: ['Symbol'],
        quantity: ['Qty (Quantity)', 'Quantity'],
        price: ['Price'],
        notional: ['Mkt Val (Market Value)', 'Market Value'],
        type: ['Security Type', 'Asset Type'],
      },
      only: null,
      cash: null,
    },
  ],
]);
