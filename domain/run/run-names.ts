import { hashOfJson, type Sha256 } from '../shared/hashing.ts';

export interface SleeveRunIdentity {
  readonly sleeve: string;
  readonly profile: string;
  readonly asOf: string;
  readonly correction: number;
  readonly payloadHash: string;
}

/** A name under which a sleeve run may be recorded: every version of identity gives one. */
export interface SleeveRunName {
  readonly runId: string;
  readonly payloadHash: string;
}

/** Names of one thing, the newest version's first: what is recorded is found under any of them, what is made gets the first. */
export type Names<Name extends { readonly runId: string }> = readonly [Name, ...Name[]];

/** Versions that agree give one name. */
function distinct<Name extends { readonly runId: string }>([newest, ...older]: Names<Name>): Names<Name> {
  const names: [Name, ...Name[]] = [newest];
  for (const name of older) if (!names.some(({ runId }) => runId === name.runId)) names.push(name);
  return names;
}

function readableId(name: string, asOf: string, hash: string): string {
  return `${name}-${asOf}-${hash.slice(0, 16)}`;
}

/** Run id of a sleeve run: the same inputs are one run, no matter who runs it. */
export function sleeveRunId(sha256: Sha256, run: SleeveRunIdentity): string {
  return readableId(
    run.sleeve,
    run.asOf,
    hashOfJson(sha256, ['sleeveRun', run.sleeve, run.profile, run.asOf, run.correction, run.payloadHash]),
  );
}

/** Names of a sleeve run by the hashes of its payload under each version of identity, the newest first. */
export function sleeveRunNames(
  sha256: Sha256,
  run: Omit<SleeveRunIdentity, 'payloadHash'>,
  payloadHashes: readonly [string, ...string[]],
): Names<SleeveRunName> {
  const named = (payloadHash: string): SleeveRunName => ({ runId: sleeveRunId(sha256, { ...run, payloadHash }), payloadHash });
  const [newest, ...older] = payloadHashes;
  return distinct([named(newest), ...older.map(named)]);
}

export interface MetaRunIdentity {
  readonly meta: string;
  readonly asOf: string;
  /** Of the resolved definition with every flag that can change a number. */
  readonly definitionHash: string;
  readonly consumed: readonly { readonly path: readonly string[]; readonly runId: string; readonly artifacts: readonly string[] }[];
  readonly waiverIds: readonly string[];
  readonly restatement: number;
}

/** Run id of a meta run: the same definition over the same sleeve runs and waivers is allocated once only. */
export function metaRunId(sha256: Sha256, run: MetaRunIdentity): string {
  const consumed = run.consumed.map((item) => [item.path.join('/'), item.runId, ...item.artifacts.toSorted()]);
  const hash = hashOfJson(sha256, [
    'metaRun',
    run.meta,
    run.definitionHash,
    consumed.toSorted(byFirst),
    run.waiverIds.toSorted(),
    run.restatement,
  ]);
  return readableId(run.meta, run.asOf, hash);
}

/** A name under which a meta run may be recorded. */
export interface MetaRunName {
  readonly runId: string;
  readonly definitionHash: string;
}

/** Names of a meta run by the hashes of its definition under each version of identity, the newest first. */
export function metaRunNames(
  sha256: Sha256,
  run: Omit<MetaRunIdentity, 'definitionHash'>,
  definitionHashes: readonly [string, ...string[]],
): Names<MetaRunName> {
  const named = (definitionHash: string): MetaRunName => ({ runId: metaRunId(sha256, { ...run, definitionHash }), definitionHash });
  const [newest, ...older] = definitionHashes;
  return distinct([named(newest), ...older.map(named)]);
}

/** What names a backtest beside the portfolio and its as-of date. */
export interface BacktestIdentity {
  readonly meta: string;
  readonly asOf: string;
  readonly definitionHash: string;
  /** Of each sleeve: its path, what was asked for, and the tables of prices. */
  readonly sleeves: readonly { readonly path: readonly string[]; readonly options: unknown; readonly inputs: unknown }[];
}

/** Run id of a backtest: the same definition over the same prices is tested once only. */
export function backtestRunId(sha256: Sha256, { meta, asOf, definitionHash, sleeves }: BacktestIdentity): string {
  const read = sleeves.map(({ path, options, inputs }) => [path.join('/'), options, inputs] as const);
  const inOrder = read.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return readableId(meta, asOf, hashOfJson(sha256, ['backtest', meta, definitionHash, inOrder]));
}

/** What names a tournament beside the sleeve and its as-of date. */
export interface TournamentIdentity {
  readonly sleeve: string;
  readonly asOf: string;
  readonly definition: unknown;
  readonly options: unknown;
  readonly entrants: readonly string[];
  readonly inputs: unknown;
}

/** Run id of a tournament: the same entrants on the same prices compete once only. */
export function tournamentRunId(sha256: Sha256, { sleeve, asOf, definition, options, entrants, inputs }: TournamentIdentity): string {
  return readableId(sleeve, asOf, hashOfJson(sha256, ['tournament', sleeve, definition, options, entrants.toSorted(), inputs]));
}

function byFirst(left: readonly string[], right: readonly string[]): number {
  return left[0]! < right[0]! ? -1 : left[0]! > right[0]! ? 1 : 0;
}
