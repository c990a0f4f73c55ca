/** Recomputing a recorded run from its first event: under which rules, from which artifacts, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { rulesInForce, rulesKept } from '../../../domain/run/rules.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { auditFacts } from '../../../domain/scan-record/audit-facts.ts';
import { scanFacts } from '../../../domain/scan-record/facts.ts';
import { LeafRuns } from '../../../handlers/replay/rebuild-meta-run.ts';
import { recompute, rulesFor } from '../../../handlers/replay/recompute.ts';
import { recomputeScans } from '../../../handlers/replay/recompute-scans.ts';
import { recordedResult } from '../../../handlers/replay/recorded-result.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { fact } from '../../support/kept-rows.ts';
import { memorySession } from '../../support/imported-run.ts';
import { plannedScan, sha256 } from '../../support/scan-facts.ts';
import { selectionFacts } from '../../support/selection-facts.ts';

const { ports } = memorySession();
const never = new AbortController().signal;

async function refusalOf(asked: () => unknown) {
  try {
    return await asked();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence } = error;
    return { code, message, evidence };
  }
}

describe('a run is recomputed', () => {
  test('under its own rules where they are kept, and never under those of a newer build', async () => {
    for (const version of rulesKept) expect(rulesFor(version)).toBe(version);
    expect(rulesFor(0)).toBe(rulesInForce);
    expect(await refusalOf(() => rulesFor(rulesInForce + 1))).toMatchObject({
      code: 'RulesUnknown',
      evidence: { rules: rulesInForce + 1 },
    });
  });

  test('from what a run begins with, and from nothing else', async () => {
    const first = fact('sleeve-a', 'SleeveDefined', {});
    expect(await refusalOf(() => recompute(ports, first, new LeafRuns(ports), null))).toEqual({
      code: 'ChainBroken',
      message: 'a run begins with SleeveDefined',
      evidence: { type: 'SleeveDefined', stream: 'sleeve-a' },
    });
  });

  test('by message only where its data were kept', async () => {
    const opened = { ...selectionFacts.opened('p1'), source: 'message' as const };
    expect(await refusalOf(() => recordedResult(ports.artifacts, opened))).toMatchObject({
      code: 'Internal',
      message: 'a run reported by message keeps its data',
      evidence: { runId: 'p1' },
    });
  });
});

const recordedFact = (type: string, data: object): DomainEvent => fact(type === 'ScanAudited' ? 'scan-audits' : 'scan-trend', type, data);

describe('scans are recomputed', () => {
  const [plain, mapped] = [{}, { categoryMap: { by_symbol: { 'A:X': 'equity' }, by_text: {} }, asOf: '2026-05-02' }].map((change) =>
    scanFacts(plannedScan(change), rulesInForce, sha256),
  );
  const audit = auditFacts({ question: 'candidates', asOf: null, exports: [] }, rulesInForce, sha256);

  async function again(...events: readonly DomainEvent[]) {
    const { artifacts } = createMemoryStore();
    for (const { staged } of [plain!, mapped!, audit]) await artifacts.putAll(staged.contents());
    return recomputeScans({ artifacts, crypto: ports.crypto }, events, never);
  }

  test('from the configuration, response and categories that were kept, each under its own number', async () => {
    const { drafts, staged } = await again(
      recordedFact('ScanRecorded', { ...plain!.scan, number: 1 }),
      recordedFact('ScanRecorded', { ...mapped!.scan, number: 2 }),
    );
    expect(drafts.map(({ type, data }) => ({ type, data }))).toEqual([
      { type: 'ScanRecorded', data: { ...plain!.scan, number: 1 } },
      { type: 'ScanRecorded', data: { ...mapped!.scan, number: 2 } },
    ]);
    for (const { rows } of [plain!.scan, mapped!.scan]) expect(toHex(sha256(staged.get(rows.sha256)!))).toBe(rows.sha256);
    expect(staged.get('f'.repeat(64))).toBeUndefined();
  });

  test('and so are kept audits', async () => {
    const { drafts } = await again(recordedFact('ScanAudited', { ...audit.audit, number: 3 }));
    expect(drafts.map(({ type, data }) => ({ type, data }))).toEqual([{ type: 'ScanAudited', data: { ...audit.audit, number: 3 } }]);
  });

  test('from a stream that holds nothing else, until somebody interrupts', async () => {
    expect(
      await refusalOf(() => again(recordedFact('ScanRecorded', { ...plain!.scan, number: 1 }), recordedFact('SleeveDefined', {}))),
    ).toEqual({
      code: 'ChainBroken',
      message: 'a stream of scans holds SleeveDefined',
      evidence: { type: 'SleeveDefined', stream: 'scan-trend' },
    });
    const events = [recordedFact('ScanRecorded', { ...plain!.scan, number: 1 })];
    expect(await refusalOf(() => recomputeScans(ports, events, AbortSignal.abort()))).toMatchObject({
      code: 'Interrupted',
      message: 'replay was interrupted after 0 of 1 scans',
    });
  });
});
