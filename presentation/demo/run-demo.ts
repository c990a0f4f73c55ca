import type { AuditReport } from '../../domain/audit/verify-audit.ts';
import { remediesOfErrors } from '../../domain/returns/remedies.ts';
import type { CsvAsked } from '../../domain/shared/csv-reading.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { AuditExport } from '../../handlers/audit/export.ts';
import { verifyExport } from '../../handlers/audit/verify-export.ts';
import { exportAuditFile } from '../../handlers/commands/export-audit.ts';
import { flowMeta, type MetaRunOutcome } from '../../handlers/commands/flow-meta.ts';
import { flowProduction, type SleeveRunAnswer } from '../../handlers/commands/flow-production.ts';
import { witnessFolder } from '../../handlers/ledger/witness-folder.ts';
import { seal, type Sealing } from '../../handlers/commands/seal-ledger.ts';
import { type Verification, verifyLedger } from '../../handlers/ledger/verify.ts';
import { type ReplayReport, replayRuns } from '../../handlers/queries/replay-runs.ts';
import { writeMetaReport, type WrittenMetaReport } from '../report/write-report.ts';
import { openedLedger, type Session } from '../../handlers/runtime/session.ts';
import type { Settings } from '../../handlers/runtime/settings.ts';
import type { Examined } from '../../handlers/runtime/opening.ts';
import type { Charts } from '../ports/ports.ts';
import { demoInputs, type DemoInputs } from './inputs.ts';
import { demoMeta } from './manifest.ts';

export interface DemoRequest {
  readonly output: string;
  /** Folder of price files; null simulates them. */
  readonly prices: string | null;
  readonly asOf: string | null;
  /** How price files of separated text are read. */
  readonly csv: CsvAsked;
  readonly signal: AbortSignal;
  /** Opens the store again, to look at it below the level of events. */
  readonly examine: () => Promise<Examined>;
  /** Called as each step begins. */
  readonly note: (line: string) => void;
  readonly charts: Charts;
}

export interface DemoSleeveRun {
  readonly id: string;
  readonly profile: string;
  readonly files: readonly string[];
  readonly answer: SleeveRunAnswer;
}

export interface DemoRun {
  readonly inputs: DemoInputs;
  readonly sleeves: readonly DemoSleeveRun[];
  readonly meta: MetaRunOutcome;
  readonly sealing: Sealing;
  readonly audit: AuditExport;
  readonly report: WrittenMetaReport;
  readonly auditReport: AuditReport;
  readonly verification: Verification;
  readonly replay: ReplayReport;
}

async function produced(session: Session, inputs: DemoInputs, sleeve: DemoInputs['sleeves'][number]): Promise<DemoSleeveRun> {
  const options = { from: null, asOf: inputs.asOf, symbols: null, exclude: [], repair: 'none' as const, map: {} };
  const command = { manifest: inputs.manifest, profile: sleeve.profile, files: sleeve.prices, options, correction: 0 };
  const answer = await flowProduction(session.ports, openedLedger(session), command);
  const { runId, acceptance, reasons, drafts } = answer;
  if (acceptance === null) {
    const remedies = remediesOfErrors(dataOf(drafts, 'IntegrityFailed').flatMap(({ verdict }) => verdict.findings));
    const help = remedies.map(({ code, remedy }) => `; remedy for ${code}: ${remedy}`).join('');
    throw new LedgerError('SleeveRunIneligible', `${sleeve.profile} (run ${runId}) is not eligible: ${reasons.join('; ')}${help}`, {
      evidence: { runId, reasons, remedies },
    });
  }
  return { id: sleeve.id, profile: sleeve.profile, files: sleeve.prices.map(({ file }) => file), answer };
}

/**
 * The whole job on a small scale, through the handlers of the verbs: prices, three sleeve runs, one meta run over every profile, seal,
 * audit log, report, verification, replay. What is recorded already is left as it is.
 */
export async function runDemo(session: Session, settings: Settings, request: DemoRequest): Promise<DemoRun> {
  const { ports } = session;
  const { note, signal, output } = request;
  const step = (line: string): void => {
    signal.throwIfAborted();
    note(line);
  };
  step(request.prices === null ? 'Prices: three sleeves on their own calendars, simulated ...' : `Prices: ${request.prices} ...`);
  const inputs = await demoInputs(ports, {
    output,
    manifestFile: settings.manifest,
    prices: request.prices,
    asOf: request.asOf,
    csv: request.csv,
  });
  const sleeves: DemoSleeveRun[] = [];
  for (const sleeve of inputs.sleeves) {
    step(`Sleeve ${sleeve.id}: integrity, walk-forward of every risk profile, live weights ...`);
    sleeves.push(await produced(session, inputs, sleeve));
  }
  step(`Meta portfolio ${demoMeta}: parity, joins, weights by philosophy, guardrails, flattening, acceptance ...`);
  const meta = await flowMeta(session, {
    manifest: inputs.manifest,
    meta: demoMeta,
    risks: 'all',
    join: null,
    projection: null,
    proxies: null,
    asOf: inputs.asOf,
    restateWhy: null,
  });
  const sealing = await seal(session, settings);
  step('Audit log and report ...');
  const exporting = { runId: null, asOf: null, knownAt: null, file: `${output}/audit.jsonl`, positions: false };
  const audit = await exportAuditFile(session, settings, exporting);
  const report = await writeMetaReport(request.charts, session, { runId: meta.runId, knownAt: null }, output);
  step('Verifying every hash, chain, artifact and seal, and every line of the audit log ...');
  const auditReport = await verifyExport(ports, {
    file: audit.file,
    checkpoint: null,
    verifierKey: session.ledger.verifierKey,
    ledgerKeys: [],
    complete: true,
  });
  const examined = await request.examine();
  const verification = await verifyLedger(examined.ports, {
    witnessDirectory: (await witnessFolder(ports, settings)).directory,
    checkpoint: null,
    integrity: examined.integrity,
  });
  step('Replaying every run from the ledger alone ...');
  const replay = await replayRuns(ports, { runId: null, asOf: null, knownAt: null }, signal);
  return { inputs, sleeves, meta, sealing, audit, report, auditReport, verification, replay };
}
