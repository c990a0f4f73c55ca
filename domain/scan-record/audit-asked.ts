import type { z } from 'zod';
import type { ConfigFile } from '../scan/config-file.ts';
import type { CategoryMap } from '../scan/category-map.ts';
import type { EffectiveConfig } from '../scan/inheritance.ts';
import type { ImportedExport } from '../scan/import-export.ts';
import type { scanResponseSchema } from '../scan/schemas.ts';
import type { ScannedSets } from '../scan-audit/overlap.ts';
import type { SpecTable } from '../scan-audit/spec-table.ts';
import type { DeepReadonly } from '../shared/deep-readonly.ts';

type StoredResponse = DeepReadonly<z.infer<typeof scanResponseSchema>>;

/** A configuration as audits look at it: in force, not there, or not readable. */
export type FoundConfig =
  | { readonly id: string; readonly config: EffectiveConfig }
  | { readonly id: string; readonly missing: true }
  | { readonly id: string; readonly broken: string };

export interface ScanSide extends ScannedSets {
  readonly scanner: string;
  readonly snapshot: string;
}

/** Of the response that a question is about. */
interface AboutResponse {
  readonly asOf: string;
  readonly response: StoredResponse;
  readonly categoryMap: CategoryMap | null;
}

/** Questions of the audits, each with everything that its answer follows from: plain JSON, so that it can be kept and asked again. */
export type AuditAsked =
  | ({ readonly question: 'map' } & AboutResponse)
  | ({ readonly question: 'gaps'; readonly configs: readonly EffectiveConfig[] } & AboutResponse)
  | ({ readonly question: 'attributes'; readonly configs: readonly EffectiveConfig[] } & AboutResponse)
  | ({ readonly question: 'liquidity'; readonly notional: number; readonly advBySymbol: Readonly<Record<string, number>> } & AboutResponse)
  | { readonly question: 'overlap'; readonly asOf: string; readonly a: ScanSide; readonly b: ScanSide }
  | { readonly question: 'audit'; readonly asOf: null; readonly table: SpecTable; readonly found: readonly FoundConfig[] }
  | { readonly question: 'candidates'; readonly asOf: string | null; readonly exports: readonly ImportedExport[] }
  | {
      readonly question: 'orphans';
      readonly asOf: null;
      readonly files: readonly (Extract<ConfigFile, { readonly tree: unknown }> | { readonly path: string; readonly why: string })[];
      readonly scanners: readonly string[];
    };

export type AuditQuestion = AuditAsked['question'];
export type AskedOf<Question extends AuditQuestion> = Extract<AuditAsked, { readonly question: Question }>;
