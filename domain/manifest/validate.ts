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
import { resolveMeta } from './resolve-meta.ts';
import { settleBlocks } from './resolve.ts';
import { isMetaProfile, type Manifest, manifestSchema, type MetaProfile } from './schema.ts';

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
  readonly problems: ManifestProblem[];
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

function sleeveProblems(manifest: Manifest, name: string, meta: MetaProfile): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const seen = new Map<string, number>();
  for (const [index, sleeve] of meta.sleeves.entries()) {
    const here = `profiles.${name}.sleeves[${index}]`;
    const first = seen.get(sleeve.id);
    if (first !== undefined) problems.push(problem(`${here}.id`, `${here}.id: ${sleeve.id} is the id of sleeves[${first}] too.`));
    else seen.set(sleeve.id, index);
    const key = 'meta_profile' in sleeve ? 'meta_profile' : 'profile';
    const target = 'meta_profile' in sleeve ? sleeve.meta_profile : sleeve.profile;
    const missing = referenceProblem(manifest, `${here}.${key}`, target);
    problems.push(...missing);
    if (missing.length > 0) continue;
    const wrongKind = collecting(() => {
      const isMeta = isMetaProfile(followAlias(manifest, target).profile);
      if (isMeta === (key === 'meta_profile')) return;
      const sentence = isMeta
        ? `${target} is a meta portfolio: name it as meta_profile.`
        : `${target} is the profile of a sleeve: name it as profile.`;
      problems.push(problem(`${here}.${key}`, `${here}.${key}: ${sentence}`));
    }, here);
    if (wrongKind.every(({ code }) => code !== 'AliasCycle' && code !== 'ProfileUnknown')) problems.push(...wrongKind);
  }
  return problems;
}

/** References between profiles: aliases, sleeves, the default profile. */
function referenceProblems(manifest: Manifest): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  if (manifest.default_profile !== undefined) problems.push(...referenceProblem(manifest, 'default_profile', manifest.default_profile));
  for (const [name, entry] of Object.entries(manifest.profiles)) {
    if (typeof entry === 'string') {
      problems.push(...referenceProblem(manifest, `profiles.${name}`, entry));
      problems.push(...collecting(() => void followAlias(manifest, name), `profiles.${name}`).filter(({ code }) => code === 'AliasCycle'));
    } else if (isMetaProfile(entry)) {
      problems.push(...sleeveProblems(manifest, name, entry));
    }
  }
  return problems;
}

function symbolProblems(manifest: Manifest): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const check = (symbols: readonly string[] | undefined, path: string): void => {
    for (const [index, symbol] of (symbols ?? []).entries()) {
      problems.push(...collecting(() => void calendarOfSymbol(symbol, `${path}[${index}]`), path));
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
  return problems;
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
  const problems: ManifestProblem[] = [];
  const warnings: ManifestFinding[] = [];
  for (const [name, entry] of Object.entries(manifest.profiles)) {
    if (!isMetaProfile(entry)) continue;
    const here = `profiles.${name}`;
    const check = (): void => {
      const { lowerSum, upperSum, status } = feasibility(resolveMeta(manifest, name).bounds);
      const sums = `the lower bounds add up to ${lowerSum}, the upper to ${upperSum}`;
      if (status === 'infeasible') warnings.push(warning(here, `${here} cannot be allocated: ${sums}, and 1 must lie between.`));
      if (status === 'determined') warnings.push(warning(here, `${here}: the bounds alone determine the allocation (${sums}).`));
      problems.push(...quorumProblems(manifest, name));
    };
    // References, kinds and windows have been reported already.
    problems.push(...collecting(check, here).filter(({ code }) => code === 'PortfolioNestInvalid' || code === 'BoundsInfeasible'));
  }
  return { problems, warnings };
}

/** A problem is reported once, though several profiles inherit it. */
function distinct(problems: readonly ManifestProblem[]): ManifestProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path, message }) => {
    const key = JSON.stringify([code, path, message]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Checks a parsed JSON value as a manifest, whole: every problem found, not only the first. */
export function validateManifest(value: unknown, positions: JsonPositions | null = null): ManifestVerdict {
  const located = <Finding extends ManifestFinding>(finding: Finding): Finding => ({ ...finding, line: lineOf(positions, finding.path) });
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
  const settling = settlingFindings(manifest);
  const nest = nestFindings(manifest);
  const problems = inOrder([
    ...referenceProblems(manifest),
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
 * Reads the text of a `manifest.json`.
 * Errors: LimitExceeded; ManifestInvalid, AliasCycle, PortfolioNestInvalid, ExchangeUnknown or BoundsInfeasible by the first problem, all
 * of them in `evidence.problems`, each with JSON path and line.
 */
export function parseManifest(text: string, file?: string): Manifest {
  if (text.length > limits.manifestBytesMax) {
    throw new LedgerError('LimitExceeded', `The manifest has ${text.length} characters, at most ${limits.manifestBytesMax} are read.`, {
      evidence: { characters: text.length, charactersMax: limits.manifestBytesMax },
    });
  }
  const positions = jsonPositions(text, file);
  const { manifest, problems } = validateManifest(JSON.parse(text), positions);
  return manifest ?? refuseManifest(problems, file);
}
