import { type ImportedEvidence, importedRisks, judgeImported } from '../allocation/imported/judgement.ts';
import type { ImportedStream } from '../allocation/imported/profile.ts';
import { acceptMovesOf } from '../allocation/imported/stream-suspicions.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { requireRules } from '../run/rules.ts';
import { sleeveRunNames } from '../run/run-names.ts';
import type { Json } from '../shared/canonical-json.ts';
import type { CsvAsked } from '../shared/csv-reading.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';
import { byCodeUnits } from '../shared/order.ts';
import { type ComputedSleeveRun, computedRun, type SleeveRunIdentified } from './computed-run.ts';
import type { ImportedInput, SleeveRunOpened } from './events.ts';
import { importedFacts } from './facts.ts';
import { draftSleeveRun, type SleeveRunDraft } from './slice.ts';

type ImportedRole = ImportedInput['role'];

/** A file of a run directory, to be kept as it is. */
export interface KeptFile {
  readonly role: ImportedRole;
  /** Relative to the run directory. */
  readonly name: string;
  /** The risk profile in its name; null for a file of no single profile. */
  readonly risk: string | null;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** What a run directory's resolved manifest says, and nothing that it does not say. */
export interface ImportedSettings {
  /** The profile that ran; null when the file does not name it. */
  readonly profile: string | null;
  readonly currency: string;
  readonly currencyTreatment: 'hedged' | 'converted' | null;
  readonly temporalId: string | null;
  /** By dotted path, as written; with the temporal id when all its parts are written. */
  readonly leaves: Readonly<Record<string, Json>>;
  /** The same as identity version 1 read them: what names the run. */
  readonly leavesOfVersion1: Readonly<Record<string, Json>>;
}

/** A run that somebody else computed, as its directory has it. */
export interface ImportedRun {
  readonly sleeve: string;
  readonly profile: string;
  readonly correction: number;
  /** How names that can be read in two ways were read. */
  readonly map: Readonly<Record<string, string>>;
  /** What was said of how CSV is read; null for nothing. */
  readonly csv: CsvAsked | null;
  readonly settings: ImportedSettings;
  readonly files: readonly KeptFile[];
  /** Files that could be taken for evidence and were not read. */
  readonly leftAside: readonly string[];
  /** One at least. */
  readonly streams: readonly ImportedStream[];
}

export interface IdentifiedImport extends SleeveRunIdentified {
  readonly inputs: SleeveRunOpened['inputs'];
}

/**
 * The session up to which the run speaks: the last date of its hrp returns, without which it is ineligible anyway; else the last of any
 * stream.
 */
function asOfOf(streams: readonly ImportedStream[]): string {
  const hrp = streams.find(({ risk }) => risk === 'hrp');
  const lasts = (hrp === undefined ? streams : [hrp]).map(({ series }) => series.dates.at(-1)!);
  return lasts.toSorted(byCodeUnits).at(-1)!;
}

/**
 * Names an imported run by its files and by what its manifest states, before anything is judged. The rules are not part of it, and no
 * default of this program.
 */
export function identifyImport(
  { sleeve, profile, correction, map, csv, settings, files, leftAside, streams }: ImportedRun,
  sha256: Sha256,
): IdentifiedImport {
  const { currency, currencyTreatment, leavesOfVersion1: leaves } = settings;
  const asOf = asOfOf(streams);
  const staged = new StagedArtifacts(sha256);
  const inputs = files.map(({ role, name, risk, bytes, mediaType }) => ({ role, name, risk, document: staged.verbatim(bytes, mediaType) }));
  const definition = { kind: 'imported', profile, leaves, leftAside };
  const payloadHash = hashOfJson(sha256, {
    definition,
    currency,
    currencyTreatment,
    map,
    ...(csv === null ? {} : { csv }),
    inputs: inputs.map(({ role, name, document }) => [role, name, document.sha256]),
  });
  return {
    names: sleeveRunNames(sha256, { sleeve, profile, asOf, correction }, [payloadHash]),
    sleeve,
    profile,
    asOf,
    correction,
    inputs,
    staged,
  };
}

function opening(
  { map, csv, settings, leftAside }: ImportedRun,
  rules: number,
  { names, sleeve, profile, asOf, correction, inputs, staged }: IdentifiedImport,
): SleeveRunDraft {
  return draftSleeveRun('SleeveRunOpened', {
    runId: names[0].runId,
    sleeve,
    profile,
    asOf,
    correction,
    source: 'import',
    temporalId: settings.temporalId,
    rules: requireRules(rules),
    definition: staged.document('imported-definition', { profile, leaves: settings.leaves, leftAside }),
    currency: settings.currency,
    currencyTreatment: settings.currencyTreatment,
    options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: { ...map }, ...(csv === null ? {} : { csv }) },
    inputs,
  });
}

/** An imported run with the grade that it earns. Errors: ExchangeUnknown naming its file; RulesUnknown. */
export function computeImport(
  run: ImportedRun,
  evidence: Omit<ImportedEvidence, 'asOf' | 'acceptMoves'>,
  rules: number,
  identified: IdentifiedImport,
): ComputedSleeveRun {
  const acceptMoves = acceptMovesOf(run.sleeve, run.settings.leaves);
  const judgement = judgeImported({ ...evidence, asOf: identified.asOf, acceptMoves }, rules);
  const facts = [opening(run, rules, identified), ...importedFacts(judgement, identified.staged)];
  return computedRun(identified, facts, judgement.grading, importedRisks(judgement.profiles));
}
