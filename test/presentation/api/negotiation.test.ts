import { describe, expect, test } from '@jest/globals';
import { acceptable } from '../../../presentation/api/negotiation.ts';
import { refusalOf } from '../../support/refusal.ts';

const offers = [
  { mediaType: 'application/json; charset=utf-8' },
  { mediaType: 'text/csv; charset=utf-8' },
  { mediaType: 'application/vnd.apache.parquet' },
] as const;
const chosen = (accept: string | undefined): string => acceptable<{ readonly mediaType: string }>(accept, offers).mediaType.split(';')[0]!;

describe('a representation', () => {
  test.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/csv;charset=utf-8', 'text/csv'],
    ['application/pdf, text/csv;q=0.1', 'text/csv'],
    ['application/json;q=0.5, text/csv;q=0.8', 'text/csv'],
    // Of several with one weight, the first that is named.
    ['text/csv;q=0.8, application/json;q=0.8', 'text/csv'],
    // RFC 9110, section 12.5.1: the most exact range decides, also where a wider one would give more.
    ['*/*, application/json;q=0.2, text/csv;q=0.3', 'application/vnd.apache.parquet'],
    ['application/*;q=0.1, text/*;q=0.2, application/vnd.apache.parquet', 'application/vnd.apache.parquet'],
    ['*/*;q=0.1, application/json;q=0', 'text/csv'],
    // What is malformed asks for nothing.
    ['*/csv, text, /, text/csv', 'text/csv'],
  ])('for `Accept: %s` is %s', (accept, mediaType) => {
    expect(chosen(accept)).toBe(mediaType);
  });

  test.each(['application/pdf', 'text/csv;q=0', '*/*;q=0', 'json'])('is refused for `Accept: %s`, with what is offered', (accept) => {
    expect(refusalOf(() => chosen(accept))).toMatchObject({
      code: 'NotAcceptable',
      evidence: { offered: ['application/json', 'text/csv', 'application/vnd.apache.parquet'] },
    });
  });
});
