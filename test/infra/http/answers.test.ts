import { describe, expect, test } from '@jest/globals';
import { errorKinds } from '../../../domain/shared/errors.ts';
import { refusal, toHttpBytes, whyBroken } from '../../../infra/http/answers.ts';

describe('a refusal over HTTP', () => {
  test('is one line of JSON with code, message and advice, and nothing in it that could be taken for something else', () => {
    const advice = JSON.stringify(errorKinds.RouteUnknown.advice);
    expect(refusal('RouteUnknown', 'there is nothing\u202e\n here')).toEqual({
      status: 404,
      contentType: 'application/json; charset=utf-8',
      body: `{"error":{"code":"RouteUnknown","message":"there is nothing\\u202e\\n here","advice":${advice}}}\n`,
    });
  });

  // By the codes of Node's parser, as its documentation of 'clientError' names them.
  test.each([
    ['HPE_HEADER_OVERFLOW', 431, 'HeadersTooLarge', 'the headers are larger than the limit'],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'RequestTooSlow', 'the request did not arrive in time'],
    ['HPE_INVALID_METHOD', 400, 'RequestInvalid', 'the request is not HTTP/1.1'],
    [undefined, 400, 'RequestInvalid', 'the request is not HTTP/1.1'],
  ] as const)('of what never became a request, by %s', (parserCode, status, code, message) => {
    expect(whyBroken(parserCode)).toEqual([code, message]);
    expect(errorKinds[code].http).toBe(status);
  });

  test.each([
    [400, 'Bad Request'],
    [408, 'Request Timeout'],
    [431, 'Request Header Fields Too Large'],
    [500, 'Error'],
  ])('as bytes with status %i, its length in bytes, and the end of the connection', (status, reason) => {
    expect(toHttpBytes({ status, contentType: 'text/plain', body: 'ü\n' })).toBe(
      `HTTP/1.1 ${status} ${reason}\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nü\n`,
    );
  });
});
