import { defaultOptions } from '../domain/allocation/meta-options.ts';
import { type CombinationAsked, plannedOf } from '../domain/combine/planned-defaults.ts';
import type { Manifest } from '../domain/manifest/schema.ts';
import { type AppliedManifest, applyManifest } from '../handlers/commands/apply-manifest.ts';
import { approveRebalance } from '../handlers/commands/approve-rebalance.ts';
import { backtestPortfolio, type BacktestPortfolio } from '../handlers/commands/backtest-portfolio.ts';
import { backUp } from '../handlers/commands/back-up-ledger.ts';
import { bundleRun } from '../handlers/commands/bundle-run.ts';
import { clearCache } from '../handlers/commands/clear-cache.ts';
import { combine } from '../handlers/commands/combine.ts';
import { createToken, type TokenAsked, tokenDaysByDefault } from '../handlers/commands/create-token.ts';
import { copyInto } from '../handlers/commands/copy-ledger.ts';
import { type ExportAudit, exportAuditFile } from '../handlers/commands/export-audit.ts';
import { exportBacktest, type ExportBacktest } from '../handlers/commands/export-backtest.ts';
import { type ExportRun, exportRun } from '../handlers/commands/export-run.ts';
import { exportSeries, type ExportSeries } from '../handlers/commands/export-series.ts';
import { type ExportTable, exportTable } from '../handlers/commands/export-table.ts';
import { flowMeta, type FlowMeta } from '../handlers/commands/flow-meta.ts';
import { flowProduction, type ProduceSleeveRun, type RecordedRun } from '../handlers/commands/flow-production.ts';
import { type GrantParityWaiver, grantParityWaiver } from '../handlers/commands/grant-parity-waiver.ts';
import { switchPublication } from '../handlers/commands/halt-publication.ts';
import { type ImportSleeveRun, importAndRecordRun } from '../handlers/commands/import-sleeve-run.ts';
import { type ManifestPlan, planManifest } from '../handlers/commands/plan-manifest.ts';
import { produceResult, type ResultTarget, type ReturnsAs } from '../handlers/commands/produce-result.ts';
import { quarantineSleeve, reinstateSleeve } from '../handlers/commands/quarantine-sleeve.ts';
import { rebuildReadModels } from '../handlers/commands/rebuild-read-models.ts';
import { rejectRebalance } from '../handlers/commands/reject-rebalance.ts';
import { revokeParityWaiver } from '../handlers/commands/revoke-parity-waiver.ts';
import { revokeToken } from '../handlers/commands/revoke-token.ts';
import { nameWitness } from '../handlers/commands/name-witness.ts';
import { rotateKey } from '../handlers/commands/rotate-key.ts';
import { discardLetter, eraseLetter, retryLetter } from '../handlers/commands/settle-letter.ts';
import { type WatchOptions, watchContinuously, watchOnce } from '../handlers/roles/watching/watch-runs.ts';
import { approveDefinition, rejectDefinition } from '../handlers/commands/settle-definition.ts';
import { type Work, runWorker } from '../handlers/roles/work.ts';
import { scanCommandsOf } from './scan-commands.ts';
import { runTournament, type RunTournament } from '../handlers/commands/run-tournament.ts';
import type { PresentationPorts } from '../presentation/ports/ports.ts';
import { type Holdings, reportEntries, writeReport } from '../presentation/report/write-report.ts';
import type { MessageSink } from '../handlers/ports/ports.ts';
import type { Opening } from '../handlers/runtime/opening.ts';
import { type AnyRun, namedRunId, runIdNow, type RunReference } from '../handlers/runs/named-run.ts';
import type { RunQuestion } from '../handlers/runs/run-of.ts';
import type { Session } from '../handlers/runtime/session.ts';

const recordedRun = ({ runId, already }: RecordedRun): RecordedRun => ({ runId, already });

export interface ApplyOptions {
  /** Only these meta profiles or aliases; left out for every meta profile. */
  readonly metas?: readonly string[];
}

/**
 * Makes the manifest's sleeves and portfolios known, with their publication policies; a dry run says what would change and records nothing.
 */
export interface ApplyManifest {
  (manifest: Manifest, options: ApplyOptions & { readonly dryRun: true }): Promise<ManifestPlan>;
  (manifest: Manifest, options?: ApplyOptions): Promise<AppliedManifest>;
}

