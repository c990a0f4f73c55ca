import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { requireRules } from '../run/rules.ts';
import { type CategoryMap, withCategories } from '../scan/category-map.ts';
import type { EffectiveConfig } from '../scan/inheritance.ts';
import { partialOf, type ScanResponse } from '../scan/response.ts';
import { readScanner } from '../scan/read-scanner.ts';
import { scan } from '../scan/scan.ts';
import type { JudgedRow, ScanResult } from '../scan/scan-result.ts';
import { requestOf, type Scanner, withoutColumns } from '../scan/scanner.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';
import type { UnnumberedScan } from './commands.ts';
import type { ScanSource } from '../scan/schemas.ts';
import { storedResponse } from './stored-response.ts';

/** Everything that a scan is computed from. */
export interface PlannedScan {
  readonly config: EffectiveConfig;
  readonly response: ScanResponse;
  readonly categoryMap: CategoryMap | null;
  readonly asOf: string;
  readonly source: ScanSource;
  readonly droppedColumns: readonly string[];
}

export interface ScanFacts {
  readonly scanner: Scanner;
  readonly result: ScanResult;
  readonly scan: UnnumberedScan;
  readonly staged: StagedArtifacts;
}

/** The hash of an effective configuration, wherever its files stand. */
export function configHashOf(sha256: Sha256, { effective }: Pick<EffectiveConfig, 'effective'>): string {
  return hashOfJson(sha256, ['scan-config', effective]);
}

const decisionsOf = (rows: readonly JudgedRow[]) =>
  rows.map(({ symbol, passes, selected, rank, rejection }) => ({ symbol, passes, selected, rank, rejection }));

/** What a live server let through although it was asked not to. */
function ignoredFilters({ funnel }: ScanResult, source: ScanSource): { gate: string; rows: number }[] {
  if (source.kind === 'saved') return [];
  return funnel.stages.flatMap(({ gate, rejected }) => (gate.startsWith('filter[') && rejected > 0 ? [{ gate, rows: rejected }] : []));
}

/**
 * Judges a response and makes a fact of it. Pure; replay calls it with what the ledger recorded. What names the scan is what it is computed
 * from, not where the response came from. Errors: RulesUnknown; ScannerConfigInvalid.
 */
export function scanFacts(planned: PlannedScan, rules: number, sha256: Sha256): ScanFacts {
  const { config, response, categoryMap, asOf, source, droppedColumns } = planned;
  const scanner = readScanner(config);
  const result = scan(scanner, categoryMap === null ? response : withCategories(response, categoryMap));
  const staged = new StagedArtifacts(sha256);
  const configHash = configHashOf(sha256, config);
  const kept = {
    response: staged.document('scan-response', storedResponse(response)),
    config: staged.document('scan-config', {
      entry: config.entry,
      files: config.files,
      effective: config.effective,
      leaves: config.leaves,
    }),
    categoryMap: categoryMap === null ? null : staged.document('category-map', categoryMap),
    rows: staged.document('scan-rows', { rows: decisionsOf(result.rows) }),
  };
  const snapshot = hashOfJson(sha256, [
    'scan',
    { asOf, configHash, response: kept.response.sha256, categoryMap: kept.categoryMap?.sha256 ?? null, droppedColumns },
  ]);
  const { verdict, notEvaluated, notReturned, exchangeMismatch, selected, funnel } = result;
  return {
    scanner,
    result,
    staged,
    scan: {
      scanner: scanner.id,
      snapshot,
      asOf,
      rules: requireRules(rules),
      source,
      request: requestOf(withoutColumns(scanner, droppedColumns)),
      droppedColumns,
      ...kept,
      configHash,
      verdict,
      notEvaluated,
      notReturned,
      exchangeMismatch,
      partialResponse: partialOf(response),
      ignoredFilters: ignoredFilters(result, source),
      selected,
      funnel,
    },
  };
}
