import { LedgerError } from '../../domain/shared/errors.ts';
import { authenticateToken } from '../../handlers/access/authenticate-token.ts';
import { isOwnToken } from '../../handlers/access/bearer.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { ApiRequest } from '../ports/ports.ts';
import type { Identity } from './identity.ts';

const bearer = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** Whoever shows no token where anybody may read: they decide nothing, so that their name is recorded nowhere. */
const nobody: Identity = { name: 'unnamed', roles: ['viewer'], by: 'loopback' };

/** Says who asks. Errors: NotAuthenticated. */
export function identifying(
  session: Session,
  { anybodyReads }: { readonly anybodyReads: boolean },
): (request: Pick<ApiRequest, 'headers'>) => Promise<Identity> {
  return async ({ headers }) => {
    const { authorization } = headers;
    if (authorization === undefined) {
      if (anybodyReads) return nobody;
      throw new LedgerError('NotAuthenticated', 'the request shows no token');
    }
    const token = bearer.exec(authorization)?.[1];
    if (token === undefined || !isOwnToken(token))
      throw new LedgerError('NotAuthenticated', 'what the request shows is no token of this ledger');
    const { holder, roles } = await authenticateToken(session, token);
    return { name: holder, roles, by: 'token' };
  };
}
