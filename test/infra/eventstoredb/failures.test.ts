import { describe, expect, test } from '@jest/globals';
import dbClient from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Asked, Call } from '../../../infra/eventstoredb/asked.ts';
import { isUncertain, NoAnswer, reasonOf, translated } from '../../../infra/eventstoredb/failures.ts';
import { comparePositions, formatPosition, knownPosition, parsePosition } from '../../../infra/eventstoredb/positions.ts';
import { refusalOf } from '../../support/refusal.ts';

const calls: readonly Call[] = [
  ...(['append', 'write metadata', 'read a stream', 'read metadata', 'read $all'] as const),
  ...(['make a group', 'look at a group', 'join a group'] as const),
];
const coded = (code: number, message = 'said'): Error => Object.assign(new Error(message), { code });
/** One of the client's own classes, without what it would be made from. */
const ofClient = (type: { readonly prototype: object }, more: object = {}): Error =>
  Object.assign(Object.create(type.prototype) as Error, { message: 'said', ...more });

describe('whether a call that failed may be made again', () => {
  const finalOfAny = ['INVALID_ARGUMENT', 'PERMISSION_DENIED', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'UNAUTHENTICATED'];
  const names = Object.keys(status).filter((name) => Number.isNaN(Number(name)));

  test.each(calls)('after each status of %s', (call) => {
    const more = call === 'make a group' ? ['ALREADY_EXISTS'] : call === 'look at a group' || call === 'join a group' ? ['NOT_FOUND'] : [];
    const final = names.filter((name) => !isUncertain(coded(status[name as keyof typeof status]), call));
    expect(final.toSorted()).toEqual([...finalOfAny, ...more].toSorted());
  });

  test.each<[string, unknown, boolean]>([
    ['our own', new LedgerError('StoreUnavailable', 'x'), false],
    ['another leader', ofClient(dbClient.NotLeaderError, { code: status.NOT_FOUND }), true],
    ['another revision', ofClient(dbClient.WrongExpectedVersionError), false],
    ['a deleted stream', ofClient(dbClient.StreamDeletedError), false],
    ['no permission', ofClient(dbClient.AccessDeniedError), false],
    ['too large', ofClient(dbClient.MaxAppendSizeExceededError), false],
    ['an invalid argument', ofClient(dbClient.InvalidArgumentError), false],
    ['a server away', ofClient(dbClient.UnavailableError), true],
    ['no leader yet', coded(status.NOT_FOUND, 'No leader info available in response'), true],
    ['not ready yet', coded(status.FAILED_PRECONDITION, 'Server Is Not Ready'), true],
    ['no answer', new NoAnswer('x'), true],
    ['what is no error', 'x', true],
  ])('%s', (_, error, expected) => {
    expect(isUncertain(error, 'join a group')).toBe(expected);
  });

  test('the reason is the message, or what was thrown', () => {
    expect([reasonOf(new Error('why')), reasonOf('thrown')]).toEqual(['why', 'thrown']);
  });
});

const acl = (entry: string): string => `name ops in ${entry} of the ACL of stream "sleeve-a", or of $userStreamAcl in $settings`;

