import type { z } from 'zod';
import { type ErrorCode, LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { likely, suggestedSentence } from '../shared/suggest.ts';
import { keysOfBlock } from './blocks.ts';
import { joinPath, type JsonPositions } from './json-positions.ts';
import {
  acceptanceBlockSchema,
  atomicSleeveSchema,
  metaAllocationObjectSchema,
  nestedSleeveSchema,
  parityBlockSchema,
} from './meta-blocks.ts';
import { hrpBlockSchema } from './risk-block.ts';
import { manifestKeys, metaProfileKeys, profileKeys } from './schema.ts';

const problemCodes = [
  'ManifestInvalid',
  'AliasCycle',
  'PortfolioNestInvalid',
  'ProfileUnknown',
  'ExchangeUnknown',
  'BoundsInfeasible',
  'LimitExceeded',
] as const satisfies readonly ErrorCode[];
type ProblemCode = (typeof problemCodes)[number];

export function isProblemCode(code: ErrorCode): code is ProblemCode {
  return (problemCodes as readonly ErrorCode[]).includes(code);
}

/** One thing wrong with a manifest: where, and a sentence that says what. */
export interface ManifestProblem {
  readonly code: ProblemCode;
  readonly path: string;
  readonly message: string;
  readonly line: number | null;
}

export function problem(path: string, message: string, code: ManifestProblem['code'] = 'ManifestInvalid'): ManifestProblem {
  return { code, path, message, line: null };
}

const named: Readonly<Record<string, readonly string[]>> = {
  ...keysOfBlock,
  hrp: Object.keys(hrpBlockSchema.shape),
  meta_allocation: Object.keys(metaAllocationObjectSchema.shape),
  parity: Object.keys(parityBlockSchema.shape),
  acceptance: Object.keys(acceptanceBlockSchema.shape),
};

/** Keys that may stand at a place, judged by the names on the way to it. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return manifestKeys;
  const last = path.at(-1);
  if (typeof last === 'number' && path.at(-2) === 'sleeves') {
    return [...Object.keys(atomicSleeveSchema.shape), ...Object.keys(nestedSleeveSchema.shape)];
  }
  if (path.length === 2 && path[0] === 'profiles') return [...profileKeys, ...metaProfileKeys];
  if (path.length === 1 && last === 'defaults') return Object.keys(keysOfBlock);
  return named[String(last)] ?? [];
}

function unknownKey(key: string, path: readonly PropertyKey[]): ManifestProblem {
  const here = joinPath([...path, key]);
  const home = Object.entries(keysOfBlock).find(([, keys]) => keys.includes(key));
  const others = keysAt(path).filter((known) => known !== key);
  const isMetaOnly = path.length === 2 && metaProfileKeys.includes(key);
  if (isMetaOnly) return problem(here, `${here} is not known: it belongs to a meta profile, which has sleeves.`);
  if (home !== undefined && likely(key, others).length === 0)
    return problem(here, `${here} is not known: it belongs to the block ${home[0]}.`);
  return problem(here, suggestedSentence(`${here} is not known`, key, others));
}

/** Sentences for what the schemas found wrong, of each kind no more than are told. */
export function problemsOfIssues(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): ManifestProblem[] {
  return issues.slice(0, limits.manifestProblemsMax).flatMap((issue): ManifestProblem[] => {
    const path = [...prefix, ...issue.path];
    const here = joinPath(path);
    const label = here === '' ? 'The manifest' : here;
    if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, limits.manifestProblemsMax).map((key) => unknownKey(key, path));
    if (issue.code === 'invalid_key')
      return [problem(here, `The name ${JSON.stringify(String(path.at(-1)))} ${issue.issues[0]?.message ?? 'is not allowed'}.`)];
    if (issue.code === 'invalid_value') {
      const values = issue.values.map(String);
      const meant = typeof issue.input === 'string' ? likely(issue.input, values) : [];
      const sentence = `${label} must be one of ${values.join(', ')}`;
      return [problem(here, meant.length === 0 ? `${sentence}.` : suggestedSentence(sentence, String(issue.input), values))];
    }
    return [problem(here, `${label}: ${issue.message.replace(/^Invalid input: /, '')}.`)];
  });
}

/** The line of the value at a path, or of the nearest enclosing value that the file has. */
export function lineOf(positions: JsonPositions | null, path: string): number | null {
  if (positions === null) return null;
  let here = path;
  for (;;) {
    const line = positions.lines.get(here);
    if (line !== undefined) return line;
    if (here === '') return null;
    here = here.slice(0, Math.max(0, here.lastIndexOf('.'), here.lastIndexOf('[')));
  }
}

/** Refuses with all problems as evidence; the first one gives the code, the sentence and the place. */
export function refuseManifest(problems: readonly ManifestProblem[], file?: string): never {
  const first = problems[0]!;
  const others = problems.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more ${others === 1 ? 'problem' : 'problems'})`;
  throw new LedgerError(first.code, `${first.message}${more}`, {
    evidence: { problems },
    at: {
      ...(file === undefined ? {} : { file }),
      ...(first.line === null ? {} : { line: first.line }),
      path: first.path,
    },
  });
}
