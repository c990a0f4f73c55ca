import type { Scanner } from '../scan/scanner.ts';
import { requestFilters } from '../scan/scanner.ts';
import { canonicalJson, type Json } from '../shared/canonical-json.ts';
import type { SpecRow } from './spec-table.ts';

/** What of a scanner is compared; each is one comparison. */
export const comparedParts = ['filters', 'columns', 'gates', 'sort', 'final_sort', 'limits', 'identity'] as const;
export type ComparedPart = (typeof comparedParts)[number];

export type ComparedScanner = Readonly<Record<ComparedPart, Json>>;

const asSet = (items: readonly Json[]): Json => [...new Set(items.map(canonicalJson))].toSorted();

/** Filters are a set, and so are the texts of a list. */
function filterForm({ left, operation, right }: { readonly left: string; readonly operation: string; readonly right?: Json }): Json {
  const isTexts = Array.isArray(right) && right.every((item) => typeof item === 'string');
  return { left, operation, right: isTexts ? [...new Set(right as readonly string[])].toSorted() : (right ?? null) };
}

/** A scanner in the form in which it is compared. */
export function comparedScanner(scanner: Scanner): ComparedScanner {
  const { gates, sort, finalSort, prefilterLimit, limit, id, exportSymbol, dataCategory } = scanner;
  const { recommendationMin, adxMin, momentum, valueTradedMin, volatilityMax, logic, direction } = gates;
  return {
    filters: asSet(requestFilters(scanner).map((filter) => filterForm(filter as { left: string; operation: string; right?: Json }))),
    columns: asSet(scanner.columns),
    gates: {
      recommendation: recommendationMin,
      adx: adxMin,
      momentum: asSet(momentum.map(({ column, op, value }) => ({ column, op, value }))),
      value_traded_min: valueTradedMin,
      volatility_max: volatilityMax,
      logic,
      direction,
    },
    sort: sort === null ? null : [sort.column, sort.order],
    final_sort: finalSort === null ? null : [finalSort.column, finalSort.order],
    limits: [prefilterLimit, limit],
    identity: [id, exportSymbol, dataCategory],
  };
}

/** A row of the table in the same form. */
export function comparedRow(row: SpecRow): ComparedScanner {
  const { recommendation, adx, momentum, value_traded_min, volatility_max, logic, direction } = row.gates;
  return {
    filters: asSet(row.filters.map((filter) => filterForm(filter as { left: string; operation: string; right?: Json }))),
    columns: asSet(row.columns),
    gates: { recommendation, adx, momentum: asSet(momentum), value_traded_min, volatility_max, logic, direction },
    sort: row.sort,
    final_sort: row.final_sort,
    limits: [row.prefilter_limit, row.limit],
    identity: [row.id, row.export_symbol, row.data_category],
  };
}

export interface AuditedScanner {
  readonly scanner: string;
  readonly verdict: 'match' | 'differs' | 'absent' | 'broken';
  /** What differs, as the table and as the configuration have it. */
  readonly differences: readonly { readonly part: ComparedPart; readonly spec: Json; readonly config: Json }[];
  /** Why it is broken. */
  readonly why: string | null;
}

/** A scanner as it was found: read, not there, or not readable. */
export type FoundScanner = { readonly scanner: Scanner } | { readonly missing: true } | { readonly broken: string };

export function auditedScanner(row: SpecRow, found: FoundScanner): AuditedScanner {
  const unread = { scanner: row.id, differences: [] };
  if ('missing' in found) return { ...unread, verdict: 'absent', why: null };
  if ('broken' in found) return { ...unread, verdict: 'broken', why: found.broken };
  const [spec, config] = [comparedRow(row), comparedScanner(found.scanner)];
  const differences = comparedParts.flatMap((part) =>
    canonicalJson(spec[part]) === canonicalJson(config[part]) ? [] : [{ part, spec: spec[part], config: config[part] }],
  );
  return { scanner: row.id, verdict: differences.length === 0 ? 'match' : 'differs', differences, why: null };
}
