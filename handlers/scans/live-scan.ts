import type { Json, JsonObject } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { jsonTooHeavy } from '../../domain/shared/json-weight.ts';
import { comparedWithNumbers } from '../../domain/scan/number-columns.ts';
import {
  hasAll,
  nextRange,
  pageRows,
  requireOrdered,
  requireWholePage,
  retriesMax,
  unknownColumn,
  waitSeconds,
} from '../../domain/scan/pages.ts';
import { readResponse, responseError, type ScanResponse } from '../../domain/scan/response.ts';
import { requestOf, type Scanner, type ScanRequest, withoutColumns } from '../../domain/scan/scanner.ts';
import type { ScanSource } from '../../domain/scan/schemas.ts';
import type { ScanServer } from '../ports/ports.ts';

export interface LiveAsked {
  /** Address of the server, without the market. */
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly droppedColumns: readonly string[];
  /** Scanners that ask for a column: for the message where the server does not know it. */
  readonly askedBy: (column: string) => readonly string[];
}

type LiveSource = Extract<ScanSource, { readonly kind: 'live' }>;
type Retry = LiveSource['pages'][number]['retries'][number];

/** One page, asked for again while the server is busy or away. Errors: ScanServerUnavailable, ScanServerRefused, ScanColumnUnknown. */
async function answeredPage(server: ScanServer, url: string, body: ScanRequest, asked: LiveAsked, signal: AbortSignal) {
  const retries: Retry[] = [];
  for (let attempt = 0; ; attempt++) {
    const posted = await server.post(url, JSON.stringify(body), asked.timeoutSeconds * 1_000);
    if (posted.kind === 'answered' && posted.status === 200) return { text: posted.text, retries };
    const because = posted.kind === 'failed' ? posted.because : String(posted.status);
    if (posted.kind === 'answered' && posted.status !== 429 && posted.status < 500) refuse(url, posted.status, posted.text, asked);
    if (attempt >= retriesMax)
      throw new LedgerError('ScanServerUnavailable', `${url}: ${attempt + 1} attempts, the last ended with ${because}`, {
        evidence: { attempts: attempt + 1, last: because, waitsSeconds: retries.map((retry) => retry.waitSeconds) },
        at: { file: url },
      });
    const seconds = waitSeconds(attempt, posted.kind === 'answered' ? posted.retryAfterSeconds : null);
    retries.push({ because, waitSeconds: seconds });
    await server.wait(seconds, signal);
  }
}

function refuse(url: string, status: number, text: string, { askedBy }: LiveAsked): never {
  const column = unknownColumn(text);
  if (column === null)
    throw new LedgerError('ScanServerRefused', `${url} answered ${status}: ${text.slice(0, 200)}`, {
      evidence: { status },
      at: { file: url },
    });
  const scanners = askedBy(column);
  throw new LedgerError('ScanColumnUnknown', `${url} does not know the column ${column}, which ${scanners.join(', ')} ask for`, {
    evidence: { column, scanners },
    at: { file: url, path: column },
  });
}

function parsedPage(text: string, url: string): JsonObject {
  const heavy = jsonTooHeavy(text);
  if (heavy !== null) throw responseError('response_not_json', heavy, url);
  let page: Json;
  try {
    page = JSON.parse(text) as Json;
  } catch (cause) {
    throw responseError(
      'response_not_json',
      `${text.length} characters that are no JSON`,
      url,
      cause instanceof Error ? cause.message : '',
    );
  }
  if (page !== null && typeof page === 'object' && !Array.isArray(page)) return page as JsonObject;
  throw responseError('not_a_response', 'an object is expected', url);
}

function totalOf(page: JsonObject, url: string): number {
  const { totalCount } = page;
  if (typeof totalCount === 'number' && Number.isSafeInteger(totalCount) && totalCount >= 0) return totalCount;
  throw responseError('total_count', `totalCount ${JSON.stringify(totalCount)} is not a count`, url, 'totalCount');
}

const rowsIn = (page: JsonObject): readonly Json[] => (Array.isArray(page['data']) ? (page['data'] as readonly Json[]) : []);

/** Whether what has come is enough: a static scanner asks until it has seen its list. */
function isEnough(scanner: Scanner, response: ScanResponse): boolean {
  return scanner.isStatic && hasAll(scanner.symbols, response);
}

/**
 * Asks a server for everything that a scanner wants, page by page. Every page is checked before the next is asked for, and rows that are
 * not in the order that was asked for are refused. Errors: ScanServerUnavailable after 11 attempts, ScanServerRefused, ScanColumnUnknown,
 * ScanResponseInvalid, Interrupted.
 */
export async function liveResponse(
  server: ScanServer,
  given: Scanner,
  asked: LiveAsked,
  signal: AbortSignal,
): Promise<{ readonly response: ScanResponse; readonly source: LiveSource }> {
  const scanner = withoutColumns(given, asked.droppedColumns);
  const [market, ...others] = scanner.markets;
  if (market === undefined || others.length > 0)
    throw new LedgerError('Usage', `${scanner.id} names ${scanner.markets.length} markets: a live scan asks one`, {
      at: { path: 'markets' },
    });
  const url = `${asked.url.replace(/\/+$/, '')}/${market}/scan`;
  const request = requestOf(scanner);
  const size = scanner.isStatic ? scanner.symbols.length : pageRows;
  const reading = { file: url, requestColumns: request.columns };
  const read = (data: readonly Json[], total: number): ScanResponse =>
    readResponse({ _columns: request.columns, totalCount: total, data }, reading, comparedWithNumbers(scanner));
  // A list is asked for until all of it was seen: homonyms may stand in front.
  const wanted: ScanRequest = scanner.isStatic ? { ...request, range: [0, Number.MAX_SAFE_INTEGER] } : request;
  const rows: Json[] = [];
  const pages: LiveSource['pages'] = [];
  let total: number | null = null;
  for (let range = nextRange(wanted, 0, null, size); range !== null; range = nextRange(wanted, rows.length, total, size)) {
    const { text, retries } = await answeredPage(server, url, { ...request, range }, asked, signal);
    const page = parsedPage(text, url);
    const data = rowsIn(page);
    requireWholePage(range, { rows: data.length, total: totalOf(page, url) }, total, url);
    total = totalOf(page, url);
    read(data, total);
    rows.push(...data);
    pages.push({ range: [...range], rows: data.length, retries });
    if (isEnough(scanner, read(rows, total))) break;
  }
  const response = read(rows, total ?? 0);
  const sorted = request.columns.indexOf(request.sort?.sortBy ?? '');
  requireOrdered(
    rows.map((row) => (row as { readonly d: readonly Json[] }).d[sorted]),
    request,
    url,
  );
  return { response, source: { kind: 'live', url, pages } };
}