describe('a failure of the client in our words', () => {
  const asked: Asked = { call: 'append', server: 's:1', user: 'ops', stream: 'sleeve-a', expected: '4' };
  const answered = (error: unknown, how: Asked = asked): unknown[] => {
    const { code, message, evidence } = translated(error, how);
    return [code, message, evidence];
  };

  test.each<[unknown, unknown[]]>([
    [
      ofClient(dbClient.WrongExpectedVersionError, { actualVersion: 7n }),
      ['WrongExpectedRevision', 'stream "sleeve-a" is at revision 7, expected 4', { stream: 'sleeve-a', expected: '4', actual: '7' }],
    ],
    [
      ofClient(dbClient.WrongExpectedVersionError, { actualVersion: 0n }),
      ['WrongExpectedRevision', 'stream "sleeve-a" is at revision 0, expected 4', { stream: 'sleeve-a', expected: '4', actual: '0' }],
    ],
    ...[-1n, 'no_stream', undefined].map((actualVersion): [unknown, unknown[]] => [
      ofClient(dbClient.WrongExpectedVersionError, { actualVersion }),
      ['WrongExpectedRevision', 'stream "sleeve-a" is at revision none, expected 4', { stream: 'sleeve-a', expected: '4', actual: 'none' }],
    ]),
    [ofClient(dbClient.StreamDeletedError), ['StreamDeleted', 'stream "sleeve-a" was deleted for good', { stream: 'sleeve-a' }]],
    [
      ofClient(dbClient.MaxAppendSizeExceededError, { maxAppendSize: 99 }),
      [
        'LimitExceeded',
        'the server takes appends of at most 99 bytes; docs/how-to/use-eventstoredb.md says how to raise it',
        { stream: 'sleeve-a', serverBytesMax: 99 },
      ],
    ],
    [coded(status.UNAVAILABLE, 'gone'), ['StoreUnavailable', 'EventStoreDB at s:1: gone', { server: 's:1' }]],
    ['gone', ['StoreUnavailable', 'EventStoreDB at s:1: gone', { server: 's:1' }]],
  ])('%#', (error, expected) => {
    expect(answered(error)).toEqual(expected);
  });

  test('keeps what is in our words, and what caused the others', () => {
    const own = new LedgerError('StoreTlsRefused', 'x');
    expect(translated(own, asked)).toBe(own);
    const error = coded(status.UNAVAILABLE);
    expect(translated(error, asked).cause).toBe(error);
    expect(translated(coded(status.PERMISSION_DENIED), asked).cause).toMatchObject({ code: status.PERMISSION_DENIED });
  });

  const setUp = 'EVENTSTORE_LEDGER_USER=ops node deploy/make-eventstore-user.mjs';
  test.each<[Call, string, string]>([
    ['append', 'write stream "sleeve-a"', acl('$w')],
    ['read a stream', 'read stream "sleeve-a"', acl('$r')],
    ['write metadata', 'write the metadata of stream "sleeve-a"', acl('$mw')],
    ['read metadata', 'read the metadata of stream "sleeve-a"', acl('$mr')],
    ['read $all', 'read $all', setUp],
    ['make a group', 'make a persistent subscription to $all, as members of $ops may', setUp],
    ['look at a group', 'look at a persistent subscription to $all, as members of $ops may', setUp],
    ['join a group', 'join a persistent subscription to $all, as members of $ops may', setUp],
  ])('a right that is missing is named with its grant: %s', (call, right, grant) => {
    for (const error of [ofClient(dbClient.AccessDeniedError), coded(status.PERMISSION_DENIED)])
      expect(answered(error, { ...asked, call })).toEqual([
        'StoreAccessDenied',
        `EventStoreDB at s:1 does not let user "ops" ${right}; an administrator grants it: ${grant}`,
        { server: 's:1', user: 'ops', right, grant },
      ]);
    expect(answered(coded(status.UNAUTHENTICATED), { ...asked, call })).toEqual([
      'StoreAccessDenied',
      `EventStoreDB at s:1 does not take the password of user "ops", or knows no such user; an administrator sets it: ${setUp}`,
      { server: 's:1', user: 'ops', right: 'log in', grant: setUp },
    ]);
  });

  test('a call that has no stream names none', () => {
    expect(answered(ofClient(dbClient.StreamDeletedError), { call: 'read $all', server: 's:1', user: 'ops' })[1]).toBe(
      'stream "" was deleted for good',
    );
    expect(answered(coded(status.PERMISSION_DENIED), { call: 'append', server: 's:1', user: 'ops' })[1]).toContain('write stream "";');
  });
});

const at = (commit: bigint, prepare: bigint) => ({ commit, prepare });

describe('positions', () => {
  test.each([
    [at(1n, 1n), at(1n, 1n), 0],
    [at(1n, 1n), at(2n, 0n), -1],
    [at(2n, 0n), at(1n, 1n), 1],
    [at(1n, 1n), at(1n, 2n), -1],
    [at(1n, 2n), at(1n, 1n), 1],
  ])('%p and %p compare as %p', (left, right, expected) => {
    expect(comparePositions(left, right)).toBe(expected);
  });

  test('are texts of two numbers', () => {
    expect(formatPosition(at(12n, 3n))).toBe('12/3');
    expect(parsePosition('18446744073709551615/0')).toEqual(at(18_446_744_073_709_551_615n, 0n));
    for (const text of ['', '1', '1/', '/1', 'x1/1', '1/1x', '1/x', `${'1'.repeat(21)}/1`, `1/${'1'.repeat(21)}`]) {
      const refusal = refusalOf(() => parsePosition(text));
      expect([refusal.code, refusal.message, refusal.evidence]).toEqual([
        'Usage',
        `"${text}" is not a position of this store, which reads COMMIT/PREPARE`,
        { position: text },
      ]);
    }
  });

  test('of a server that gives none are refused', () => {
    expect(knownPosition(at(1n, 1n))).toEqual(at(1n, 1n));
    for (const none of [undefined, at(0xffff_ffff_ffff_ffffn, 0n)]) {
      const refusal = refusalOf(() => knownPosition(none));
      expect([refusal.code, refusal.message]).toEqual([
        'StoreUnavailable',
        'the EventStoreDB server gives no positions with the events of a stream: use version 22.10 or newer',
      ]);
    }
  });
});
