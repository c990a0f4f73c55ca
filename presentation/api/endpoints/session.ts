import { z } from 'zod';
import { apiRoles } from '../../../domain/people/api-roles.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { ApiAnswer } from '../../ports/ports.ts';
import type { Identity } from '../identity.ts';
import { bodyOf } from '../input.ts';
import { guarded, type Offered, unguarded } from '../offered.ts';
import { jsonSchema, problem } from '../openapi.ts';
import { jsonText, plainHeaders } from '../problem.ts';
import type { ApiService } from '../service.ts';

const path = '/v1/session';
const tag = 'session';

export const sessionResource = { name: tag, description: 'Who asks, and signing in at the page.' };

const signingIn = z.strictObject({
  token: z
    .string()
    .min(1)
    .max(limits.bearerCharsMax)
    .regex(/^[\x21-\x7E]+$/, 'a token holds no blanks')
    .meta({ description: 'A token of `token create`, or an access token of the identity provider.' }),
});

const whoAsks = z.strictObject({
  name: z.string().meta({ description: 'Recorded for what they do.' }),
  roles: z.array(z.enum(apiRoles)).meta({ description: 'What they may do.' }),
  by: z.enum(['token', 'provider', 'session', 'loopback']).meta({ description: 'What it rests on.' }),
  until: z.string().nullable().meta({ description: 'When the session ends by itself; null for what is no session.' }),
});

function told({ name, roles, by, until }: Identity, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  const who: z.infer<typeof whoAsks> = { name, roles: [...roles], by, until: until ?? null };
  return {
    status: 200,
    headers: { ...plainHeaders, 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8', ...headers },
    body: jsonText(who),
  };
}

const whoResponse = { description: 'Who asks.', content: { 'application/json': { schema: jsonSchema(whoAsks, 'output') } } };
const setsCookie = { 'set-cookie': { schema: { type: 'string' } } };

function signIn(service: ApiService): Offered {
  return {
    endpoint: unguarded({ method: 'POST', path, bodyBytesMax: 2 * limits.bearerCharsMax }, service, async (request) => {
      const { token } = bodyOf(signingIn, request.body);
      const { identity, setCookie } = await service.signIn(request, token);
      return told(identity, { 'set-cookie': setCookie });
    }),
    access: 'anybody',
    tag,
    operation: {
      operationId: 'signIn',
      tags: [tag],
      summary: 'Has a session stand for a token.',
      description: `For the page: a cookie that no script reads, until the token ends, and ${limits.pageSessionHoursMax} hours at most.`,
      security: [],
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(signingIn, 'input') } } },
      responses: { 200: { ...whoResponse, headers: setsCookie }, default: problem },
    },
  };
}

function signOut(service: ApiService): Offered {
  return {
    endpoint: unguarded({ method: 'DELETE', path, bodyBytesMax: 0 }, service, async (request) => ({
      status: 204,
      headers: { ...plainHeaders, 'cache-control': 'no-store', 'set-cookie': service.signOut(request) },
      body: '',
    })),
    access: 'anybody',
    tag,
    operation: {
      operationId: 'signOut',
      tags: [tag],
      summary: 'Ends the session that the request shows.',
      description: 'Sent with `Content-Type: application/json`, as everything that changes something by a session.',
      security: [{ session: [] }, {}],
      responses: { 204: { description: 'Ended, if there was one.', headers: setsCookie }, default: problem },
    },
  };
}

function asking(service: ApiService): Offered {
  return {
    endpoint: guarded({ method: 'GET', path, roles: apiRoles, bodyBytesMax: 0 }, service, async (_request, identity) => told(identity)),
    access: apiRoles,
    tag,
    operation: {
      operationId: 'whoAsks',
      tags: [tag],
      summary: 'Says who asks, by whatever they show.',
      description: 'Records nothing. For everybody who has a role.',
      security: [{ bearer: [] }, { session: [] }],
      'x-roles': apiRoles,
      responses: { 200: whoResponse, default: problem },
    },
  };
}

/** Signing in at the page, and out. */
export function sessionEndpoints(service: ApiService): readonly Offered[] {
  return [signIn(service), asking(service), signOut(service)];
}
