/** The setting `witness`: which texts name which places, and which are refused; docs/cli.md has the grammar. */
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { formatWitnessPlaces, parseWitnessPlaces, type WitnessPlaces } from '../../../handlers/ledger/witness-places.ts';
import { refusalOf } from '../../support/refusal.ts';

const tlog = (place: string, verifierKey: string, url = place): WitnessPlaces['addresses'][number] => ({
  kind: 'tlog',
  place,
  url,
  verifierKey,
});
const git = (url: string, branch: string): WitnessPlaces['addresses'][number] => ({ kind: 'git', place: `git+${url}`, url, branch });

const many = (count: number): string => Array.from({ length: count }, (_, index) => `https://w${index}.example#k`).join(' ');

describe('the places of a witness', () => {
  test.each<[string, WitnessPlaces]>([
    ['', { folder: null, addresses: [] }],
    ['   ', { folder: null, addresses: [] }],
    ['/var/witness', { folder: '/var/witness', addresses: [] }],
    ['  a folder with blanks ', { folder: 'a folder with blanks', addresses: [] }],
    ['https://w.example/p#w+00000001+AA', { folder: null, addresses: [tlog('https://w.example/p', 'w+00000001+AA')] }],
    ['https://w.example/p//#k', { folder: null, addresses: [tlog('https://w.example/p//', 'k', 'https://w.example/p')] }],
    ['https://w.example/a//b#k', { folder: null, addresses: [tlog('https://w.example/a//b', 'k')] }],
    ['https://w.example#k#l', { folder: null, addresses: [tlog('https://w.example', 'k#l')] }],
    [
      '/var/w https://one.example#k git+https://host/repo.git#proofs',
      { folder: '/var/w', addresses: [tlog('https://one.example', 'k'), git('https://host/repo.git', 'proofs')] },
    ],
    ['https://one.example#k /var/w', { folder: '/var/w', addresses: [tlog('https://one.example', 'k')] }],
    ['git+https://host/repo.git', { folder: null, addresses: [git('https://host/repo.git', 'main')] }],
    ['git+ssh://me@host/repo', { folder: null, addresses: [git('ssh://me@host/repo', 'main')] }],
    ['git+ssh://me:word@host/repo', { folder: null, addresses: [git('ssh://me:word@host/repo', 'main')] }],
    ['git+file:///srv/repo#a/b-c.d_1', { folder: null, addresses: [git('file:///srv/repo', 'a/b-c.d_1')] }],
    [`git+file:///srv/repo#${'b'.repeat(100)}`, { folder: null, addresses: [git('file:///srv/repo', 'b'.repeat(100))] }],
    ['http://localhost:8080#k', { folder: null, addresses: [tlog('http://localhost:8080', 'k')] }],
    ['http://127.0.0.1#k', { folder: null, addresses: [tlog('http://127.0.0.1', 'k')] }],
    ['http://127.10.200.100#k', { folder: null, addresses: [tlog('http://127.10.200.100', 'k')] }],
    ['http://[::1]:80#k', { folder: null, addresses: [tlog('http://[::1]:80', 'k')] }],
    ['git+http://localhost/repo', { folder: null, addresses: [git('http://localhost/repo', 'main')] }],
  ])('of %j', (text, expected) => {
    expect(parseWitnessPlaces(text)).toEqual(expected);
  });

  const onThisMachine = 'http:// is taken on this machine only, use https://';
  const noName = 'no name and password in an address';
  test.each<[string, string]>([
    ['http://w.example#k', `the witness http://w.example: ${onThisMachine}`],
    ['http://localhost.example#k', `the witness http://localhost.example: ${onThisMachine}`],
    ['http://my.localhost#k', `the witness http://my.localhost: ${onThisMachine}`],
    ['git+http://w.example/r', `the witness git+http://w.example/r: ${onThisMachine}`],
    ['https://#k', 'the witness https://: no address'],
    ['https://w.example', 'the witness https://w.example: its verifier key follows the address behind a #, as `witness serve` prints it'],
    ['https://w.example?a=1#k', 'the witness https://w.example?a=1: no question mark in the address of a witness'],
    ['git+file:///r#-x', 'the witness git+file:///r: -x is no name of a branch'],
    ['git+file:///r#', 'the witness git+file:///r:  is no name of a branch'],
    ['git+file:///r#a..b', 'the witness git+file:///r: a..b is no name of a branch'],
    ['git+file:///r#a~b', 'the witness git+file:///r: a~b is no name of a branch'],
    [`git+file:///r#${'b'.repeat(101)}`, `the witness git+file:///r: ${'b'.repeat(101)} is no name of a branch`],
    ['ftp://w.example', 'the witness ftp://w.example: a folder, https://, git+https://, git+ssh:// or git+file://'],
    ['/var/w git+ftp://x', 'the witness /var/w git+ftp://x: a folder, https://, git+https://, git+ssh:// or git+file://'],
    ['https://w.example#k https://v.example#k https://w.example#l', 'the witness https://w.example: named twice'],
    ['git+file:///r#a git+file:///r#b', 'the witness git+file:///r: named twice'],
  ])('are refused in %j', (text, message) => {
    const { code, message: said, at } = refusalOf(() => parseWitnessPlaces(text));
    expect({ code, said, at }).toEqual({ code: 'ConfigInvalid', said: message, at: { path: 'witness' } });
  });

  test.each(['https://me@w.example#k', 'https://:word@w.example#k', 'git+https://me:word@host/r', 'git+http://me@localhost/r'])(
    'bear no name and no password: %s',
    (text) => {
      const { code, message } = refusalOf(() => parseWitnessPlaces(text));
      expect(code).toBe('ConfigInvalid');
      expect(message).toMatch(new RegExp(`: ${noName}$`));
      expect(message).not.toContain('word@');
    },
  );

  test('are at most so many, and no more', () => {
    expect(parseWitnessPlaces(many(limits.witnessesMax)).addresses).toHaveLength(limits.witnessesMax);
    expect(refusalOf(() => parseWitnessPlaces(`/var/w ${many(limits.witnessesMax + 1)}`)).message).toBe(
      `the witness /var/w: more than ${limits.witnessesMax} places`,
    );
  });

  test.each<[string, string]>([
    ['', ''],
    ['/var/w', '/var/w'],
    ['https://w.example/p#k', 'https://w.example/p#k'],
    ['https://w.example#k /var/w git+file:///r', '/var/w https://w.example#k git+file:///r#main'],
  ])('of %j are written as %j, which names the same places', (text, written) => {
    const places = parseWitnessPlaces(text);
    expect(formatWitnessPlaces(places)).toBe(written);
    expect(parseWitnessPlaces(written)).toEqual(places);
  });
});
