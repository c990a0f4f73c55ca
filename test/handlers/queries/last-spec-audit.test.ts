/** The last comparison with the specification that was kept, and whether it still holds. */
import { expect, test } from '@jest/globals';
import { auditFacts } from '../../../domain/scan-record/audit-facts.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import type { AskedOf } from '../../../domain/scan-record/audit-asked.ts';
import { specQuestion } from '../../../handlers/queries/scan-audits.ts';
import { lastSpecAudit } from '../../../handlers/queries/last-spec-audit.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { keptAudit, recordedScan } from '../../support/scan-facts.ts';
import { sha256 } from '../../support/sample-events.ts';
import { configFiles } from '../../support/scanners.ts';
import { memoryLedger } from '../replay/world.ts';

const scanner = (adx: number): string =>
  `id: trend\ndata_category: test\nsort_by: Value.Traded\nprefilter_limit: 300\nlimit: 5\ntrend: {adx: {enabled: true, min: ${adx}}}\n`;
const { session, memory } = memoryLedger();

/** The question about a table and the files of its scanners. */
async function asked(files: Readonly<Record<string, string>>, ids: readonly string[] = ['trend'], table: string | null = null) {
  const read: string[] = [];
  const tools = {
    ...session.ports,
    scannerFiles: { ...session.ports.scannerFiles, readScanners: async () => configFiles(files) },
    files: {
      ...session.ports.files,
      readText: async (file: string) => {
        read.push(file);
        return JSON.stringify(specOf(ids));
      },
    },
  };
  return { question: await specQuestion(tools, { scanners: 'scanners', table }), read };
}

const specOf = (ids: readonly string[]) => ({
  scanners: ids.map((id) => ({
    id,
    export_symbol: id,
    data_category: 'test',
    filters: [],
    columns: ['ADX'],
    gates: { recommendation: null, adx: 20, momentum: [], value_traded_min: null, volatility_max: null, logic: 'and', direction: 'long' },
    sort: ['Value.Traded', 'desc'],
    final_sort: null,
    prefilter_limit: 300,
    limit: 5,
  })),
  never_implemented: [],
});
const audited = (question: AskedOf<'audit'>, finding: string) => ({ ...auditFacts(question, rulesInForce, sha256).audit, finding });

test('the table is asked about with the scanners that it names, those that are missing and those that are broken', async () => {
  const files = { 'trend.yaml': scanner(20), 'odd.yaml': 'id: odd\nlimit: many\n' };
  const { question, read } = await asked(files, ['trend', 'gone', 'odd']);
  expect(read).toEqual(['scanners/spec-table.json']);
  expect(question).toMatchObject({ question: 'audit', asOf: null });
  expect(question.found).toEqual([
    { id: 'trend', config: expect.objectContaining({ entry: 'trend.yaml' }) },
    { id: 'gone', missing: true },
    { id: 'odd', broken: expect.stringMatching(/^ScannerConfigInvalid: /) },
  ]);
  expect((await asked(files, ['trend'], 'own.json')).read).toEqual(['own.json']);
});

test('the last audit is the newest of the specification, and stale when a configuration has changed since', async () => {
  const { question } = await asked({ 'trend.yaml': scanner(20) });
  expect(await lastSpecAudit(session.ports, question)).toBeNull();
  const kept = { ...keptAudit(['a']), number: 3 };
  const history = new FactHistory()
    .add('scan-trend', 'ScanRecorded', { ...recordedScan(), number: 1 })
    .add('scan-audits', 'ScanAudited', { ...audited(question, 'all as specified'), number: 1 }, '2026-06-01T08:00:00.000Z')
    .add('scan-audits', 'ScanAudited', { ...audited(question, 'one differs'), number: 2 }, '2026-06-02T08:00:00.000Z')
    .add('scan-audits', 'ScanAudited', kept, '2026-06-03T08:00:00.000Z');
  await recordHistory(memory, history);
  const { configHash } = audited(question, '');
  const last = { finding: 'one differs', recordedAt: '2026-06-02T08:00:00.000Z', configHash };
  expect(configHash).toMatch(/^[0-9a-f]{64}$/);
  expect(await lastSpecAudit(session.ports, question)).toEqual({ ...last, isStale: false });
  const changed = await asked({ 'trend.yaml': scanner(25) });
  expect(await lastSpecAudit(session.ports, changed.question)).toEqual({ ...last, isStale: true });
});
