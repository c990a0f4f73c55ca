import { LedgerError } from '../../../domain/shared/errors.ts';
import type { ApiAnswer, ApiEndpoint, ApiRequest, PageFile } from '../../ports/ports.ts';
import { isHeld } from '../conditional.ts';
import { plainHeaders, problemAnswer } from '../problem.ts';

/** Every address at which the page opens: what stands there is its own business. */
export const pagePaths = [
  '/',
  '/portfolios/{meta}',
  '/runs',
  '/runs/{run}',
  '/backtests',
  '/tournaments',
  '/selections',
  '/selections/{run}',
  '/scans',
  '/scans/{scanner}',
  '/ledger',
  '/ledger/{event}',
  '/operations',
  '/sign-in',
] as const;

/** Scripts, styles and answers come from this server alone, and nothing that stands in the page itself is run or obeyed. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Named by its content: whoever has it need not ask again. */
const forEver = 'public, max-age=31536000, immutable';

function takesBrotli({ headers }: ApiRequest): boolean {
  return /(?:^|,)\s*br\s*(?:;\s*q=(?:1|0\.[1-9])\d*\s*)?(?:,|$)/.test(headers['accept-encoding'] ?? '');
}

function fileAnswer({ name, bytes, compressed, sha256 }: PageFile, request: ApiRequest): ApiAnswer {
  const isAsset = name.startsWith('assets/');
  const encoded = compressed !== null && takesBrotli(request) ? compressed : null;
  const etag = `"${sha256}${encoded === null ? '' : '-br'}"`;
  const headers = {
    ...plainHeaders,
    'content-security-policy': policy,
    'content-type': types[name.split('.').at(-1)!] ?? 'application/octet-stream',
    'cache-control': isAsset ? forEver : 'no-cache',
    vary: 'accept-encoding',
    etag,
    ...(encoded === null ? {} : { 'content-encoding': 'br' }),
  };
  if (isHeld(request, etag)) return { status: 304, headers, body: '' };
  return { status: 200, headers, body: encoded ?? bytes };
}

const unbuilt = new LedgerError('RouteUnknown', 'the page is not built here: `npm run build:web` builds it');

/**
 * The page, to anybody: it holds nothing of any ledger, and asks as whoever looks at it. Null stands for a source tree in which it was not
 * built.
 */
export function pageEndpoints(files: readonly PageFile[] | null): readonly ApiEndpoint[] {
  const named = new Map((files ?? []).map((file) => [file.name, file]));
  const offered = (path: string, nameOf: (request: ApiRequest) => string): ApiEndpoint => ({
    method: 'GET',
    path,
    bodyBytesMax: 0,
    answer: async (request) => {
      const file = named.get(nameOf(request));
      if (file !== undefined) return fileAnswer(file, request);
      return problemAnswer(files === null ? unbuilt : new LedgerError('RouteUnknown', 'there is nothing at this path'));
    },
  });
  return [
    ...pagePaths.map((path) => offered(path, () => 'index.html')),
    offered('/favicon.svg', () => 'favicon.svg'),
    offered('/theme.js', () => 'theme.js'),
    offered('/assets/{file}', ({ pathParameters }) => `assets/${pathParameters['file']!}`),
  ];
}
