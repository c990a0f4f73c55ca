import { errorKinds, type ErrorCode, LedgerError } from '../../domain/shared/errors.ts';
import { visibleJson } from '../../domain/shared/visible-text.ts';
import type { ApiAnswer } from '../ports/ports.ts';

/** Headers of every answer: nobody between keeps one, and no page of a stranger frames or reads it. */
export const plainHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'private, no-cache',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

export function jsonText(value: unknown): string {
  return `${visibleJson(JSON.stringify(value))}\n`;
}

/** A flag of the command line in a sentence, as the parameter that it is here. */
function inParameters(text: string): string {
  return text.replaceAll(/--([a-z][a-z-]*)/g, '$1');
}

/** A path of this machine, or an address of one of its servers. */
const ofTheMachine = /(?:^|[\s"'`(=:,])(?:~|\.{1,2})?\/[^\s/]+\/|[a-z][a-z0-9+.-]{0,20}:\/\/|(?:^|[\s"'`(=])[a-z]:\\/i;

/** Faults of the world that say nothing of this machine: all that they name is what was asked. */
const ofTheAsker: ReadonlySet<ErrorCode> = new Set([
  'TooManyRequests',
  'RequestUnderWay',
  'RequestTooSlow',
  'Interrupted',
  'WrongExpectedRevision',
] satisfies ErrorCode[]);

/** Whether whoever asks may read the message of an error: files, servers and connections of this machine are nobody's business. */
export function isTold({ code, message }: LedgerError): boolean {
  const { fault } = errorKinds[code];
  return fault !== 'ours' && (fault !== 'world' || ofTheAsker.has(code)) && !ofTheMachine.test(message);
}

/** What evidence may leave: the faults of others are told with it, those of ours and of the machine are not. */
function toldEvidence({ code, evidence }: LedgerError): object {
  const { fault } = errorKinds[code];
  if (fault !== 'inputs' && fault !== 'caller') return {};
  return Object.keys(evidence).length > 0 && !ofTheMachine.test(JSON.stringify(evidence)) ? { evidence } : {};
}

/** Which ledger file or folder it is about is nobody's business over HTTP. */
function toldPlace({ at }: LedgerError): object {
  const { line, path } = at;
  const told = { ...(line === undefined ? {} : { line }), ...(path === undefined ? {} : { path: inParameters(path) }) };
  return Object.keys(told).length === 0 ? {} : { at: told };
}

/** A refusal as problem details of RFC 9457, of a code of the registry. */
export function problemOf(error: LedgerError): object {
  const { http, advice } = errorKinds[error.code];
  const detail = isTold(error) ? inParameters(error.message) : 'the request failed; the log of the server says why';
  return {
    type: `urn:sleeve-ledger:error:${error.code}`,
    title: error.code,
    status: http,
    detail,
    advice: inParameters(advice),
    ...toldPlace(error),
    ...toldEvidence(error),
  };
}

/** What a refusal says in its head. */
function headersOf({ code, evidence }: LedgerError): Record<string, string> {
  const seconds = evidence['retryAfterSeconds'];
  return {
    ...(code === 'NotAuthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
    // What cannot be answered now may be in a moment.
    ...(errorKinds[code].http === 503 ? { 'retry-after': '5' } : {}),
    ...(typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {}),
  };
}

export function problemAnswer(error: LedgerError, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  const { http } = errorKinds[error.code];
  return {
    status: http,
    headers: { ...plainHeaders, 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headersOf(error), ...headers },
    body: jsonText(problemOf(error)),
  };
}

export function refused(code: ErrorCode, message: string, path?: string): LedgerError {
  return new LedgerError(code, message, path === undefined ? {} : { at: { path } });
}