function applying({ reading, writing }: Opening): ApplyManifest {
  function apply(manifest: Manifest, options: ApplyOptions & { readonly dryRun: true }): Promise<ManifestPlan>;
  function apply(manifest: Manifest, options?: ApplyOptions): Promise<AppliedManifest>;
  async function apply(
    manifest: Manifest,
    options: ApplyOptions & { readonly dryRun?: true } = {},
  ): Promise<ManifestPlan | AppliedManifest> {
    const { metas = null, dryRun = false } = options;
    return dryRun ? planManifest(await reading(), manifest, metas) : applyManifest(await writing(), manifest, metas);
  }
  return apply;
}

/** A run of a sleeve; what is left out is as the command line has it without flags. */
export type SleeveRunCommand = Omit<ProduceSleeveRun, 'options' | 'correction'> &
  Partial<Pick<ProduceSleeveRun, 'correction'>> & { readonly options?: Partial<ProduceSleeveRun['options']> };
/** A tournament; what is left out is as the command line has it without flags. */
export type TournamentCommand = Pick<RunTournament, 'manifest' | 'profile'> &
  Partial<Omit<RunTournament, 'axes'>> & { readonly axes?: Partial<RunTournament['axes']> };
type Watching = Pick<WatchOptions, 'folder'> & Partial<WatchOptions>;

const defaultBacktest = { risks: null, join: null, projection: null, from: null, asOf: null, repair: null, prices: null } as const;
const defaultTournament = { importRuns: [], from: null, asOf: null, repair: null, prices: null } as const;
const ownAxes = { profiles: null, estimators: null, linkages: null, windows: null, costs: null, simulators: null } as const;
const defaultRunOptions: ProduceSleeveRun['options'] = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} };
const defaultWatch = { profile: null, map: {}, settleMs: 2_000 } as const;

const never = (): AbortSignal => new AbortController().signal;

/** Commands that change what is recorded, on the word of the session's actor. Each looks at the ledger's format first: StoreTooNew. */
export function commandsOf(context: Opening) {
  const { settings, tools, writing } = context;
  const { resultsTopic, deadLettersTopic, onPoison } = settings;
  const intake = (deadLetters: MessageSink | null) => ({ resultsTopic, deadLetters, deadLettersTopic, onPoison });
  const ledger = { existing: context.reading, writing };
  return {
    applyManifest: applying(context),
    produceSleeveRun: async ({ options, ...command }: SleeveRunCommand) =>
      recordedRun(
        await flowProduction(
          tools,
          ledger,
          { correction: 0, ...command, options: { ...defaultRunOptions, ...options } },
          { signal: null, cached: settings.cache !== null },
        ),
      ),
    importSleeveRun: async (command: Pick<ImportSleeveRun, 'run'> & Partial<ImportSleeveRun>) =>
      recordedRun(await importAndRecordRun(tools, ledger, { profile: null, map: {}, correction: 0, ...command }, never())),
    allocate: async (command: Pick<FlowMeta, 'manifest' | 'meta'> & Partial<FlowMeta>) =>
      flowMeta(await writing(), { ...defaultOptions, restateWhy: null, ...command }),
    /** Prices are left out for those that the newest run of each sleeve read. */
    backtest: async (command: Pick<BacktestPortfolio, 'manifest' | 'meta'> & Partial<BacktestPortfolio>) =>
      backtestPortfolio(tools, ledger, { ...defaultBacktest, ...command }),
    /** What is left out of the axes is the sleeve's own setting; prices are left out for those that its newest run read. */
    tournament: async ({ axes, ...command }: TournamentCommand) =>
      runTournament(tools, ledger, { ...defaultTournament, ...command, axes: { ...ownAxes, ...axes } }),
    /** Combines positions of sleeves by risk budgets, and records it; a refusal is an answer too. */
    combine: async (command: CombinationAsked) => combine({ crypto: tools.crypto, writing }, plannedOf(command)),
    ...scanCommandsOf(context),
    approve: async (run: AnyRun, why: string) => {
      const session = await writing();
      return approveRebalance(session, await runIdNow(session.ports, run, 'meta'), why);
    },
    reject: async (run: AnyRun, why: string) => {
      const session = await writing();
      return rejectRebalance(session, await runIdNow(session.ports, run, 'meta'), why);
    },
    /** `proposal`: such as `desk/2`; `status` names it. */
    approveDefinition: async (proposal: string, why: string) => approveDefinition(await writing(), proposal, why),
    rejectDefinition: async (proposal: string, why: string) => rejectDefinition(await writing(), proposal, why),
    halt: async (meta: string, why: string) => switchPublication(await writing(), 'HaltPublication', meta, why),
    resume: async (meta: string, why: string) => switchPublication(await writing(), 'ResumePublication', meta, why),
    waive: async (command: GrantParityWaiver) => grantParityWaiver(await writing(), command),
    revoke: async (meta: string, waiverId: string, why: string) => revokeParityWaiver(await writing(), meta, waiverId, why),
    quarantine: async (sleeve: string, why: string) => quarantineSleeve(await writing(), sleeve, why),
    reinstate: async (sleeve: string, why: string) => reinstateSleeve(await writing(), sleeve, why),
    /** Who may use the HTTP API: the token is in this answer and kept nowhere. 90 days where `days` is left out. */
    createToken: async (asked: Omit<TokenAsked, 'days'> & Partial<TokenAsked>) =>
      createToken(await writing(), { days: tokenDaysByDefault, ...asked }),
    /** Ends a token before its time; it is named by its id or by itself. */
    revokeToken: async (token: string, why: string) => revokeToken(await writing(), token, why),
    /** Without a sink, the letters that held results become on the way are recorded and not sent. */
    retryLetter: async (letterId: string, why: string, deadLetters: MessageSink | null = null) =>
      retryLetter(await writing(), letterId, why, intake(deadLetters)),
    discardLetter: async (letterId: string, why: string, deadLetters: MessageSink | null = null) =>
      discardLetter(await writing(), letterId, why, intake(deadLetters)),
    /** Destroys the key of a letter, so that nobody reads any more what it said. */
    eraseLetter: async (letterId: string, why: string) => eraseLetter(await writing(), letterId, why),
    /** Removes answers that were kept from earlier computations. */
    clearCache: () => clearCache(tools),
    rotateKey: async (why: string) => rotateKey(await writing(), settings, why),
    nameWitness: async (places: string, why: string) => nameWitness(await writing(), settings, places, why),
    /** Imports what is complete in a folder, and ends. */
    watchOnce: async (options: Watching, signal: AbortSignal = never()) =>
      watchOnce(await writing(), { ...defaultWatch, ...options }, { settings, signal, sealed: true }),
    /** Imports run directories as they appear, and allocates what follows, until the signal aborts. */
    watch: async (options: Watching, signal: AbortSignal) =>
      watchContinuously(await writing(), { ...defaultWatch, ...options }, { settings, signal, sealed: true }),
    /** Takes results in, allocates and publishes until the signal aborts. */
    work: async (work: Omit<Work, 'settings'>) => runWorker(writing, { ...work, settings }),
  };
}

