import { createHash } from 'node:crypto';
import { auditFacts } from '../../domain/scan-record/audit-facts.ts';
import type { UnnumberedAudit, UnnumberedScan } from '../../domain/scan-record/commands.ts';
import { scanFacts, type PlannedScan } from '../../domain/scan-record/facts.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { readResponse } from '../../domain/scan/response.ts';
import type { MemoryStore } from '../../infra/memory/memory-store.ts';
import { recordHistory } from './fact-ledger.ts';
import { FactHistory } from './portfolio-events.ts';

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** A scan of two funds by one gate: ADX of at least 20. */
export function plannedScan(change: Partial<PlannedScan> = {}): PlannedScan {
  const effective = {
    id: 'trend',
    data_category: 'test',
    sort_by: 'Value.Traded',
    prefilter_limit: 300,
    limit: 5,
    trend: { adx: { enabled: true, min: 20 } },
  };
  const response = {
    _columns: ['name', 'ADX', 'Value.Traded'],
    data: [
      { s: 'A:X', d: ['X', 25, 5] },
      { s: 'A:Y', d: ['Y', 15, 9] },
    ],
  };
  return {
    config: { entry: 'trend.yaml', files: ['trend.yaml'], effective, leaves: [] },
    response: readResponse(response, { file: 'response.json', requestColumns: null }, []),
    categoryMap: null,
    asOf: '2026-05-01',
    source: { kind: 'saved', file: 'response.json' },
    droppedColumns: [],
    ...change,
  };
}

export function recordedScan(change: Partial<PlannedScan> = {}): UnnumberedScan {
  return scanFacts(plannedScan(change), rulesInForce, sha256).scan;
}

/** Records scans of one scanner one after the other, with all that they name; answers their facts. */
export async function recordScans(
  memory: Pick<MemoryStore, 'store' | 'artifacts'>,
  plans: readonly Partial<PlannedScan>[],
): Promise<readonly (UnnumberedScan & { readonly number: number })[]> {
  const history = new FactHistory();
  const facts: (UnnumberedScan & { readonly number: number })[] = [];
  for (const [index, change] of plans.entries()) {
    const { scan, staged } = scanFacts(plannedScan(change), rulesInForce, sha256);
    await memory.artifacts.putAll(staged.contents());
    const fact = { ...scan, number: index + 1 };
    facts.push(fact);
    history.add(`scan-${scan.scanner}`, 'ScanRecorded', fact, `2026-06-01T08:0${index}:00.000Z`);
  }
  await recordHistory(memory, history);
  return facts;
}

export function keptAudit(exports: readonly string[]): UnnumberedAudit {
  const asked = {
    question: 'candidates',
    asOf: null,
    exports: exports.map((scanner) => ({ scanner, asOf: null, generatedAt: null, rows: [] })),
  } as const;
  return auditFacts(asked, rulesInForce, sha256).audit;
}
