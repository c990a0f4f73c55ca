import { draftEvent } from '../../domain/catalogue.ts';
import { assertExecutable } from '../../domain/manifest/executable.ts';
import { optionsIdentity, profileIdentity } from '../../domain/manifest/identity.ts';
import { isExecutedRiskProfile } from '../../domain/manifest/risk-profiles.ts';
import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import { solveParametersOf } from '../../domain/manifest/solve-parameters.ts';
import { temporalId, temporalParametersOf } from '../../domain/manifest/temporal-id.ts';
import { annualisationDays, calendarOfSymbol, calendarsOf } from '../../domain/returns/calendar.ts';
import { measureCoverage } from '../../domain/returns/coverage.ts';
import { formGrid, type Grid } from '../../domain/returns/grid.ts';
import { auditPrices, type IntegrityVerdict, mergePriceTables, repairOffCalendar } from '../../domain/returns/integrity.ts';
import type { DroppedPrice } from '../../domain/returns/prices.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { type RiskProfile, riskProfiles } from '../../domain/risk/schemas.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { hashOfJson, type Sha256 } from '../../domain/shared/hashing.ts';
import { gradeRun } from '../../domain/sleeve/eligibility.ts';
import type { EligibilityFinding, EligibilityGrade, SleeveRunAccepted, SleeveRunOpened } from '../../domain/sleeve/events.ts';
import type { SleeveRunDraft } from '../../domain/sleeve/run-slice.ts';
import { ArtifactShelf, matrixAsTable } from '../artifact-files.ts';
import { type Names, type SleeveRunName, sleeveRunNames } from '../identity.ts';
import { auditedFile, scoped, type PriceInput, type ScopedPrices, type SleeveRunOptions, type Universe, universeOf } from './sleeve-inputs.ts';
import { computeProfile } from './sleeve-profile.ts';

/** Share of its own sessions that a symbol must cover (R12). */
export const coverageMin = 0.7;

export interface SleeveRunRequest {
  /** As requested, possibly an alias. */
  readonly sleeve: string;
  readonly resolved: ResolvedProfile;
  readonly options: SleeveRunOptions;
  readonly correction: number;
  /** Version of the rules to compute under. */
  readonly rules: number;
  readonly files: readonly PriceInput[];
}

/** A run computed whole: its facts, the artifacts they refer to, and what the sleeve's stream will say of it. */
export interface ComputedSleeveRun {
  readonly runId: string;
  /** Under which the run may have been recorded before, its own name first. */
  readonly names: Names<SleeveRunName>;
  readonly asOf: string;
  readonly payloadHash: string;
  readonly drafts: readonly SleeveRunDraft[];
  readonly shelf: ArtifactShelf;
  readonly grade: EligibilityGrade;
  readonly reasons: readonly string[];
  /** Null when the run is ineligible. */
  readonly acceptance: SleeveRunAccepted | null;
}

const eligibilityEvents = { CERTIFIED: 'SleeveRunCertified', DEGRADED: 'SleeveRunDegraded', INELIGIBLE: 'SleeveRunFoundIneligible' } as const;

export function eligibilityDraft(grade: EligibilityGrade, finding: EligibilityFinding): SleeveRunDraft {
  return draftEvent(eligibilityEvents[grade], finding);
}

function lastPriceDate(files: readonly ScopedPrices[], universe: Universe): string {
  const wanted = new Set(universe.symbols);
  let last = '';
  for (const { table } of files) {
    for (const [column, symbol] of table.symbols.entries()) {
      if (!wanted.has(symbol)) continue;
      const row = table.closes[column]!.findLastIndex((price) => !Number.isNaN(price));
      if (row >= 0 && table.dates[row]! > last) last = table.dates[row]!;
    }
  }
  if (last === '') throw new LedgerError('HistoryTooShort', 'no symbol of the universe has a price in the range', { evidence: { symbols: universe.symbols } });
  return last;
}

interface Audited {
  readonly files: readonly ScopedPrices[];
  readonly verdict: IntegrityVerdict;
  readonly repaired: readonly DroppedPrice[];
}