/** Commands that write files or other stores, and record nothing here. */
export function outputsOf(session: Session, context: Opening, { charts }: Pick<PresentationPorts, 'charts'>) {
  const { ports } = session;
  const now = { asOf: null, knownAt: null };
  return {
    exportRun: (command: Pick<ExportRun, 'runId' | 'directory'> & Partial<RunQuestion>) =>
      exportRun(session, context.settings, { ...now, ...command }),
    /** `risk` is left out for a combination. */
    exportTable: (command: Pick<ExportTable, 'what' | 'file' | 'runId'> & Partial<ExportTable>) =>
      exportTable(ports, { ...now, risk: null, ...command }),
    exportSeries: (command: Pick<ExportSeries, 'directory' | 'runId'> & Partial<ExportSeries>) =>
      exportSeries(ports, { ...now, risk: null, format: 'csv', ...command }),
    exportBacktest: async ({ runId, meta = null, file }: ExportBacktest & { readonly meta?: string | null }) =>
      exportBacktest(ports, { runId: await runIdNow(ports, { runId, meta }, 'backtest'), file }),
    report: async (run: AnyRun, directory: string, holdings: Holdings = 'top') =>
      writeReport(charts, session, { ...now, ...(typeof run === 'string' ? { runId: run } : run) }, directory, holdings),
    exportAudit: async (command: Pick<ExportAudit, 'file'> & Partial<ExportAudit & RunReference>) => {
      const { runId = null, meta, sleeve, book, kind, ...others } = command;
      const named =
        runId === null ? null : await namedRunId(ports, { runId, meta, sleeve, book, kind, certain: true }, { ...now, ...others });
      return exportAuditFile(session, context.settings, { positions: false, ...now, ...others, runId: named });
    },
    bundle: async (run: AnyRun, file: string) =>
      bundleRun(session, context.settings, { runId: await runIdNow(ports, run, 'any'), file, reportOf: reportEntries(charts) }),
    produceResult: async (run: AnyRun, target: ResultTarget, returnsAs: ReturnsAs = 'whichever fits') =>
      produceResult(session, await runIdNow(ports, run, 'sleeve'), returnsAs, target),
    rebuild: () => rebuildReadModels(ports),
    copyTo: (store: string, signal: AbortSignal = never()) => copyInto(context, context.settings.store, store, signal),
    backUp: (file: string) => backUp(context, file),
  };
}
