import type { ApiRole } from '../../domain/people/api-roles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { withSuggestions } from '../../handlers/queries/known-names.ts';
import { asLedgerError } from '../cli/answer.ts';
import type { ApiAnswer, ApiEndpoint, ApiRequest } from '../ports/ports.ts';
import type { Identity } from './identity.ts';
import { problemAnswer } from './problem.ts';
import type { ApiService } from './service.ts';

/** Who may ask: whoever has one of these roles, or anybody, for what tells nothing of the ledger. */
export type Access = readonly ApiRole[] | 'anybody';

/** An endpoint with the rule that guards it and what the document says of it. */
export interface Offered {
  readonly endpoint: ApiEndpoint;
  readonly access: Access;
  /** Of which resource it is. */
  readonly tag: string;
  /** The operation object of OpenAPI 3.1. */
  readonly operation: object;
}

/** What is asked for, what it takes and who may ask. */
export interface Guard {
  readonly method: ApiEndpoint['method'];
  readonly path: string;
  readonly roles: readonly ApiRole[];
  readonly bodyBytesMax: number;
}

/** A longer body is read for those only who may send it. */
const bodyBytesShort = 65_536;

function requireRole(roles: readonly ApiRole[], identity: Identity): void {
  if (roles.some((role) => identity.roles.includes(role))) return;
  const wanted = roles.length === 1 ? roles[0]! : `${roles.slice(0, -1).join(', ')} or ${roles.at(-1)!}`;
  throw new LedgerError('NotPermitted', `${identity.name} may not do this: it takes the role ${wanted}`, { evidence: { roles } });
}

/**
 * An endpoint that answers to those who may ask. Every refusal is an answer; a fault of ours is logged, and told without its cause.
 */
export function guarded(
  { roles, ...endpoint }: Guard,
  service: ApiService,
  answer: (request: ApiRequest, identity: Identity) => Promise<ApiAnswer>,
): ApiEndpoint {
  const refusalOf = async (cause: unknown, request: ApiRequest): Promise<ApiAnswer> => {
    const { ports } = service.session;
    const error = asLedgerError(await withSuggestions(ports, cause), request.signal);
    if (error.code === 'Internal') ports.log.error({ error: cause, path: endpoint.path }, 'a request of the API failed');
    return problemAnswer(error, error.code === 'NotAuthenticated' ? { 'www-authenticate': 'Bearer' } : {});
  };
  const admitted = async (request: ApiRequest): Promise<Identity> => {
    const identity = await service.identify(request);
    requireRole(roles, identity);
    return identity;
  };
  return {
    ...endpoint,
    // Who may not send it makes nobody read a long body.
    ...(endpoint.bodyBytesMax <= bodyBytesShort
      ? {}
      : {
          admit: async (request) =>
            admitted(request).then(
              () => null,
              (cause: unknown) => refusalOf(cause, request),
            ),
        }),
    answer: async (request) => {
      try {
        return await answer(request, await admitted(request));
      } catch (cause) {
        return refusalOf(cause, request);
      }
    },
  };
}