function audited(request: SleeveRunRequest, scopedFiles: readonly ScopedPrices[], universe: Universe): Audited {
  const { options, resolved } = request;
  const repaired: DroppedPrice[] = [];
  const files = scopedFiles.map((file) => {
    if (options.repair === 'none') return file;
    const repair = repairOffCalendar(file.table);
    repaired.push(...repair.dropped);
    return { ...file, table: repair.table };
  });
  const coverage = measureCoverage({ table: mergePriceTables(files.map(auditedFile)), universe: universe.symbols, from: options.from, asOf: options.asOf, lookbackDays: resolved.blocks.data.lookback_days });
  const verdict = auditPrices({
    files: files.map(auditedFile),
    asOf: options.asOf,
    range: { from: options.from, to: options.asOf },
    symbols: [...universe.symbols, ...universe.benchmarks],
    // Staleness is judged of what the sleeve can hold: a symbol that its coverage drops ends no grid early, and is listed as dropped.
    inactive: [...coverage.inactive, ...coverage.symbols.filter((symbol) => symbol.coverage < coverageMin).map(({ symbol }) => symbol)],
  });
  return { files, verdict, repaired };
}

function risksOf(resolved: ResolvedProfile): RiskProfile[] {
  const listed = new Set<string>(resolved.blocks.backtest.profiles);
  return riskProfiles.filter((risk) => listed.has(risk));
}

function notApplied(resolved: ResolvedProfile): { path: string; value: unknown; why: string }[] {
  const unknown = resolved.blocks.backtest.profiles.filter((name) => !isExecutedRiskProfile(name));
  const leaves = resolved.notApplied.map(({ path, value, why }) => ({ path, value: value as unknown, why }));
  return unknown.length === 0 ? leaves : [...leaves, { path: 'backtest.profiles', value: unknown, why: 'these profiles are not computed' }];
}

function universeDraft(grid: Grid, resolved: ResolvedProfile, shelf: ArtifactShelf): SleeveRunDraft {
  const calendars = calendarsOf(grid.kept);
  return draftEvent('UniverseFormed', {
    kept: grid.kept.map((symbol) => ({ symbol, calendar: calendarOfSymbol(symbol) })),
    dropped: grid.dropped,
    inactive: grid.inactive,
    coverageMin,
    benchmarks: grid.benchmarks,
    grid: { ...grid.grid, lookbackDays: grid.lookbackDays, lookbackApplied: grid.lookbackApplied },
    annualisationDays: annualisationDays(calendars),
    returns: shelf.table(matrixAsTable(grid.returns), calendars),
    benchmarkReturns: grid.benchmarkReturns === null ? null : shelf.table(matrixAsTable(grid.benchmarkReturns), calendarsOf(grid.benchmarks.present)),
    notApplied: notApplied(resolved),
  });
}

interface Profiles {
  readonly drafts: readonly SleeveRunDraft[];
  readonly grade: EligibilityGrade;
  readonly finding: EligibilityFinding;
  readonly risks: RiskProfile[];
}

function profilesOf(request: SleeveRunRequest, grid: Grid, shelf: ArtifactShelf, advance: (risk: string) => void): Profiles {
  const { resolved } = request;
  const calendars = calendarsOf(grid.kept);
  const parameters = solveParametersOf(resolved.blocks, annualisationDays(calendars));
  const drafts: SleeveRunDraft[] = [];
  const profiles: Parameters<typeof gradeRun>[0]['profiles'][number][] = [];
  const risks: RiskProfile[] = [];
  for (const risk of risksOf(resolved)) {
    advance(risk);
    const matrix = risk === 'market' ? grid.benchmarkReturns : grid.returns;
    if (matrix === null) {
      const reason = `no benchmark has a price on every grid date: ${grid.benchmarks.absent.map((item) => `${item.symbol} (${item.reason})`).join('; ')}`;
      drafts.push(draftEvent('SleeveProfileAbsent', { risk, reason }));
      profiles.push({ risk, status: 'absent', hasWeights: false, rows: 0 });
      continue;
    }
    const outcome = computeProfile({ risk, matrix, resolved, parameters, calendars }, shelf);
    drafts.push(outcome.draft);
    profiles.push({ risk, status: outcome.solved ? 'native' : 'failed', hasWeights: outcome.solved, rows: outcome.rows });
    if (outcome.solved) risks.push(risk);
  }
  const { grade, finding } = gradeRun({
    integrity: 'passed',
    profiles,
    signTest: { status: 'not_applicable', detail: 'every stream is the return of its symbol: no synthetic short streams' },
    sourceChain: 'not_applicable',
  });
  return { drafts, grade, finding, risks };
}

/** A run that is named and not computed: what it reads, cut to its scope. */
export interface IdentifiedSleeveRun {
  readonly names: Names<SleeveRunName>;
  readonly asOf: string;
  readonly universe: Universe;
  readonly files: readonly ScopedPrices[];
  readonly inputs: SleeveRunOpened['inputs'];
  readonly shelf: ArtifactShelf;
}

