import { currentWeights, type CurrentRow } from '../../projections/current-weights.ts';
import { type PortfolioRow, portfolioDirectory } from '../../projections/portfolio-directory.ts';
import {
  numberedKey,
  numberedPrefix,
  type NumberedRunRow,
  type RunCountRow,
  runDirectory,
  runKey,
  type RunRow,
} from '../../projections/run-directory.ts';
import { sleeveDirectory, type SleeveStateRow } from '../../projections/sleeve-directory.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { type View, viewOf } from '../read-models/views.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { publicationInForce } from './publication-in-force.ts';

const words = ['latest', 'previous', 'published'] as const;
type RunWord = (typeof words)[number];
export const isRunWord = (text: string): text is RunWord => (words as readonly string[]).includes(text);

/**
 * A run by its id, or by a word: `latest` was recorded last, `previous` before it, `published` is in force. A word speaks of one portfolio
 * or sleeve, which is named wherever there are several.
 */
export interface RunReference {
  readonly runId: string;
  readonly meta?: string | null;
  readonly sleeve?: string | null;
}

/** A run as a script names it: its id or a word alone, or with the portfolio or sleeve that the word speaks of. */
export type AnyRun = string | RunReference;

export interface RunTime {
  /** Market time: runs with later as-of dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

/** Of which kind the run must be. */
export type RunKind = 'meta' | 'sleeve' | 'any';

interface Named {
  readonly kind: 'meta' | 'sleeve';
  readonly name: string;
}

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

/** What a word can speak of where nothing was named. */
async function candidatesOf(ports: TilePorts, word: RunWord, kind: RunKind, knownAt: string | null): Promise<Named[]> {
  const metas = kind === 'sleeve' ? [] : await metasOf(ports, word, knownAt);
  const sleeves =
    kind === 'meta' || word === 'published'
      ? []
      : (await (await viewOf(ports, sleeveDirectory, knownAt)).rows<SleeveStateRow>('state/')).filter(({ current }) => current !== null);
  return [
    ...metas.toSorted(byCodeUnits).map((name) => ({ kind: 'meta' as const, name })),
    ...sleeves.map(({ sleeve }) => ({ kind: 'sleeve' as const, name: sleeve })),
  ];
}

/** Errors: Usage, RunAmbiguous with the candidates, NothingRecorded. */
async function namedBy(ports: TilePorts, reference: RunReference, kind: RunKind, knownAt: string | null): Promise<Named> {
  const word = reference.runId as RunWord;
  const meta = reference.meta ?? null;
  const sleeve = reference.sleeve ?? null;
  if (meta !== null && sleeve !== null) throw new LedgerError('Usage', 'give --meta or --sleeve, not both', { at: { path: '--sleeve' } });
  if (sleeve !== null && (kind === 'meta' || word === 'published'))
    throw new LedgerError('Usage', `${word} is a run of a portfolio here: give --meta`, { at: { path: '--sleeve' } });
  if (meta !== null && kind === 'sleeve')
    throw new LedgerError('Usage', `${word} is a run of a sleeve here: give --sleeve`, { at: { path: '--meta' } });
  if (meta !== null) return { kind: 'meta', name: meta };
  if (sleeve !== null) return { kind: 'sleeve', name: sleeve };
  const candidates = await candidatesOf(ports, word, kind, knownAt);
  if (candidates.length === 1) return candidates[0]!;
  const flags = candidates.map((one) => `--${one.kind} ${one.name}`);
  if (flags.length === 0)
    throw new LedgerError(word === 'published' ? 'NothingPublished' : 'NothingRecorded', `no run is ${word}`, { at: { path: word } });
  throw new LedgerError('RunAmbiguous', `${word} could be a run of each of these: ${flags.join(', ')}`, {
    evidence: { word, candidates },
    at: { path: word },
  });
}

/** Runs of one name from the last recorded on, a look-up each. */
async function* runsBackwards(view: View, { kind, name }: Named, asOf: string | null): AsyncGenerator<RunRow> {
  const prefix = numberedPrefix(name);
  let below = (await view.row<RunCountRow>('count'))?.runs ?? 0;
  while (below > 0) {
    const found = await view.last<NumberedRunRow>({ prefix, to: numberedKey(name, below - 1) });
    const row = found === null ? null : await view.row<RunRow>(runKey(found.runId));
    if (row === null) return;
    if (row.kind === kind && (asOf === null || row.asOf <= asOf)) yield row;
    below = row.number;
  }
}

async function nthNewest(ports: TilePorts, named: Named, { asOf, knownAt }: RunTime, skipped: number): Promise<string> {
  const view = await viewOf(ports, runDirectory, knownAt);
  let left = skipped;
  for await (const { runId } of runsBackwards(view, named, asOf)) if (left-- === 0) return runId;
  const what = skipped === 0 ? 'no run' : 'one run only';
  throw new LedgerError('NothingRecorded', `${what} of ${named.name} is recorded${asOf === null ? '' : ` as of ${asOf} or before`}`, {
    evidence: { ...named, asOf, knownAt },
  });
}

const now: RunTime = { asOf: null, knownAt: null };

/** The same as it is now, for scripts. */
export function runIdNow(ports: TilePorts, run: AnyRun, kind: RunKind): Promise<string> {
  return namedRunId(ports, typeof run === 'string' ? { runId: run } : run, now, kind);
}

/**
 * The id of a run that was named by its id or by a word: the only place that knows the words. An id needs no ledger to be open. Errors:
 * Usage, RunAmbiguous, NothingRecorded, NothingPublished.
 */
export async function namedRunId(
  given: TilePorts | (() => Promise<TilePorts>),
  reference: RunReference,
  { asOf, knownAt }: RunTime,
  kind: RunKind = 'any',
): Promise<string> {
  const { runId } = reference;
  if (!isRunWord(runId)) {
    if ((reference.meta ?? reference.sleeve ?? null) === null) return runId;
    throw new LedgerError('Usage', `--meta and --sleeve go with ${words.join(', ')}, and not with the id of a run`, {
      at: { path: runId },
    });
  }
  const ports = typeof given === 'function' ? await given() : given;
  const named = await namedBy(ports, reference, kind, knownAt);
  if (runId === 'published') return (await publicationInForce(ports, { meta: named.name, asOf, knownAt })).runId;
  return nthNewest(ports, named, { asOf, knownAt }, runId === 'latest' ? 0 : 1);
}
