import { withCategories } from '../scan/category-map.ts';
import { configError, type ConfigFiles } from '../scan/config-file.ts';
import { configNotes } from '../scan/config-notes.ts';
import type { EffectiveConfig } from '../scan/inheritance.ts';
import { readScanner } from '../scan/read-scanner.ts';
import { partialOf, type ScanResponse } from '../scan/response.ts';
import { scan } from '../scan/scan.ts';
import { type AttributeLine, attributesOf } from '../scan-audit/attributes.ts';
import { type Candidates, candidatesOf } from '../scan-audit/candidates.ts';
import { categoryLines, type CategoryLine } from '../scan-audit/category-map.ts';
import { type Gaps, gapsOf } from '../scan-audit/gaps.ts';
import { type Liquidity, liquidityOf } from '../scan-audit/liquidity.ts';
import { type Orphans, orphansOf } from '../scan-audit/orphans.ts';
import { type Overlap, overlapOf } from '../scan-audit/overlap.ts';
import { type AuditedScanner, auditedScanner, type FoundScanner } from '../scan-audit/spec-audit.ts';
import type { AskedOf, FoundConfig } from './audit-asked.ts';
import { responseOfStored } from './stored-response.ts';

/** What a sample is of: a category that is not in it may still be there. */
export interface SampleOf {
  readonly rows: number;
  readonly partial: { readonly rows: number; readonly total: number } | null;
  /** Whether it is as large as it should be to know the categories. */
  readonly isBroad: boolean;
}

/** Rows by traded value of funds of every category: a smaller sample shows only what it holds. */
const broadFrom = 500;

const sampleOf = (response: ScanResponse): SampleOf => ({
  rows: response.rows.length,
  partial: partialOf(response),
  isBroad: response.rows.length >= broadFrom,
});

function responseOf({ response, categoryMap }: Pick<AskedOf<'map'>, 'response' | 'categoryMap'>): ScanResponse {
  const read = responseOfStored(response);
  return categoryMap === null ? read : withCategories(read, categoryMap);
}

export function mapAnswer(asked: AskedOf<'map'>): { readonly sample: SampleOf; readonly categories: readonly CategoryLine[] } {
  const response = responseOf(asked);
  return { sample: sampleOf(response), categories: categoryLines(response.rows) };
}

function categoryIdsOf(configs: readonly EffectiveConfig[]): string[] {
  const filters = configs.flatMap((config) => readScanner(config).filters.filter(({ left }) => left === 'category'));
  return filters.flatMap(({ operation, right }) => {
    if (operation === 'equal') return [right as string];
    return operation === 'in_range' ? (right as readonly string[]) : [];
  });
}

function selectedBy(response: ScanResponse, configs: readonly EffectiveConfig[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const config of configs) {
    const scanner = readScanner(config);
    for (const symbol of scan(scanner, response).selected) found.set(symbol, [...(found.get(symbol) ?? []), scanner.id]);
  }
  return found;
}

export function gapsAnswer(asked: AskedOf<'gaps'>): { readonly sample: SampleOf } & Gaps {
  const response = responseOf(asked);
  const { configs } = asked;
  const gaps = gapsOf({ rows: response.rows, targeted: categoryIdsOf(configs), selectedBy: selectedBy(response, configs) });
  return { sample: sampleOf(response), ...gaps };
}

export function attributesAnswer(asked: AskedOf<'attributes'>): { readonly sample: SampleOf; readonly columns: readonly AttributeLine[] } {
  const response = responseOf(asked);
  const requested = new Map<string, string[]>();
  for (const scanner of asked.configs.map(readScanner))
    for (const column of scanner.columns) requested.set(column, [...(requested.get(column) ?? []), scanner.id]);
  return { sample: sampleOf(response), columns: attributesOf(response, requested) };
}

export function liquidityAnswer(asked: AskedOf<'liquidity'>): { readonly sample: SampleOf } & Liquidity {
  const response = responseOf(asked);
  const { notional, advBySymbol } = asked;
  return { sample: sampleOf(response), ...liquidityOf({ rows: response.rows, notional, advBySymbol }) };
}

export function overlapAnswer({ a, b }: AskedOf<'overlap'>): { readonly a: string; readonly b: string } & Overlap {
  return { a: a.scanner, b: b.scanner, ...overlapOf(a, b) };
}

function scannerOf(found: FoundConfig): FoundScanner {
  return 'config' in found ? { scanner: readScanner(found.config) } : found;
}

export interface SpecAudit {
  readonly matching: number;
  readonly of: number;
  readonly scanners: readonly AuditedScanner[];
  readonly neverImplemented: readonly string[];
  /** Gates in force that the scanner's own file does not write. */
  readonly silentInheritance: readonly { readonly scanner: string; readonly said: string }[];
}

export function specAnswer({ table, found }: AskedOf<'audit'>): SpecAudit {
  const byId = new Map(found.map((one) => [one.id, one]));
  const scanners = table.scanners.map((row) => auditedScanner(row, scannerOf(byId.get(row.id) ?? { id: row.id, missing: true })));
  const silent = found.flatMap((one) => {
    if (!('config' in one)) return [];
    const notes = configNotes(readScanner(one.config), one.config).filter(({ note }) => note === 'silent_inheritance');
    return notes.map(({ said }) => ({ scanner: one.id, said }));
  });
  return {
    matching: scanners.filter(({ verdict }) => verdict === 'match').length,
    of: scanners.length,
    scanners,
    neverImplemented: table.never_implemented,
    silentInheritance: silent,
  };
}

export function candidatesAnswer({ exports }: AskedOf<'candidates'>): Candidates {
  return candidatesOf(exports);
}

export function orphansAnswer({ files, scanners }: AskedOf<'orphans'>): Orphans {
  const known: ConfigFiles = new Map(
    files.map((file) => [
      file.path,
      'tree' in file ? file : { path: file.path, broken: configError('yaml', file.why, { file: file.path }) },
    ]),
  );
  return orphansOf(known, scanners);
}
