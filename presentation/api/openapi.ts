import { z } from 'zod';
import { apiRoleMeanings, apiRoles } from '../../domain/people/api-roles.ts';
import { errorKinds } from '../../domain/shared/errors.ts';
import { plainSessionCookie } from './cookies.ts';
import { atLeastParameters } from './at-least.ts';
import { type DeclaredEndpoint, methodOf, type Parameter, type Resource } from './endpoint.ts';
import { withNamedSchemas } from './named-schemas.ts';
import type { Offered } from './offered.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A schema of ours as one of JSON Schema 2020-12, which OpenAPI 3.1 speaks. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return rest;
}

export function parameterOf({ name, in: place, kind, required, schema, description }: Parameter): object {
  const one = jsonSchema(schema, 'input');
  return {
    name,
    in: place,
    required,
    description,
    schema: kind === 'list' ? { type: 'array', items: one } : one,
    ...(kind === 'list' ? { style: 'form', explode: true } : {}),
  };
}

const reference = (name: string): object => ({ $ref: `#/components/parameters/${name}` });

export const problem = { $ref: '#/components/responses/Problem' };

/** The envelope of an answer around its result: that of `--json`. */
export function answerSchema({ verb, result }: Pick<DeclaredEndpoint, 'verb' | 'result'>): Schema {
  return {
    type: 'object',
    required: ['ok', 'command', 'ledgerId', 'position', 'result', 'warnings'],
    properties: {
      ok: { type: 'boolean', description: 'False where a check failed, was rejected or differs: `error` says why.' },
      command: { const: verb.join(' '), description: 'The verb that answers the same at the command line.' },
      ledgerId: { type: ['string', 'null'], description: 'Id of the ledger; null where it has none yet.' },
      position: { type: ['string', 'null'], description: 'Position that the answer reflects.' },
      result: { description: 'The answer.', ...jsonSchema(result, 'output') },
      warnings: { type: 'array', items: { type: 'string' }, description: 'What whoever asks should know beside it.' },
      error: { $ref: '#/components/schemas/Problem' },
    },
    additionalProperties: false,
  };
}

/** Of every question by GET. */
const sharedParameters = ['AtLeast', 'Prefer', 'IfNoneMatch'].map((name) => ({ $ref: `#/components/parameters/${name}` }));

/** What the document says of a declared endpoint. */
export function operationOf(endpoint: DeclaredEndpoint, tag: string): object {
  const { operationId, summary, roles, parameters, body, does } = endpoint;
  const isRead = methodOf(endpoint) === 'GET';
  return {
    operationId,
    tags: [tag],
    summary,
    description:
      `${does === 'asks' ? 'Records nothing.' : 'Recorded under the name of whoever is authenticated.'} ` +
      `For the roles ${roles.join(', ')}. The same at the command line: \`sleeve-ledger ${endpoint.verb.join(' ')}\`.`,
    security: [{ bearer: [] }, { session: [] }],
    'x-roles': roles,
    'x-verb': endpoint.verb.join(' '),
    parameters: [
      ...parameters.map(parameterOf),
      ...(isRead ? sharedParameters : []),
      ...(does === 'records' ? [reference('IdempotencyKey')] : []),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: {
      200: {
        description: does === 'asks' ? 'The answer.' : 'Done, or already done before (`already`).',
        ...(isRead
          ? {
              headers: {
                etag: { schema: { type: 'string' }, description: 'The position that the answer reflects, and a digest of what it says.' },
              },
            }
          : {}),
        content: { 'application/json': { schema: answerSchema(endpoint) } },
      },
      ...(isRead ? { 304: { description: 'The answer is what is held.' } } : {}),
      default: problem,
    },
  };
}

/** What a refusal has, and an answer that is one may add to. */
export const problemSchema: Schema = {
  type: 'object',
  description: 'Problem details of RFC 9457, with the code of the registry of errors (docs/errors.md).',
  required: ['type', 'title', 'status', 'detail', 'advice'],
  properties: {
    type: { type: 'string', description: '`urn:sleeve-ledger:error:` and the code.' },
    title: { enum: Object.keys(errorKinds).toSorted(), description: 'The code.' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'Status of the answer.' },
    detail: { type: 'string', description: 'What is wrong, in words.' },
    advice: { type: 'string', description: 'What to do about it.' },
    at: {
      type: 'object',
      description: 'Where it is wrong.',
      properties: {
        path: { type: 'string', description: 'The parameter or member that is wrong.' },
        line: { type: 'integer', description: 'Line of a table, from 1.' },
      },
      additionalProperties: false,
    },
    evidence: { type: 'object', description: 'What it was judged by: members differ by code.' },
  },
  additionalProperties: false,
};

/** The OpenAPI 3.1 document of everything that is offered. */
export function openApiDocument(
  offered: readonly Offered[],
  resources: readonly Pick<Resource, 'name' | 'description'>[],
  version: string,
): object {
  const operations: Record<string, Record<string, object>> = {};
  for (const { endpoint, operation } of offered) (operations[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operation;
  const { document: paths, schemas } = withNamedSchemas(operations);
  return {
    openapi: '3.1.0',
    info: {
      title: 'sleeve-ledger',
      version,
      description:
        'Allocation across independent strategy sleeves, and its ledger. Weights are decimal fractions; dates are sessions; instants are ' +
        'in UTC. Every answer carries the position of the ledger that it reflects, as `position` and as the entity tag.\n\nRoles:\n\n' +
        apiRoles.map((role) => `* \`${role}\` ${apiRoleMeanings[role]}`).join('\n'),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: resources.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: plainSessionCookie,
          description: 'Of `POST /v1/session`, for the page; under TLS its name begins with `__Host-`.',
        },
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of `token create`, or one of the identity provider.' },
      },
      parameters: {
        ...atLeastParameters,
        IfNoneMatch: {
          name: 'if-none-match',
          in: 'header',
          required: false,
          schema: { type: 'string' },
          description: 'An entity tag that is held.',
        },
        IdempotencyKey: {
          name: 'idempotency-key',
          in: 'header',
          required: false,
          schema: { type: 'string', pattern: '^(?:"[ !#-\\[\\]-~]{1,255}"|[A-Za-z0-9_.:~/+=-]{1,255})$' },
          description: 'A new one for each decision, such as a UUID: the same again is answered as the first time.',
        },
      },
      schemas: { ...schemas, Problem: problemSchema },
      responses: {
        Problem: {
          description: 'A refusal.',
          headers: {
            'retry-after': { schema: { type: 'string', pattern: '^[0-9]+$' }, description: 'Seconds after which it may be tried again.' },
          },
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}
