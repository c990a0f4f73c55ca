import { errorKinds, type ErrorCode } from '../../domain/shared/errors.ts';
import { visibleJson } from '../../domain/shared/visible-text.ts';
import type { HttpAnswer } from '../../presentation/ports/ports.ts';

/** A refusal as JSON, in the shape that `--json` gives it. */
export function refusal(code: ErrorCode, message: string): HttpAnswer {
  const { http, advice } = errorKinds[code];
  return {
    status: http,
    contentType: 'application/json; charset=utf-8',
    body: `${visibleJson(JSON.stringify({ error: { code, message, advice } }))}\n`,
  };
}

/** What never became a request, by the code of Node's parser, and why that is refused. */
const whyByParserCode: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HeadersTooLarge', 'the headers are larger than the limit'],
  ERR_HTTP_REQUEST_TIMEOUT: ['RequestTooSlow', 'the request did not arrive in time'],
};

export function whyBroken(parserCode: string | undefined): readonly [ErrorCode, string] {
  return whyByParserCode[parserCode ?? ''] ?? ['RequestInvalid', 'the request is not HTTP/1.1'];
}

const reasons: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

/** The answer as bytes of HTTP, for a socket that has no response object. */
export function toHttpBytes({ status, contentType, body }: HttpAnswer): string {
  return (
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\nContent-Type: ${contentType}\r\nContent-Length: ` +
    `${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}
