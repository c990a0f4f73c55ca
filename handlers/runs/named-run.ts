import { currentWeights, type CurrentRow } from '../../projections/current-weights.ts';
import { type PortfolioRow, portfolioDirectory } from '../../projections/portfolio-directory.ts';
import { newestPrefix, type NewestRunRow, runDirectory, runKey, type RunRow } from '../../projections/run-directory.ts';
import { sleeveDirectory, type SleeveStateRow } from '../../projections/sleeve-directory.ts';
import { type RunKind, runKindWords } from '../../domain/run/run-kind.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { viewOf } from '../read-models/views.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { newestRun, type RunsNamed, type RunTime, type WhichRun } from './newest-run.ts';
import { publicationInForce } from './publication-in-force.ts';

export type { RunTime };

const words = ['latest', 'previous', 'published'] as const;
type RunWord = (typeof words)[number];
export const isRunWord = (text: string): text is RunWord => (words as readonly string[]).includes(text);

/**
 * A run by its id, or by a word: `latest` was recorded last, `previous` before it, `published` is in force. A word speaks of one portfolio,
 * sleeve or book of combined positions, which is named wherever there are several. Of a portfolio it means an allocation, of `kind`
 * `backtest` a backtest.
 */
export interface RunReference {
  readonly runId: string;
  readonly meta?: string | null | undefined;
  readonly sleeve?: string | null | undefined;
  readonly book?: string | null | undefined;
  readonly kind?: RunKind | null | undefined;
  /** Whether something is recorded or handed out on the answer: the log then says that no later run is missing among the rows. */
  readonly certain?: boolean | undefined;
}

/** A run as a script names it: its id or a word alone, or with what the word speaks of. */
export type AnyRun = string | RunReference;

/** Of which kind the run must be. */
export type WantedKind = RunKind | 'any';

/** The flag that names whose run is meant. */
const flagOf: Readonly<Record<RunKind, 'meta' | 'sleeve' | 'book'>> = {
  sleeve: 'sleeve',
  meta: 'meta',
  backtest: 'meta',
  combination: 'book',
  tournament: 'sleeve',
};

async function metasOf(ports: TilePorts, word: RunWord, knownAt: string | null): Promise<string[]> {
  if (word !== 'published') {
    const runs = await viewOf(ports, runDirectory, knownAt);
    const metas = new Set<string>();
    for (const { runId } of await (await viewOf(ports, currentWeights, knownAt)).rows<CurrentRow>('current/')) {
      const row = await runs.row<RunRow>(runKey(runId));
      if (row !== null) metas.add(row.name);
    }
    return [...metas];
  }
  const portfolios = await (await viewOf(ports, portfolioDirectory, knownAt)).rows<PortfolioRow>('meta/');
  return portfolios.filter(({ publications }) => publications > 0).map(({ meta }) => meta);
}

async function sleevesOf(ports: TilePorts, knownAt: string | null): Promise<string[]> {
  const states = await (await viewOf(ports, sleeveDirectory, knownAt)).rows<SleeveStateRow>('state/');
  return states.filter(({ current }) => current !== null).map(({ sleeve }) => sleeve);
}

async function namesOf(ports: TilePorts, word: RunWord, kind: RunKind, knownAt: string | null): Promise<readonly string[]> {
  if (kind === 'meta') return (await metasOf(ports, word, knownAt)).toSorted(byCodeUnits);
  if (kind === 'sleeve') return sleevesOf(ports, knownAt);
  const newest = await (await viewOf(ports, runDirectory, knownAt)).rows<NewestRunRow>(newestPrefix(kind));
  return newest.map(({ name }) => name);
}

/** What a word can speak of where nothing was named: a backtest or a combination only where one is asked for. */
async function candidatesOf(ports: TilePorts, word: RunWord, kind: WantedKind, knownAt: string | null): Promise<RunsNamed[]> {
  const kinds: readonly RunKind[] = kind !== 'any' ? [kind] : word === 'published' ? ['meta'] : ['meta', 'sleeve'];
  const candidates: RunsNamed[] = [];
  for (const one of kinds) candidates.push(...(await namesOf(ports, word, one, knownAt)).map((name) => ({ kind: one, name })));
  return candidates;
}

