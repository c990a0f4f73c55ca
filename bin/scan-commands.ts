import { answerAudit } from '../handlers/commands/keep-scan-audit.ts';
import { recordScans, type RecordScans } from '../handlers/commands/record-scans.ts';
import {
  attributesQuestion,
  candidatesQuestion,
  gapsQuestion,
  liquidityQuestion,
  type LiquidityQuestion,
  mapQuestion,
  orphansQuestion,
  overlapQuestion,
  type ResponseQuestion,
  specQuestion,
} from '../handlers/queries/scan-audits.ts';
import { scanConfig } from '../handlers/queries/scan-config.ts';
import { scanFunnel } from '../handlers/queries/scan-funnel.ts';
import type { AuditAsked } from '../domain/scan-record/audit-asked.ts';
import type { Opening } from '../handlers/runtime/opening.ts';

/** What an audit may be asked for beside its question. */
export interface AuditOptions {
  /** Keeps the answer in the ledger, once for the same question. */
  readonly record?: boolean;
}

type About = Pick<ResponseQuestion, 'file' | 'asOf'> & Partial<ResponseQuestion>;
type Beside = About & { readonly scanners: string };

const about = { requestFile: null, categoryMapFile: null } as const;

/** Scans, and the audits of scanners and of what they are given. */
export function scanCommandsOf({ tools, reading, writing }: Opening) {
  const answered = (asked: AuditAsked, { record = false }: AuditOptions) => answerAudit(tools, asked, record ? writing : null);
  return {
    /** Judges a saved response, or the rows of a server, by scanners, and records it. */
    scan: (command: Pick<RecordScans, 'scanners' | 'names' | 'asOf' | 'source'> & Partial<RecordScans>, signal?: AbortSignal) =>
      recordScans(tools, writing, { categoryMapFile: null, output: null, ...command }, signal ?? new AbortController().signal),
    scanConfig: (folder: string, scanner: string) => scanConfig(tools, folder, scanner),
    scanFunnel: async (scanner: string, asOf: string | null = null) => scanFunnel((await reading()).ports, { scanner, asOf }),
    scanMap: async (question: About, options: AuditOptions = {}) => answered(await mapQuestion(tools, { ...about, ...question }), options),
    scanGaps: async (question: Beside, options: AuditOptions = {}) =>
      answered(await gapsQuestion(tools, { ...about, ...question }), options),
    scanAttributes: async (question: Beside, options: AuditOptions = {}) =>
      answered(await attributesQuestion(tools, { ...about, ...question }), options),
    scanLiquidity: async (question: About & Partial<LiquidityQuestion>, options: AuditOptions = {}) =>
      answered(await liquidityQuestion(tools, { ...about, notional: 1_000_000, history: null, ...question }), options),
    scanOverlap: async (scanners: readonly [string, string], asOf: string | null = null, options: AuditOptions = {}) =>
      answered(await overlapQuestion((await reading()).ports, scanners, asOf), options),
    scanAudit: async (scanners: string, table: string | null = null, options: AuditOptions = {}) =>
      answered(await specQuestion(tools, { scanners, table }), options),
    scanCandidates: async (exports: readonly string[], options: AuditOptions = {}) =>
      answered(await candidatesQuestion(tools, exports), options),
    scanOrphans: async (scanners: string, paths: readonly string[], options: AuditOptions = {}) =>
      answered(await orphansQuestion(tools, { scanners, paths }), options),
  };
}
