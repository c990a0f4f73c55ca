import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { portfolioDirectory, type PortfolioRow } from '../../projections/portfolio-directory.ts';
import {
  newestPrefix,
  type NewestRunRow,
  numberedPrefix,
  type NumberedRunRow,
  runDirectory,
  runKey,
  type RunRow,
} from '../../projections/run-directory.ts';
import { sleeveStatus, type SleeveStatusRow } from '../../projections/sleeve-status.ts';
import { tokenDirectory, tokenKey, type TokenRow } from '../../projections/token-directory.ts';
import { type View, viewOf } from '../read-models/views.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { newestRun } from '../runs/newest-run.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

type Reader = TilePorts;

/** Runs looked at for a suggestion: however long the ledger, the answer comes at once. */
const runsMax = 200;

async function some<T>(rows: AsyncGenerator<T>, countMax: number): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) {
    if (found.length >= countMax) break;
    found.push(row);
  }
  return found;
}

async function newestRuns(runs: View): Promise<string[]> {
  const rows = await some(
    runs.each<NumberedRunRow>({ prefix: numberedPrefix({ kind: null, name: null }), direction: 'backwards' }),
    runsMax,
  );
  return rows.map(({ runId }) => runId);
}

/** Runs, newest first, behind those whose id begins with the word. */
export async function knownRuns(ports: Reader, word = ''): Promise<readonly string[]> {
  const runs = await viewOf(ports, runDirectory, null);
  const begun = word === '' ? [] : await some(runs.each<RunRow>({ prefix: runKey(word) }), runsMax);
  return [...new Set([...begun.map(({ runId }) => runId), ...(await newestRuns(runs))])];
}

/** Portfolios that are defined, or that newer runs were made of. */
export async function knownPortfolios(ports: Reader): Promise<readonly string[]> {
  const defined = await (await viewOf(ports, portfolioDirectory, null)).rows<PortfolioRow>('meta/');
  const runs = await viewOf(ports, runDirectory, null);
  const names = new Set(defined.map(({ meta }) => meta));
  for (const runId of await newestRuns(runs)) {
    const run = await runs.row<RunRow>(runKey(runId));
    if (run?.kind === 'meta' || run?.kind === 'backtest') names.add(run.name);
  }
  return [...names];
}

/** Whether a portfolio is defined, or has runs, by the streams themselves: for what is recorded on the answer. Errors: ReadModelsDiffer. */
export async function isKnownPortfolio(session: Session, meta: string): Promise<boolean> {
  if ((await streams.metaPortfolio.state(session, meta)).definition !== null) return true;
  for (const kind of ['meta', 'backtest'] as const) {
    if ((await newestRun(session.ports, { kind, name: meta }, { asOf: null, knownAt: null }, { skipped: 0, certain: false })) !== null)
      return true;
  }
  return false;
}

/** Books whose positions were combined. */
export async function knownBooks(ports: Reader): Promise<readonly string[]> {
  const newest = await (await viewOf(ports, runDirectory, null)).rows<NewestRunRow>(newestPrefix('combination'));
  return newest.map(({ name }) => name);
}

export async function knownSleeves(ports: Reader): Promise<readonly string[]> {
  return (await (await viewOf(ports, sleeveStatus, null)).rows<SleeveStatusRow>('sleeve/')).map(({ sleeve }) => sleeve);
}

/** Ids of tokens that nobody revoked. */
export async function revocableTokens(ports: Reader): Promise<readonly string[]> {
  const tokens = await (await viewOf(ports, tokenDirectory, null)).rows<TokenRow>(tokenKey(''));
  return tokens.filter(({ revoked }) => revoked === null).map(({ tokenId }) => tokenId);
}

/** Names of the kind that an error says is unknown; null where it is about something else. */
async function candidates(ports: Reader, { code, at, evidence }: LedgerError): Promise<readonly [string, readonly string[]] | null> {
  const named = at.path ?? evidence['meta'];
  // The path of a flag: whoever refused it has suggested already.
  if (typeof named !== 'string' || named.startsWith('--')) return null;
  switch (code) {
    case 'RunUnknown':
      return [named, await knownRuns(ports, named)];
    case 'PortfolioUndefined':
    case 'NothingRecorded':
    case 'NothingPublished': {
      const portfolios = await knownPortfolios(ports);
      return portfolios.includes(named) ? null : [named, portfolios];
    }
    case 'SleeveUnknown':
      return [named, await knownSleeves(ports)];
    case 'TokenUnknown':
      return [named, await revocableTokens(ports)];
    default:
      return null;
  }
}

/** An error about a name that the ledger does not know, with the names that were probably meant. Any other error stays as it is. */
export async function withSuggestions(ports: Reader, error: unknown): Promise<unknown> {
  if (!(error instanceof LedgerError)) return error;
  const found = await candidates(ports, error);
  if (found === null) return error;
  const [word, known] = found;
  const suggested = new LedgerError(error.code, `${error.message}${suggestion(word, known)}`, {
    evidence: error.evidence,
    at: error.at,
    cause: error.cause,
  });
  if (error.stack !== undefined) suggested.stack = error.stack;
  return suggested;
}
