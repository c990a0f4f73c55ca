import type { ApiRole } from '../../domain/people/api-roles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { withSuggestions } from '../../handlers/queries/known-names.ts';
import { asLedgerError } from '../cli/answer.ts';
import type { ApiAnswer, ApiEndpoint, ApiRequest } from '../ports/ports.ts';
import type { Identity } from './identity.ts';
import { isTold, problemAnswer } from './problem.ts';
import type { Recording, Turn } from './protection.ts';
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
  /** What it takes its turn for: one at a time for each identity, few at once for all. Null or left out: answered at once. */
  readonly turn?: Turn | null;
  /** What it records, so that it takes an Idempotency-Key; null or left out: nothing. */
  readonly records?: Recording | null;
}

export function requireRole(roles: readonly ApiRole[], identity: Identity): void {
  if (roles.some((role) => identity.roles.includes(role))) return;
  const wanted = roles.length === 1 ? roles[0]! : `${roles.slice(0, -1).join(', ')} or ${roles.at(-1)!}`;
  throw new LedgerError('NotPermitted', `${identity.name} may not do this: it takes the role ${wanted}`, { evidence: { roles } });
}

/** Makes an answer of whatever an endpoint throws: a fault of ours is logged, and told without its cause. */
function refusing(
  path: string,
  service: Pick<ApiService, 'session'>,
): (cause: unknown, request: Pick<ApiRequest, 'signal'>) => Promise<ApiAnswer> {
  return async (cause, { signal }) => {
    const { ports } = service.session;
    const error = asLedgerError(await withSuggestions(ports, cause), signal);
    if (error.code === 'Internal') ports.log.error({ error: cause, path }, 'a request of the API failed');
    else if (!isTold(error)) ports.log.warn({ error: cause, path }, 'a request of the API was refused');
    return problemAnswer(error);
  };
}

/**
 * An endpoint that answers to those who may ask, as often as they may. Every refusal is an answer; a fault of ours is logged, and told
 * without its cause. Who asks is known before a body is read, so that a stranger sends none.
 */
export function guarded(
  { roles, turn = null, records = null, ...endpoint }: Guard,
  service: ApiService,
  answer: (request: ApiRequest, identity: Identity) => Promise<ApiAnswer>,
): ApiEndpoint {
  const { protection } = service;
  const refusalOf = refusing(endpoint.path, service);
  const answered = async (request: ApiRequest, identity: Identity): Promise<ApiAnswer> => {
    try {
      return await answer(request, identity);
    } catch (cause) {
      return refusalOf(cause, request);
    }
  };
  const inItsWay = (request: ApiRequest, identity: Identity): Promise<ApiAnswer> => {
    if (turn !== null) return protection.inTurn(identity, request, turn, () => answered(request, identity));
    if (records === null) return answered(request, identity);
    // A decision that has begun is completed: whoever left may come back for the answer.
    const lasting = { ...request, signal: new AbortController().signal };
    return protection.once(identity, lasting, records, () => answered(lasting, identity));
  };
  const admit: Required<ApiEndpoint>['admit'] = async (head) => {
    try {
      const identity = await protection.identified(head, service.identify);
      requireRole(roles, identity);
      protection.count(identity, head);
      return {
        answer: async (request) => {
          try {
            return await inItsWay(request, identity);
          } catch (cause) {
            return refusalOf(cause, request);
          }
        },
      };
    } catch (cause) {
      return { refusal: await refusalOf(cause, head) };
    }
  };
  return {
    ...endpoint,
    admit,
    answer: async (request) => {
      const admission = await admit(request);
      return 'refusal' in admission ? admission.refusal : admission.answer(request);
    },
  };
}

/** An endpoint that answers to anybody. Every refusal is an answer. */
export function unguarded(
  endpoint: Omit<Guard, 'roles'>,
  service: Pick<ApiService, 'session'>,
  answer: (request: ApiRequest) => Promise<ApiAnswer>,
): ApiEndpoint {
  const refusalOf = refusing(endpoint.path, service);
  return {
    ...endpoint,
    answer: async (request) => {
      try {
        return await answer(request);
      } catch (cause) {
        return refusalOf(cause, request);
      }
    },
  };
}
