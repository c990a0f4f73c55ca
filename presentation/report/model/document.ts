/** A report as a person reads it, before it is markdown or HTML. */

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'muted';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
  /** Set in a fixed-width face: hashes, ids, paths. */
  readonly code: boolean;
  /** Colour behind a number of a heat map, from -4 for a great loss to 4 for a great gain; none where it is left out. */
  readonly shade?: number;
}

export interface Column {
  readonly label: string;
  readonly numeric: boolean;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

interface ChartText {
  readonly id: string;
  readonly caption: string;
  /** What the drawing shows, in words, for those who do not see it. */
  readonly description: string;
  readonly legend: readonly string[];
}

export interface LineBlock extends ChartText {
  readonly kind: 'line';
  readonly dates: readonly string[];
  readonly unit: 'ratio' | 'percent';
  /** Of doublings, for wealth that grew by very different factors; even where it is left out. */
  readonly scale?: 'doubling';
  /** A line is broken where a value is null. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[]; readonly emphasised: boolean }[];
}

/** Shares on top of one another, over time. */
export interface StackBlock extends ChartText {
  readonly kind: 'stack';
  readonly dates: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

interface TreeBranch {
  readonly place: number;
  readonly height: number;
}

/** A dendrogram: what is alike meets early. */
export interface TreeBlock extends ChartText {
  readonly kind: 'tree';
  readonly leaves: readonly string[];
  readonly merges: readonly { readonly height: number; readonly branches: readonly [TreeBranch, TreeBranch] }[];
}

export type ChartBlock = LineBlock | StackBlock | TreeBlock | BarBlock;

export interface BarBlock extends ChartText {
  readonly kind: 'bar';
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string; readonly tone: Tone }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'facts'; readonly facts: readonly { readonly name: string; readonly value: Cell }[] }
  | { readonly kind: 'subheading'; readonly text: string }
  | TableBlock
  | ChartBlock;

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly Section[];
}

export function cell(text: string, tone: Tone = 'plain'): Cell {
  return { text, tone, code: false };
}

export function code(text: string, tone: Tone = 'plain'): Cell {
  return { text, tone, code: true };
}

/** Columns by their labels; a label that ends in `#` is one of numbers. */
export function columns(...labels: readonly string[]): Column[] {
  return labels.map((label) => (label.endsWith('#') ? { label: label.slice(0, -1), numeric: true } : { label, numeric: false }));
}

export function table(caption: string, head: readonly Column[], rows: readonly (readonly Cell[])[]): TableBlock {
  return { kind: 'table', caption, columns: head, rows };
}

export function paragraph(text: string, tone: Tone = 'plain'): Block {
  return { kind: 'paragraph', text, tone };
}

export function subheading(text: string): Block {
  return { kind: 'subheading', text };
}

export function facts(...named: readonly (readonly [string, Cell])[]): Block {
  return { kind: 'facts', facts: named.map(([name, value]) => ({ name, value })) };
}

/** -0 and what rounds to it are written without a sign. */
function withoutNegativeZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

export function percent(fraction: number, digits = 2): string {
  return `${withoutNegativeZero((fraction * 100).toFixed(digits))} %`;
}

export function decimal(value: number, digits = 4): string {
  return withoutNegativeZero(value.toFixed(digits));
}

/** A figure that may not exist. */
export function orNone(value: number | null, shown: (value: number) => string): Cell {
  return value === null ? cell('none', 'muted') : cell(shown(value));
}

/** A loss or residual of any size: tiny ones in powers of ten. */
export function small(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(1) : decimal(value, 6);
}

/** Something per hundred that is often exactly nothing. */
export function smallPercent(fraction: number): string {
  return fraction !== 0 && Math.abs(fraction) < 5e-5 ? `${(fraction * 100).toExponential(1)} %` : percent(fraction);
}
