import type { ApiRole } from '../../../domain/people/api-roles.ts';

/**
 * Who may do what, written by hand from what the roles are for: a viewer reads; an auditor also takes exports and evidence away; a sender
 * sends results and reads nothing; an operator halts, resumes, quarantines, retries, discards and applies; an approver approves, rejects,
 * waives and revokes. It shares nothing with the rules of the API, and a route that it does not know is an error.
 */
type Expected = readonly ApiRole[] | 'anybody';

const readers: Expected = ['viewer', 'auditor', 'operator', 'approver'];

const exceptions: readonly (readonly [RegExp, Expected])[] = [
  // Asking who one is, for whoever is somebody; and signing in.
  [/^GET \/v1\/session$/, ['viewer', 'auditor', 'sender', 'operator', 'approver']],
  [/ \/v1\/session$/, 'anybody'],
  [/^GET \/v1\/ledger\/verification$/, ['auditor', 'operator']],
  [/^GET \/v1\/(?:audit|runs\/\{run\}\/(?:audit|bundle))$/, ['auditor']],
  [/^POST \/v1\/sleeve-(?:results|runs)$/, ['sender']],
  [/^POST .*\/(?:halt|resume|quarantine|reinstate|retry|discard)$/, ['operator']],
  [/^POST \/v1\/manifest$/, ['operator']],
  [/^POST .*\/(?:approve|reject|waivers|revoke)$/, ['approver']],
  // They compute, and record nothing.
  [/^POST .*\/(?:recomputation|counterfactual|trades)$/, readers],
];

export function expectedRoles(method: string, path: string): Expected {
  const found = exceptions.find(([pattern]) => pattern.test(`${method} ${path}`));
  if (found !== undefined) return found[1];
  // The files of the page.
  if (method === 'GET' && !path.startsWith('/v1/')) return 'anybody';
  if (method === 'GET') return readers;
  throw new Error(`nobody has said who may do ${method} ${path}`);
}