/**
 * Names a sleeve run by its definition and the prices that it reads, before anything is computed. The rules are no part of it.
 * Errors: PricesMissing, ExchangeUnknown, HistoryTooShort.
 */
export function identifySleeveRun({ sleeve, resolved, options, correction, files: given }: SleeveRunRequest, sha256: Sha256): IdentifiedSleeveRun {
  const universe = universeOf(resolved, options, given);
  const files = given.map((file) => scoped(file, universe, options));
  const asOf = options.asOf ?? lastPriceDate(files, universe);
  const shelf = new ArtifactShelf(sha256);
  const inputs = files.map((file) => ({
    role: 'prices' as const,
    name: file.name,
    fileSha256: file.fileSha256,
    table: shelf.table({ dates: file.table.dates, columns: file.table.symbols, values: file.table.closes }, calendarsOf(file.table.symbols)),
    lines: file.lines === null || 'first' in file.lines ? file.lines : [...file.lines],
    defects: [...file.defects],
  }));
  const payloadHash = hashOfJson(sha256, {
    definition: profileIdentity(resolved),
    options: optionsIdentity(options, 'sleeve_run'),
    inputs: inputs.map(({ table, defects }) => ({ table: table.sha256, defects })),
  });
  return { names: sleeveRunNames(sha256, { sleeve, profile: resolved.profile, asOf, correction }, [payloadHash]), asOf, universe, files, inputs, shelf };
}

function openedDraft({ sleeve, resolved, options, correction, rules }: SleeveRunRequest, { names, asOf, inputs, shelf }: IdentifiedSleeveRun, sha256: Sha256): SleeveRunDraft {
  return draftEvent('SleeveRunOpened', {
    runId: names[0].runId,
    sleeve,
    profile: resolved.profile,
    asOf,
    correction,
    source: 'production',
    temporalId: temporalId(sha256, temporalParametersOf(resolved.blocks)),
    rules: requireRules(rules),
    definition: shelf.document('resolved-profile', resolved),
    currency: resolved.currency,
    currencyTreatment: resolved.currencyTreatment,
    options,
    inputs,
  });
}

/**
 * Computes a sleeve run from prices: integrity first, then the universe and its grid, then every risk profile, then the grade. Pure but for
 * the progress that it reports; replay calls it again with what the ledger kept.
 * Errors: those of `identifySleeveRun`; SelectionModeUnavailable, UniverseTooSmall, SymbolTwice.
 */
export function computeSleeveRun(request: SleeveRunRequest, sha256: Sha256, advance: (risk: string) => void = () => undefined, known: IdentifiedSleeveRun | null = null): ComputedSleeveRun {
  const { sleeve, resolved, options, correction } = request;
  assertExecutable(resolved);
  const named = known ?? identifySleeveRun(request, sha256);
  const { names, asOf, universe, files, shelf } = named;
  const opened = openedDraft(request, named, sha256);
  const audit = audited(request, files, universe);
  const integrity = { verdict: audit.verdict, repaired: audit.repaired };
  const identity = { ...names[0], names, asOf, shelf };
  if (audit.verdict.errors > 0) {
    const { grade, finding } = gradeRun({ integrity: 'failed', profiles: [], signTest: { status: 'unknown', detail: 'not reached' }, sourceChain: 'not_applicable' });
    return { ...identity, drafts: [opened, draftEvent('IntegrityFailed', integrity), eligibilityDraft(grade, finding)], grade, reasons: finding.reasons, acceptance: null };
  }
  const grid = formGrid({
    table: mergePriceTables(audit.files.map(auditedFile)),
    universe: universe.symbols,
    benchmarks: universe.benchmarks,
    from: options.from,
    asOf: options.asOf,
    lookbackDays: resolved.blocks.data.lookback_days,
    coverageMin,
  });
  const { drafts, grade, finding, risks } = profilesOf(request, grid, shelf, advance);
  return {
    ...identity,
    drafts: [opened, draftEvent('IntegrityPassed', integrity), universeDraft(grid, resolved, shelf), ...drafts, eligibilityDraft(grade, finding)],
    grade,
    reasons: finding.reasons,
    acceptance: grade === 'INELIGIBLE' ? null : { ...names[0], sleeve, profile: resolved.profile, asOf, correction, eligibility: grade, risks },
  };
}
