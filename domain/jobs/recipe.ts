import type { ReturnMatrix } from '../returns/series.ts';
import type { JsonObject } from '../shared/canonical-json.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';
import type { JobInput } from './job.ts';
import type { Jobs } from './jobs.ts';

/**
 * Jobs whose answers are worth keeping, each with the member of its input that holds the returns. Everything else of the input is settings,
 * as plain JSON: resolved blocks of the manifest, parameters, the version of the rules.
 */
export const keptJobs = { 'sleeve-profile': 'matrix', 'backtest-sleeve': 'returns' } as const satisfies Partial<Record<keyof Jobs, string>>;

export type KeptJob = keyof typeof keptJobs;

/** Everything that an answer depends on; the same recipe has the same answer, to the bit. */
export interface Recipe {
  readonly job: string;
  /** The build that computes, by its version, its sources and its lock file. */
  readonly engine: string;
  /** Address of the table of returns. */
  readonly data: string;
  /** Its rows: what the windows are counted on. */
  readonly window: { readonly rows: number; readonly first: string | null; readonly last: string | null };
  readonly settings: JsonObject;
}

export function isKept(name: string): name is KeptJob {
  return Object.hasOwn(keptJobs, name);
}

/** The returns of an input, and its settings. */
export function partsOf<Name extends KeptJob>(
  name: Name,
  input: JobInput<Jobs, Name>,
): { readonly matrix: ReturnMatrix; readonly settings: JsonObject } {
  const { [keptJobs[name]]: matrix, ...settings } = input as unknown as Record<string, unknown>;
  return { matrix: matrix as ReturnMatrix, settings: settings as JsonObject };
}

/** The input again, from a recipe and its returns. */
export function inputOf<Name extends KeptJob>(name: Name, settings: JsonObject, matrix: ReturnMatrix): JobInput<Jobs, Name> {
  return { ...settings, [keptJobs[name]]: matrix } as unknown as JobInput<Jobs, Name>;
}

export function recipeOf(job: KeptJob, engine: string, data: string, { dates }: ReturnMatrix, settings: JsonObject): Recipe {
  return { job, engine, data, window: { rows: dates.length, first: dates[0] ?? null, last: dates.at(-1) ?? null }, settings };
}

/** Under which an answer is kept: SHA-256 of the RFC 8785 bytes of its recipe. Errors: NotPlainJson for settings that are none. */
export function keyOf(sha256: Sha256, recipe: Recipe): string {
  return hashOfJson(sha256, recipe);
}
