import { type Leaf, type LeafProjection, type Row, type Rows, sortable } from './projection.ts';

/** How many events a part of the log has. */
export const partEvents = 256;

/** `part/<number>`: so many events of the log, from the first on. */
export interface LogPartRow {
  /** Position of the last event of the part. */
  readonly last: string;
  /** The greatest `recordedAt` of all events up to its end: clocks differ, so a later event may claim an earlier time. */
  readonly recordedAt: string;
}

/** `open`: how far the log is folded. */
export interface OpenPartRow {
  readonly size: number;
  readonly recordedAt: string;
}

export const openPartKey = 'open';
export const partKey = (number: number): string => `part/${sortable(number)}`;

function apply({ position, recordedAt }: Leaf, rows: Rows): readonly Row[] {
  const before = (rows(openPartKey) as OpenPartRow | null) ?? { size: 0, recordedAt: '' };
  const greatest = recordedAt > before.recordedAt ? recordedAt : before.recordedAt;
  const size = before.size + 1;
  const open: Row = { key: openPartKey, value: { size, recordedAt: greatest } };
  return size % partEvents === 0 ? [open, { key: partKey(size / partEvents - 1), value: { last: position, recordedAt: greatest } }] : [open];
}

/** How far the ledger had come at an instant, so that `--known-at` reads a few rows and at most one part of the log. */
export const ledgerTime: LeafProjection = { kind: 'leaves', name: 'ledger-time', version: 1, keysFor: () => [openPartKey], apply };
