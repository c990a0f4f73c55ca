import { LedgerError } from '../../domain/shared/errors.ts';
import type { Asked, Call } from './asked.ts';

/** What a user must be allowed to for a call, as the server's manual names it. */
const rights: Readonly<Record<Call, (stream: string) => string>> = {
  append: (stream) => `write stream "${stream}"`,
  'write metadata': (stream) => `write the metadata of stream "${stream}"`,
  'read a stream': (stream) => `read stream "${stream}"`,
  'read metadata': (stream) => `read the metadata of stream "${stream}"`,
  'read $all': () => 'read $all',
  'make a group': () => 'make a persistent subscription to $all, as members of $ops may',
  'look at a group': () => 'look at a persistent subscription to $all, as members of $ops may',
  'join a group': () => 'join a persistent subscription to $all, as members of $ops may',
};

/** Makes the user if need be, sets its password, and grants what the ledger needs but the ACL of single streams. */
function grantCommand(user: string): string {
  return `EVENTSTORE_LEDGER_USER=${user} node deploy/make-eventstore-user.mjs`;
}

/** The entry of an ACL that grants what a single stream denies. */
const aclEntries = { append: '$w', 'read a stream': '$r', 'write metadata': '$mw', 'read metadata': '$mr' } as const;

/** How an administrator grants it: what the ACL of a stream denies, only that ACL can grant. */
function grantOf({ call, stream, user }: Asked): string {
  switch (call) {
    case 'append':
    case 'read a stream':
    case 'write metadata':
    case 'read metadata':
      return `name ${user} in ${aclEntries[call]} of the ACL of stream "${stream}", or of $userStreamAcl in $settings`;
    case 'read $all':
    case 'make a group':
    case 'look at a group':
    case 'join a group':
      return grantCommand(user);
  }
}

/** The user, the right that is missing, and how an administrator grants it. */
export function accessDenied(asked: Asked, isUnknownUser: boolean, cause: unknown): LedgerError {
  const { call, server, user, stream = '' } = asked;
  const right = isUnknownUser ? 'log in' : rights[call](stream);
  const grant = isUnknownUser ? grantCommand(user) : grantOf(asked);
  const what = isUnknownUser
    ? `does not take the password of user "${user}", or knows no such user; an administrator sets it`
    : `does not let user "${user}" ${right}; an administrator grants it`;
  return new LedgerError('StoreAccessDenied', `EventStoreDB at ${server} ${what}: ${grant}`, {
    evidence: { server, user, right, grant },
    cause,
  });
}
