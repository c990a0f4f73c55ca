import { describe, expect, test } from '@jest/globals';
import { textWithoutCredentials } from '../../../domain/shared/credentials.ts';

/** 32 bytes in base64url, as `token create` prints them. */
const token = `slt_${'aB3_-'.repeat(8)}xyz`;

describe('a text as it may be shown', () => {
  test.each([
    [`a request with Bearer ${token} failed`, 'a request with Bearer slt_*** failed'],
    [`/v1/runs/${token}?token=${token}`, '/v1/runs/slt_***?token=slt_***'],
    [`"${token.slice(0, 30)}" was cut off`, '"slt_***" was cut off'],
    ['slt_ is how one begins, and slt_short is none', 'slt_ is how one begins, and slt_short is none'],
    ['esdb://admin:changeit@node:2113 and nothing else', 'esdb://admin:***@node:2113 and nothing else'],
  ])('%j has no credentials', (text, shown) => {
    expect(textWithoutCredentials(text, '***')).toBe(shown);
  });
});
