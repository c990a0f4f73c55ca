import type { Verb } from '../verb.ts';
import { auditIntegrity } from './audit-integrity.ts';
import { auditBundle, auditExport, auditVerify } from './audit.ts';
import { cacheClear, cacheStats, cacheVerify } from './cache.ts';
import { backtestRun, backtestVerify, exportBacktest } from './backtest.ts';
import { backtestRobustness } from './backtest-robustness.ts';
import { combine } from './combine.ts';
import { completionOf } from './completion.ts';
import { configShow } from './config.ts';
import { counterfactual } from './counterfactual.ts';
import { demo } from './demo.ts';
import { diff } from './diff.ts';
import { dlqDiscard, dlqErase, dlqList, dlqRetry } from './dlq.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { exportReturns, exportRun, exportSeries, exportWeights } from './export.ts';
import { flowMeta } from './flow-meta.ts';
import { flowProduction } from './flow-production.ts';
import { init } from './init.ts';
import { ledgerInit, ledgerRebuild, ledgerSeal, ledgerVerify } from './ledger.ts';
import { ledgerBackup, ledgerRestore } from './ledger-backup.ts';
import { ledgerCopy } from './ledger-copy.ts';
import { ledgerArtifact, ledgerEvents } from './ledger-events.ts';
import { ledgerKeyRotate } from './ledger-key.ts';
import { ledgerWitness } from './ledger-witness.ts';
import { ledgerProve } from './ledger-prove.ts';
import { manifestApply, manifestResolve, manifestValidate } from './manifest.ts';
import { manifestApprove, manifestReject } from './manifest-approve.ts';
import { manifestLint } from './manifest-lint.ts';
import { overlayMacro, overlayVol } from './overlay.ts';
import { parityCheck, parityRevoke, parityWaive } from './parity.ts';
import { produce } from './produce.ts';
import { approve, halt, reject, resume } from './publication.ts';
import { publications } from './publications.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { runs, timeline } from './runs.ts';
import { scanConfig, scanFunnel, scanRun } from './scan.ts';
import { scanAttributes, scanAudit, scanCandidates, scanGaps, scanLiquidity, scanMap, scanOrphans, scanOverlap } from './scan-audits.ts';
import { selectBattles, selectDiff, selectExplain, selectFunnel, selectReport } from './select.ts';
import { simulate } from './simulate.ts';
import { sleeveImport } from './sleeve-import.ts';
import { sleeveQuarantine, sleeveReinstate } from './sleeve.ts';
import { status } from './status.ts';
import { tournamentRun } from './tournament.ts';
import { trades } from './trades.ts';
import { watch } from './watch.ts';
import { weights } from './weights.ts';
import { witnessServe } from './witness-serve.ts';
import { work } from './work.ts';

/** Every verb, in the order of the help. */
export const allVerbs: readonly Verb[] = [
  demo,
  init,
  manifestValidate,
  manifestResolve,
  manifestLint,
  manifestApply,
  manifestApprove,
  manifestReject,
  flowProduction,
  sleeveImport,
  watch,
  produce,
  work,
  flowMeta,
  backtestRun,
  backtestVerify,
  backtestRobustness,
  tournamentRun,
  combine,
  status,
  weights,
  publications,
  trades,
  explain,
  runs,
  timeline,
  replay,
  counterfactual,
  diff,
  overlayVol,
  overlayMacro,
  simulate,
  scanConfig,
  scanRun,
  scanFunnel,
  scanMap,
  scanGaps,
  scanOverlap,
  scanLiquidity,
  scanAttributes,
  scanAudit,
  scanCandidates,
  scanOrphans,
  selectExplain,
  selectBattles,
  selectFunnel,
  selectDiff,
  selectReport,
  report,
  exportRun,
  exportBacktest,
  exportReturns,
  exportSeries,
  exportWeights,
  approve,
  reject,
  halt,
  resume,
  parityCheck,
  parityWaive,
  parityRevoke,
  dlqList,
  dlqRetry,
  dlqDiscard,
  dlqErase,
  sleeveQuarantine,
  sleeveReinstate,
  ledgerInit,
  ledgerSeal,
  ledgerVerify,
  ledgerRebuild,
  ledgerProve,
  ledgerEvents,
  ledgerArtifact,
  ledgerKeyRotate,
  ledgerWitness,
  ledgerCopy,
  ledgerBackup,
  ledgerRestore,
  auditExport,
  auditVerify,
  auditBundle,
  auditIntegrity,
  witnessServe,
  cacheStats,
  cacheClear,
  cacheVerify,
  configShow,
  doctor,
  completionOf(() => allVerbs),
];
