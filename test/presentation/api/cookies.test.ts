import { describe, expect, test } from '@jest/globals';
import { endedCookie, sessionCookie, sessionShown } from '../../../presentation/api/cookies.ts';

const asked = (origin: string, cookie?: string) => ({ origin, headers: cookie === undefined ? {} : { cookie } });
const [open, underTls] = ['http://127.0.0.1:8470', 'https://ledger.example'];

describe('the cookie of a session', () => {
  test('is kept from scripts, other sites and, under TLS, from anything without it', () => {
    expect(sessionCookie(asked(open), 'abc', 60.9)).toBe('sleeve-ledger-session=abc; Max-Age=60; Path=/; HttpOnly; SameSite=Strict');
    expect(sessionCookie(asked(underTls), 'abc', 60)).toBe(
      '__Host-sleeve-ledger-session=abc; Max-Age=60; Path=/; HttpOnly; SameSite=Strict; Secure',
    );
    expect(endedCookie(asked(underTls))).toBe('__Host-sleeve-ledger-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict; Secure');
  });

  test.each([
    [open, undefined, null],
    [open, 'sleeve-ledger-session=abc', 'abc'],
    [open, 'a=b;sleeve-ledger-session=a-_9 ; c=d', 'a-_9'],
    [open, 'my-sleeve-ledger-session=abc', null],
    [open, 'sleeve-ledger-session=', null],
    [open, 'sleeve-ledger-session=a b', null],
    [open, `sleeve-ledger-session=${'a'.repeat(101)}`, null],
    // Whoever listens at another port of the machine has a browser send one of theirs, before or behind.
    [open, 'sleeve-ledger-session=theirs; sleeve-ledger-session=abc', null],
    [open, 'sleeve-ledger-session=abc; a=b; sleeve-ledger-session=abc', null],
    [open, '__Host-sleeve-ledger-session=abc', null],
    [underTls, '__Host-sleeve-ledger-session=abc', 'abc'],
    // One without the prefix may have been set without TLS, or by a server of a neighbouring name.
    [underTls, 'sleeve-ledger-session=abc', null],
  ])('at %s in %j is %j', (origin, cookie, id) => {
    expect(sessionShown(asked(origin, cookie))).toBe(id);
  });
});
