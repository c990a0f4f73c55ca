import type { ReturnMatrix } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import type { JsonObject } from '../shared/canonical-json.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';
import type { JobInput } from './job.ts';
import type { Jobs } from './jobs.ts';

/** Where an input holds its tables. */
interface TableMembers {
  /** The matrix of returns that the windows are counted on. */
  readonly returns: string;
  /**
   * Other columns of numbers by symbol, such as prices: the paths of the members that they are in, with the member of theirs that holds the
   * numbers. One that is null is no table.
   */
  readonly others: Readonly<Record<string, string>>;
}

/**
 * Jobs whose answers are worth keeping, each with the members of its input that are tables. Everything else of the input is settings, as
 * plain JSON: resolved blocks of the manifest, parameters, the version of the rules.
 */
export const keptJobs = {
  'sleeve-selection': { returns: 'returns', others: { prices: 'closes', 'supply.volumes': 'values' } },
  'sleeve-profile': { returns: 'matrix', others: {} },
  'backtest-sleeve': { returns: 'returns', others: {} },
} as const satisfies Partial<Record<keyof Jobs, TableMembers>>;

export type KeptJob = keyof typeof keptJobs;

/** Everything that an answer depends on; the same recipe has the same answer, to the bit. */
export interface Recipe {
  readonly job: string;
  /** The build that computes, by its version, its sources and its lock file. */
  readonly engine: string;
  /** Address of the table of returns. */
  readonly data: string;
  /** Addresses of the other tables, by the members that they are in. */
  readonly tables: Readonly<Record<string, string>>;
  /** Rows of the returns: what the windows are counted on. */
  readonly window: { readonly rows: number; readonly first: string | null; readonly last: string | null };
  readonly settings: JsonObject;
}

export function isKept(name: string): name is KeptJob {
  return Object.hasOwn(keptJobs, name);
}

/** An input taken apart. */
export interface JobParts {
  readonly matrix: ReturnMatrix;
  /** By the members that they are in. */
  readonly tables: Readonly<Record<string, DatedTable>>;
  readonly settings: JsonObject;
}

type Members = Readonly<Record<string, unknown>>;

function memberAt(members: Members, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (at as Members)[name], members);
}

function withMember(members: Members, [name, ...rest]: readonly string[], value: unknown): Members {
  return { ...members, [name!]: rest.length === 0 ? value : withMember(members[name!] as Members, rest, value) };
}

function tableIn(member: unknown, numbers: string): DatedTable {
  const { dates, symbols, [numbers]: values } = member as Members;
  return { dates, columns: symbols, values } as DatedTable;
}

/** The tables of an input, and its settings. */
export function partsOf<Name extends KeptJob>(name: Name, input: JobInput<Jobs, Name>): JobParts {
  const { returns, others }: TableMembers = keptJobs[name];
  const { [returns]: matrix, ...members } = input as unknown as Members;
  const given = Object.entries(others).filter(([path]) => memberAt(members, path) !== null);
  const settings = given.reduce<Members>((left, [path]) => withMember(left, path.split('.'), null), members);
  return {
    matrix: matrix as ReturnMatrix,
    tables: Object.fromEntries(given.map(([path, numbers]) => [path, tableIn(memberAt(members, path), numbers)])),
    settings: settings as JsonObject,
  };
}

/** The input again, from its parts. */
export function inputOf<Name extends KeptJob>(name: Name, { matrix, tables, settings }: JobParts): JobInput<Jobs, Name> {
  const { returns, others }: TableMembers = keptJobs[name];
  const rebuilt = Object.entries(tables).reduce<Members>(
    (left, [path, { dates, columns, values }]) => withMember(left, path.split('.'), { dates, symbols: columns, [others[path]!]: values }),
    settings,
  );
  return { ...rebuilt, [returns]: matrix } as unknown as JobInput<Jobs, Name>;
}

/** Addresses of the tables of an input: that of the returns, and those of the others by their members. */
export type TableAddresses = Pick<Recipe, 'data' | 'tables'>;

export function recipeOf(job: KeptJob, engine: string, { data, tables }: TableAddresses, { matrix, settings }: JobParts): Recipe {
  const { dates } = matrix;
  const window = { rows: dates.length, first: dates[0] ?? null, last: dates.at(-1) ?? null };
  return { job, engine, data, tables, window, settings };
}

/** Under which an answer is kept: SHA-256 of the RFC 8785 bytes of its recipe. Errors: NotPlainJson for settings that are none. */
export function keyOf(sha256: Sha256, recipe: Recipe): string {
  return hashOfJson(sha256, recipe);
}
