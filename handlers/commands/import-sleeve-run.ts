import type { OriginChain } from '../../domain/audit/origin-chain.ts';
import { grossMaxOf } from '../../domain/manifest/gross-max.ts';
import { admitReturnDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { type CsvAsked, nothingAsked, saidOfCsv } from '../../domain/shared/csv-reading.ts';
import type { EligibilityFinding } from '../../domain/run/grade.ts';
import { evidenceIn } from '../../domain/sleeve-run/recorded.ts';
import type { IdentifiedImport } from '../../domain/sleeve-run/imported-run.ts';
import {
  type ComputedImport,
  computeNamedImport,
  identifyImportedRun,
  type ImportedRunRequest,
} from '../intake/run-directory/imported-run.ts';
import type { NameMapping } from '../intake/run-directory/return-file-names.ts';
import { readRunFiles } from '../intake/run-directory/run-files.ts';
import type { Ports, RunDirectory } from '../ports/ports.ts';
import type { LazyLedger, Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { settleSleeveRun, type SleeveRunAnswer } from './flow-production.ts';

export interface ImportSleeveRun {
  /** The run directory. */
  readonly run: string;
  /** Under which name the run is filed; null takes the profile that its manifest names. */
  readonly profile: string | null;
  readonly map: NameMapping;
  /** What is said of how CSV is read; left out for nothing. */
  readonly csv?: CsvAsked;
  readonly correction: number;
}

type ImportTools = Pick<Ports, 'runDirectories' | 'returnsParsers' | 'crypto' | 'clock'>;
type ReadingTools = Omit<ImportTools, 'runDirectories'>;

/**
 * An import that is named: whether it is recorded can be asked before it is computed. Computing refuses dates after tomorrow
 * (DateInFuture) and weights of another size than is taken (WeightsRefused).
 */
export interface ReadImport {
  readonly identified: IdentifiedImport;
  /** How its files were read, where that is not the plain way. */
  readonly notices: readonly string[];
  /** `declared`: the bound of gross exposure that its sleeve is defined with here; null for none. */
  readonly compute: (declared: number | null) => ComputedImport;
}

/** The bound of gross exposure that a sleeve is defined with in a ledger; null where neither says one. */
export async function grossMaxIn(session: Session | null, sleeve: string): Promise<number | null> {
  return session === null ? null : ((await streams.sleeve.state(session, sleeve)).definition?.grossMax ?? null);
}

/** Reads a directory that is open already, and names its run. Errors: those of `identifyImportedRun`. */
export async function readOpenedRun(
  { returnsParsers, crypto, clock }: ReadingTools,
  directory: RunDirectory,
  { profile, map, csv = nothingAsked, correction }: Omit<ImportSleeveRun, 'run'>,
): Promise<ReadImport> {
  const { files, leftAside } = await readRunFiles(directory, map);
  const request: ImportedRunRequest = {
    sleeve: profile,
    map,
    csv: saidOfCsv(csv),
    correction,
    rules: rulesInForce,
    root: directory.root,
    files,
    leftAside,
  };
  const named = await identifyImportedRun(request, returnsParsers, crypto.sha256);
  const compute = (declared: number | null): ComputedImport => {
    admitReturnDates(named.run.streams, latestDateAt(clock.now()));
    return computeNamedImport(request, named, crypto.sha256, grossMaxOf(declared));
  };
  return { identified: named.identified, notices: named.notices, compute };
}

/**
 * Reads a run directory and computes what it is worth, without recording anything. Errors: FileMissing, PathOutsideRoot and those of
 * `computeNamedImport`.
 */
export async function importSleeveRun(tools: ImportTools, { run, ...command }: ImportSleeveRun): Promise<ComputedImport> {
  return (await readOpenedRun(tools, await tools.runDirectories.open(run), command)).compute(null);
}

export interface ImportAnswer extends SleeveRunAnswer {
  readonly evidence: EligibilityFinding['evidence'];
  readonly sourceChain: OriginChain['status'];
  readonly notices: readonly string[];
}

/** What the grade says of the source's own audit chain. */
const chainStatus: Readonly<Record<string, OriginChain['status']>> = { passed: 'verified', failed: 'broken', unknown: 'absent' };

/** Imports a run directory and records it, or answers with the recorded result of the same files. */
export async function importAndRecordRun(
  tools: ImportTools,
  ledger: LazyLedger,
  { run, ...command }: ImportSleeveRun,
  signal: AbortSignal | null = null,
): Promise<ImportAnswer> {
  const { identified, notices, compute } = await readOpenedRun(tools, await tools.runDirectories.open(run), command);
  const admitted = async (): Promise<ComputedImport> => compute(await grossMaxIn(await ledger.existing(), identified.sleeve));
  const answer = await settleSleeveRun(ledger, identified.names, admitted, signal);
  const evidence = evidenceIn(answer.drafts);
  return { ...answer, evidence, notices, sourceChain: chainStatus[evidence.find(({ check }) => check === 'source_chain')!.status]! };
}
