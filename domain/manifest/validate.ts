import { wholeOverlays } from '../overlay/parameters.ts';
import { calendarOfSymbol } from '../returns/calendar.ts';
import { LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { suggestedSentence } from '../shared/suggest.ts';
import { isZone } from '../shared/zones.ts';
import { followAlias, profileNamed } from './aliases.ts';
import { feasibility } from './bounds.ts';
import { exceptionProblems } from './exception-sleeves.ts';
import { type JsonPositions, jsonPositions } from './json-positions.ts';
import { isProblemCode, lineOf, type ManifestProblem, problem, problemsOfIssues, refuseManifest } from './problems.ts';
import { quorumProblems } from './publication-policy.ts';
import { ResolvedOnce } from './resolve-meta.ts';
import { settleBlocks } from './resolve.ts';
import { isMetaProfile, type Manifest, manifestSchema, type MetaProfile } from './schema.ts';
import { Problems, tooManyProfiles, tooMuchInherited } from './size.ts';

export interface ManifestFinding {
  readonly path: string;
  readonly message: string;
  readonly line: number | null;
}

export interface ManifestVerdict {
  /** Null when there are problems. */
  readonly manifest: Manifest | null;
  readonly problems: readonly ManifestProblem[];
  /** What is allowed and deserves a look. */
  readonly warnings: readonly ManifestFinding[];
}

interface Findings {
  readonly problems: readonly ManifestProblem[];
  readonly warnings: ManifestFinding[];
}

/** Runs a step that refuses by throwing, and keeps the refusal as problems. */
function collecting(step: () => void, path: string): ManifestProblem[] {
  try {
    step();
    return [];
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const problems = error.evidence['problems'];
    if (Array.isArray(problems)) return problems as ManifestProblem[];
    if (!isProblemCode(error.code)) throw error;
    return [problem(error.at.path ?? path, error.message, error.code)];
  }
}

function referenceProblem(manifest: Manifest, path: string, name: string): ManifestProblem[] {
  if (profileNamed(manifest, name) !== undefined) return [];
  return [problem(path, suggestedSentence(`${path}: there is no profile ${name}`, name, Object.keys(manifest.profiles)))];
}

function addSleeveProblems(problems: Problems, manifest: Manifest, name: string, meta: MetaProfile): void {
  const seen = new Map<string, number>();
  for (const [index, sleeve] of meta.sleeves.entries()) {
    if (problems.isFull) return;
    const here = `profiles.${name}.sleeves[${index}]`;
    const first = seen.get(sleeve.id);
    if (first !== undefined) problems.add(problem(`${here}.id`, `${here}.id: ${sleeve.id} is the id of sleeves[${first}] too.`));
    else seen.set(sleeve.id, index);
    const key = 'meta_profile' in sleeve ? 'meta_profile' : 'profile';
    const target = 'meta_profile' in sleeve ? sleeve.meta_profile : sleeve.profile;
    const missing = referenceProblem(manifest, `${here}.${key}`, target);
    problems.add(...missing);
    if (missing.length > 0) continue;
    const wrongKind = collecting(() => {
      const isMeta = isMetaProfile(followAlias(manifest, target).profile);
      if (isMeta === (key === 'meta_profile')) return;
      const sentence = isMeta
        ? `${target} is a meta portfolio: name it as meta_profile.`
        : `${target} is the profile of a sleeve: name it as profile.`;
      problems.add(problem(`${here}.${key}`, `${here}.${key}: ${sentence}`));
    }, here);
    if (wrongKind.every(({ code }) => code !== 'AliasCycle' && code !== 'ProfileUnknown')) problems.add(...wrongKind);
  }
}

/** References between profiles: aliases, sleeves, the default profile. */
function referenceProblems(manifest: Manifest): readonly ManifestProblem[] {
  const problems = new Problems();
  if (manifest.default_profile !== undefined) problems.add(...referenceProblem(manifest, 'default_profile', manifest.default_profile));
  for (const [name, entry] of Object.entries(manifest.profiles)) {
    if (problems.isFull) break;
    if (typeof entry === 'string') {
      problems.add(...referenceProblem(manifest, `profiles.${name}`, entry));
      problems.add(...collecting(() => void followAlias(manifest, name), `profiles.${name}`).filter(({ code }) => code === 'AliasCycle'));
    } else if (isMetaProfile(entry)) {
      addSleeveProblems(problems, manifest, name, entry);
    }
  }
  return problems.list;
}

function symbolProblems(manifest: Manifest): readonly ManifestProblem[] {
  const problems = new Problems();
  const check = (symbols: readonly string[] | undefined, path: string): void => {
    for (const [index, symbol] of (symbols ?? []).entries()) {
      if (problems.isFull) return;
      problems.add(...collecting(() => void calendarOfSymbol(symbol, `${path}[${index}]`), path));
    }
  };
  const visit = (blocks: Pick<MetaProfile, 'data' | 'backtest'>, at: string): void => {
    check(blocks.data?.symbols, `${at}data.symbols`);
    check(blocks.data?.exclude, `${at}data.exclude`);
    check(blocks.backtest?.benchmark_symbols, `${at}backtest.benchmark_symbols`);
  };
  visit(manifest, '');
  if (manifest.defaults !== undefined) visit(manifest.defaults, 'defaults.');
  for (const [name, entry] of Object.entries(manifest.profiles)) if (typeof entry !== 'string') visit(entry, `profiles.${name}.`);
  return problems.list;
}

function zoneProblems(manifest: Manifest): ManifestProblem[] {
  return Object.entries(manifest.profiles).flatMap(([name, entry]) => {
    if (typeof entry === 'string' || isMetaProfile(entry) || entry.expected_by === undefined || isZone(entry.expected_by.zone)) return [];
    const here = `profiles.${name}.expected_by.zone`;
    return [problem(here, `${here}: ${entry.expected_by.zone} is not a zone of the time zone database.`)];
  });
}

/** What fits each field alone may contradict itself over the defaults. */
function overlayProblems(manifest: Manifest): ManifestProblem[] {
  return Object.entries(manifest.profiles).flatMap(([name, entry]) => {
    if (typeof entry === 'string' || isMetaProfile(entry) || entry.overlays === undefined) return [];
    const whole = wholeOverlays(entry.overlays);
    return whole.success ? [] : problemsOfIssues(whole.error.issues, ['profiles', name, 'overlays']);
  });
}

const warning = (path: string, message: string): ManifestFinding => ({ path, message, line: null });

/** Every profile is resolved once: what contradicts itself only after merging shows here. */
function settlingFindings(manifest: Manifest): Findings {
  const problems: ManifestProblem[] = [];
  const warnings: ManifestFinding[] = [];
  for (const [name, entry] of Object.entries(manifest.profiles)) {
    if (typeof entry === 'string') continue;
    const here = `profiles.${name}`;
    const { settled, problems: found } = settleBlocks(manifest, name, entry, {});
    problems.push(...found);
    if (settled === null || found.length > 0 || isMetaProfile(entry)) continue;
    const { data, backtest } = settled.blocks;
    const { train_window: train, test_window: test } = backtest;
    if (data.min_days_floor > 0 && data.min_days_floor < train) {
      warnings.push(warning(here, `${here}: min_days_floor ${data.min_days_floor} is below train_window ${train}.`));
    }
    if (train + test >= data.lookback_days) {
      warnings.push(warning(here, `${here}: lookback_days ${data.lookback_days} holds no full window of ${train} and ${test} rows.`));
    }
  }
  return { problems, warnings };
}

/** Every meta portfolio is resolved once, for its nest and its bounds. */
function nestFindings(manifest: Manifest): Findings {
  const resolved = new ResolvedOnce(manifest);
  const problems = new Problems();
  const warnings: ManifestFinding[] = [];
  for (const [name, entry] of Object.entries(manifest.profiles)) {
    if (problems.isFull) break;
    if (!isMetaProfile(entry)) continue;
    const here = `profiles.${name}`;
    const check = (): void => {
      const { lowerSum, upperSum, status } = feasibility(resolved.meta(name, []).bounds);
      const sums = `the lower bounds add up to ${lowerSum}, the upper to ${upperSum}`;
      if (status === 'infeasible') warnings.push(warning(here, `${here} cannot be allocated: ${sums}, and 1 must lie between.`));
      if (status === 'determined') warnings.push(warning(here, `${here}: the bounds alone determine the allocation (${sums}).`));
      problems.add(...quorumProblems(resolved, name));
    };
    // References, kinds and windows have been reported already.
    problems.add(...collecting(check, here).filter(({ code }) => code === 'PortfolioNestInvalid' || code === 'BoundsInfeasible'));
  }
  return { problems: problems.list, warnings };
}

/** A problem is reported once, though several profiles inherit it. */
function distinct(problems: readonly ManifestProblem[]): ManifestProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path, message }) => {
    const key = JSON.stringify([code, path, message]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Checks a parsed JSON value as a manifest, whole: every problem found, not only the first, up to as many as are told. */
export function validateManifest(value: unknown, positions: JsonPositions | null = null): ManifestVerdict {
  const located = <Finding extends ManifestFinding>(finding: Finding): Finding => ({ ...finding, line: lineOf(positions, finding.path) });
  const many = tooManyProfiles(value).map(located);
  if (many.length > 0) return { manifest: null, problems: many, warnings: [] };
  const parsed = manifestSchema.safeParse(value, { reportInput: true });
  const textual = [
    ...(positions?.duplicates ?? []).map(({ path, line }) => ({
      ...problem(path, `${path} is written twice: a parser would keep the last only.`),
      line,
    })),
    ...(positions?.reserved ?? []).map(({ path, line }) => ({ ...problem(path, `${path}: this name is reserved.`), line })),
  ];
  const inOrder = (found: readonly ManifestProblem[]): ManifestProblem[] =>
    distinct([...textual, ...found.map(located)]).toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
  if (!parsed.success) return { manifest: null, problems: inOrder(problemsOfIssues(parsed.error.issues)), warnings: [] };
  const manifest = parsed.data;
  const inherited = tooMuchInherited(manifest).map(located);
  if (inherited.length > 0) return { manifest: null, problems: inherited, warnings: [] };
  const references = referenceProblems(manifest);
  // Whoever has as many to mend comes again.
  if (references.length >= limits.manifestProblemsMax) return { manifest: null, problems: inOrder(references), warnings: [] };
  const settling = settlingFindings(manifest);
  const nest = nestFindings(manifest);
  const problems = inOrder([
    ...references,
    ...exceptionProblems(manifest),
    ...symbolProblems(manifest),
    ...zoneProblems(manifest),
    ...overlayProblems(manifest),
    ...settling.problems,
    ...nest.problems,
  ]);
  return { manifest: problems.length === 0 ? manifest : null, problems, warnings: [...settling.warnings, ...nest.warnings].map(located) };
}

/**
 * The verdict about the text of a `manifest.json`. Errors: LimitExceeded; ManifestInvalid for what is no JSON.
 */
export function judgedManifest(text: string, file?: string): ManifestVerdict {
  if (text.length > limits.manifestBytesMax) {
    throw new LedgerError('LimitExceeded', `The manifest has ${text.length} characters, at most ${limits.manifestBytesMax} are read.`, {
      evidence: { characters: text.length, charactersMax: limits.manifestBytesMax },
      at: file === undefined ? {} : { file },
    });
  }
  const positions = jsonPositions(text, file);
  return validateManifest(JSON.parse(text), positions);
}

/**
 * Reads the text of a `manifest.json`.
 * Errors: LimitExceeded; ManifestInvalid, AliasCycle, PortfolioNestInvalid, ExchangeUnknown or BoundsInfeasible by the first problem, all
 * of them in `evidence.problems`, each with JSON path and line.
 */
export function parseManifest(text: string, file?: string): Manifest {
  const { manifest, problems } = judgedManifest(text, file);
  return manifest ?? refuseManifest(problems, file);
}
