import { type ApiRole, apiRoleMeanings, apiRoles } from '../../domain/people/api-roles.ts';
import { limits } from '../../domain/shared/limits.ts';
import { sortedBy } from '../../domain/shared/order.ts';
import type { Offered } from '../api/offered.ts';
import { generated, table } from './pages.ts';

type Described = Pick<Offered, 'access' | 'operation'> & { readonly endpoint: Pick<Offered['endpoint'], 'method' | 'path'> };

function mark(access: Offered['access'], role: ApiRole | 'nobody'): string {
  if (access === 'anybody') return 'yes';
  return role !== 'nobody' && access.includes(role) ? 'yes' : '';
}

/** Who may do what over HTTP, from the rules that guard it. */
export function rolesPage(offered: readonly Described[]): string {
  const rows = sortedBy(offered, ({ endpoint: { path, method } }) => `${path} ${method}`).map(({ endpoint, access, operation }) => [
    `\`${endpoint.method} ${endpoint.path}\``,
    ...apiRoles.map((role) => mark(access, role)),
    mark(access, 'nobody'),
    (operation as { readonly summary?: string }).summary ?? '',
  ]);
  return `${generated}# Who may do what over HTTP

Whoever asks shows a token (\`Authorization: Bearer TOKEN\`, made by \`sleeve-ledger token create\`), or has signed in. A token has \
one role or \
several; no role holds another, so that each is given by name. What is recorded is recorded under the name of the token's holder.

${apiRoles.map((role) => `* **${role}** ${apiRoleMeanings[role]}.`).join('\n')}
* **nobody** shows no token. With \`serve --anybody-reads\`, which is for loopback only, nobody reads like a viewer.

What tells nothing of any ledger is for everybody: \`/v1/openapi.json\`, \`/v1/reference\`, and the files of the page.

Erasure of letters, keys, witnesses and tokens have no route: they are for the command line on the machine of the ledger.

${table(['route', ...apiRoles, 'nobody', 'what'], rows)}

\`HEAD\` goes where \`GET\` goes. A role that is missing is answered 403 \`NotPermitted\` with the roles that would do, a token that \
is missing \
or not valid 401 \`NotAuthenticated\`: both before the body is read.

## How often

| what | bound | beyond it |
| --- | --- | --- |
| requests of one name | ${limits.apiRequestsPerSecondMax} a second, ${limits.apiRequestsAtOnceMax} at once after a pause | 429, \
\`Retry-After\` |
| decisions of one name that were made | ${limits.apiDecisionsPerSecondMax} a second, ${limits.apiDecisionsAtOnceMax} at once after a \
pause | 429, \`Retry-After\` |
| requests of one address with a token that is not valid | ${limits.apiFailuresPerSecondMax} a second, ${limits.apiFailuresAtOnceMax} \
at once after a pause; tokens that were valid when they were shown last are let through | 429, \`Retry-After\` |
| questions that compute (verification, recomputation, what-if, robustness) | one at a time for each name, \
${limits.apiHeavyAtOnceMax} together; ${limits.apiHeavyWaitingOfOneMax} of a name wait for their turn | 429, \`Retry-After\` |
| audit exports and bundles | the same, beside those that compute; each lasts until it has been taken | 429, \`Retry-After\` |
| readers of the stream | ${limits.streamReadersOfOneMax} of one name, ${limits.streamReadersMax} together | 429 \`TooManyRequests\`, 503 \
\`ReadersTooMany\` |
| connections of one address | ${limits.httpConnectionsOfOneMax}, and ${limits.httpConnectionsMax} of all together; loopback and the \
proxies of \`--behind-proxy\`, behind which others stand, count among all alone: bound there what one may have | closed at once |

Without a token, an address (of IPv6: its network of 64 bits) stands for the name. The bounds are those of one server: they begin \
anew when it is started.

## The same request again

Every \`POST\` that records takes an \`Idempotency-Key\`: 1 to 255 characters, best a new UUID for each decision. The same key of the \
same name with the same request is answered as \
the first time, with the header \`idempotent-replayed: true\`; with another request 422 \`IdempotencyKeyUsed\`; while the first is \
under way 409 \`RequestUnderWay\`. \
A decision that was begun is completed although its client has left.

Kept are answers that stay so: what was done, and refusals for what the request itself says (400, 404, 413, 422). What may pass (429, \
409, 5xx) is tried again. \
They are kept for ${limits.apiKeptAnswersMsMax / 3_600_000} hours in the memory of one server, at most ${limits.apiKeptAnswersMax} of \
them and ${limits.apiKeptAnswersOfOneMax} of one name; the oldest go first. \
After a restart, or at another server, the same decision is not recorded twice either: the ledger knows it again and answers \`already\`.
`;
}