/** The kind that flags ask for, and the name where they give one. Errors: Usage where they contradict each other or the verb. */
function askedOf(reference: RunReference, wanted: WantedKind): { readonly kind: WantedKind; readonly name: string | null } {
  const named = (['meta', 'sleeve', 'book'] as const).filter((flag) => (reference[flag] ?? null) !== null);
  const [flag] = named;
  if (named.length > 1)
    throw new LedgerError('Usage', `give ${named.map((one) => `--${one}`).join(' or ')}, not both`, { at: { path: `--${named[1]!}` } });
  const ofFlag = {
    meta: wanted === 'backtest' ? wanted : 'meta',
    sleeve: wanted === 'tournament' ? wanted : 'sleeve',
    book: 'combination',
  } as const;
  const kind = reference.kind ?? (flag === undefined ? wanted : ofFlag[flag]);
  const word = reference.runId;
  if (wanted !== 'any' && kind !== wanted) {
    const needed = runKindWords[wanted];
    throw new LedgerError('Usage', `${word} is a ${needed} here: give --${flagOf[wanted]}`, {
      at: { path: reference.kind === undefined || reference.kind === null ? `--${flag!}` : '--kind' },
    });
  }
  if (kind !== 'any' && flag !== undefined && flagOf[kind] !== flag)
    throw new LedgerError('Usage', `a ${runKindWords[kind]} is named by --${flagOf[kind]}, not by --${flag}`, {
      at: { path: `--${flag}` },
    });
  if (word === 'published' && kind !== 'meta' && kind !== 'any')
    throw new LedgerError('Usage', `${word} is a meta run: give --meta`, { at: { path: flag === undefined ? '--kind' : `--${flag}` } });
  return { kind, name: flag === undefined ? null : reference[flag]! };
}

/** Errors: Usage, RunAmbiguous with the candidates, NothingRecorded. */
async function namedBy(ports: TilePorts, reference: RunReference, wanted: WantedKind, knownAt: string | null): Promise<RunsNamed> {
  const word = reference.runId as RunWord;
  const { kind, name } = askedOf(reference, wanted);
  if (name !== null && kind !== 'any') return { kind, name };
  const candidates = await candidatesOf(ports, word, kind, knownAt);
  if (candidates.length === 1) return candidates[0]!;
  const flags = candidates.map((one) => `--${flagOf[one.kind]} ${one.name}`);
  if (flags.length === 0)
    throw new LedgerError(word === 'published' ? 'NothingPublished' : 'NothingRecorded', `no ${noun(kind)} is ${word}`, {
      at: { path: word },
    });
  throw new LedgerError('RunAmbiguous', `${word} could be a ${noun(kind)} of each of these: ${flags.join(', ')}`, {
    evidence: { word, candidates },
    at: { path: word },
  });
}

const noun = (kind: WantedKind): string => (kind === 'any' || kind === 'sleeve' || kind === 'meta' ? 'run' : kind);

async function nthNewest(ports: TilePorts, named: RunsNamed, { asOf, knownAt }: RunTime, which: WhichRun): Promise<string> {
  const found = await newestRun(ports, named, { asOf, knownAt }, which);
  const { skipped } = which;
  if (found !== null) return found;
  const what = `${skipped === 0 ? 'no' : 'one'} ${noun(named.kind)}${skipped === 0 ? '' : ' only'}`;
  throw new LedgerError('NothingRecorded', `${what} of ${named.name} is recorded${asOf === null ? '' : ` as of ${asOf} or before`}`, {
    evidence: { ...named, asOf, knownAt },
  });
}

const now: RunTime = { asOf: null, knownAt: null };

/** The same as it is now, for scripts. */
export function runIdNow(ports: TilePorts, run: AnyRun, kind: WantedKind): Promise<string> {
  return namedRunId(ports, { ...(typeof run === 'string' ? { runId: run } : run), certain: true }, now, kind);
}

/**
 * The id of a run that was named by its id or by a word: the only place that knows the words. An id needs no ledger to be open. Errors:
 * Usage, RunAmbiguous, NothingRecorded, NothingPublished, ReadModelsDiffer.
 */
export async function namedRunId(
  given: TilePorts | (() => Promise<TilePorts>),
  reference: RunReference,
  { asOf, knownAt }: RunTime,
  kind: WantedKind = 'any',
): Promise<string> {
  const { runId } = reference;
  if (!isRunWord(runId)) {
    if ((reference.meta ?? reference.sleeve ?? reference.book ?? reference.kind ?? null) === null) return runId;
    throw new LedgerError('Usage', `--meta, --sleeve, --book and --kind go with ${words.join(', ')}, and not with the id of a run`, {
      at: { path: runId },
    });
  }
  const ports = typeof given === 'function' ? await given() : given;
  const named = await namedBy(ports, reference, kind, knownAt);
  if (runId === 'published') return (await publicationInForce(ports, { meta: named.name, asOf, knownAt })).runId;
  return nthNewest(ports, named, { asOf, knownAt }, { skipped: runId === 'latest' ? 0 : 1, certain: reference.certain === true });
}
