import type { ErrorKind } from './error-kind.ts';

/** Refusals of what people may not do, or not alone. */
export const peopleErrors = {
  NotAuthenticated: {
    fault: 'caller',
    ends: 'command',
    exit: 1,
    http: 401,
    advice: 'Send `Authorization: Bearer TOKEN` with a token of `token create` that has neither expired nor been revoked.',
  },
  NotPermitted: {
    fault: 'caller',
    ends: 'command',
    exit: 1,
    http: 403,
    advice: 'Ask somebody who has one of the roles, or have a token made that has it.',
  },
  TooManyRequests: {
    fault: 'world',
    ends: 'command',
    exit: 75,
    http: 429,
    advice: 'Wait for as many seconds as Retry-After says, then ask again.',
  },
  RequestUnderWay: {
    fault: 'world',
    ends: 'command',
    exit: 75,
    http: 409,
    advice: 'A request with this Idempotency-Key is being answered: wait, then send the same again.',
  },
  IdempotencyKeyUsed: {
    fault: 'caller',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Give every request an Idempotency-Key of its own; the same key repeats the same request, and no other.',
  },
  TokenUnknown: {
    fault: 'caller',
    ends: 'command',
    exit: 66,
    http: 404,
    advice: '`token list` shows the tokens that were made.',
  },
  ActorUnseen: {
    fault: 'caller',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Give a name without invisible characters, control characters and marks of direction: --actor NAME.',
  },
  ActorUnnamed: {
    fault: 'caller',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Say who acts: --actor NAME, SLEEVE_LEDGER_ACTOR, or `actor` in the settings file; a worker is named in the same way.',
  },
  ActorConfusable: {
    fault: 'caller',
    ends: 'command',
    exit: 1,
    http: 409,
    advice: 'Act under the name that the ledger knows, letter by letter, or under one that nobody takes for it.',
  },
  ApproverIsProposer: {
    fault: 'caller',
    ends: 'command',
    exit: 1,
    http: 409,
    advice: 'Somebody else than the proposer has to approve; another spelling of the same name is the same person.',
  },
  NothingProposed: {
    fault: 'caller',
    ends: 'command',
    exit: 66,
    http: 404,
    advice: '`status` shows which definition waits for approval; a newer one may have taken its place.',
  },
  DefinitionUnapproved: {
    fault: 'caller',
    ends: 'command',
    exit: 1,
    http: 409,
    advice: 'Have the definition approved: `manifest apply` proposes it, `manifest approve PROPOSAL` by somebody else puts it in force.',
  },
} as const satisfies Record<string, ErrorKind>;
