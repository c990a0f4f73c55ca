import type { z } from 'zod';
import type { ApiRole } from '../../domain/people/api-roles.ts';
import type { FlagValues } from '../cli/verb.ts';
import type { ApiAnswer, ApiRequest } from '../ports/ports.ts';
import { entityTag, isHeld } from './conditional.ts';
import { performed } from './answering.ts';
import type { DeclaredQuestion, Parameter } from './endpoint.ts';
import type { Identity } from './identity.ts';
import { inputOf } from './input.ts';
import { acceptable } from './negotiation.ts';
import { guarded, type Offered } from './offered.ts';
import { answerSchema, jsonSchema, parameterOf } from './openapi.ts';
import { plainHeaders } from './problem.ts';
import { filesOfRequest } from './request-files.ts';
import type { ApiService } from './service.ts';
import { writtenBy } from './written.ts';

/** One form of what is at an address. */
export interface Representation {
  readonly mediaType: string;
  /** Flags that have the verb write this form. */
  readonly flags: FlagValues;
  /** Of JSON; left out for bytes. */
  readonly schema?: z.ZodType;
  /** Where this form is the answer of the verb itself, and no file: what its result is. */
  readonly answer?: z.ZodType;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A question whose answer is the file that a verb writes: to standard output, or under a name that says its format. */
export interface FileQuestion {
  /** Name of the resource that it belongs to. */
  readonly resource: string;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly roles: readonly ApiRole[];
  readonly verb: readonly string[];
  readonly parameters: readonly Parameter[];
  /** The first is answered to who accepts all of them alike. */
  readonly representations: readonly [Representation, ...Representation[]];
  /** Name under which it is saved; left out where a browser may show it. */
  readonly savedAs?: (request: ApiRequest) => string;
  /**
   * What the bytes follow from, beside what is asked: the ledger up to its end, as this build tells it, or nothing else, with a tag of
   * their own. Their tag is known before they are made, so that what follows from more (the clock, files of this machine, another server)
   * cannot be a question of this kind: nothing would say that it changed.
   */
  readonly follows: 'ledger' | ((request: ApiRequest) => string);
  /** Reads much of the ledger, or all of it, so that it waits for its turn: one at a time for each identity. */
  readonly heavy?: true;
}

/** Where a verb writes what is its answer. */
export const standardOutput: FlagValues = { output: '-' };

function savedName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 200);
}

async function tagOf(
  { follows, representations }: FileQuestion,
  form: Representation,
  request: ApiRequest,
  { session }: ApiService,
): Promise<string> {
  if (follows !== 'ledger') return follows(request);
  const { store, code } = session.ports;
  return entityTag(session.ports, await store.head(), JSON.stringify([code, representations.indexOf(form)]));
}

function asked({ path, operationId, summary, roles, verb, parameters }: FileQuestion, result: z.ZodType): DeclaredQuestion {
  return { does: 'asks', path, operationId, summary, roles, verb, parameters, result };
}

async function answered(question: FileQuestion, service: ApiService, request: ApiRequest, identity: Identity): Promise<ApiAnswer> {
  const { files: _none, ...input } = inputOf(question, request);
  const form = acceptable(request.headers['accept'], question.representations);
  const etag = await tagOf(question, form, request, service);
  const name = question.savedAs?.(request);
  const headers = {
    ...plainHeaders,
    'content-type': form.mediaType,
    vary: 'accept, authorization',
    etag,
    ...(name === undefined ? {} : { 'content-disposition': `attachment; filename="${savedName(name)}"` }),
    ...form.headers,
  };
  if (isHeld(request, etag)) return { status: 304, headers, body: '' };
  if (form.answer !== undefined) {
    const { status, body } = await performed(asked(question, form.answer), service, identity, request);
    return { status, headers, body };
  }
  const verb = await service.verb(question.verb);
  const reader = { signal: request.signal, headersOnly: request.method === 'HEAD', log: service.session.ports.log };
  const body = await writtenBy((write) => {
    const context = service.contextFor(identity, request, { files: (own) => filesOfRequest(own, {}, write) });
    return verb.run(context, { ...input, flags: { ...input.flags, ...form.flags } });
  }, reader);
  return { status: 200, headers, body };
}

function shapeOf(question: FileQuestion, { mediaType, schema, answer }: Representation): object {
  if (answer !== undefined) return answerSchema(asked(question, answer));
  if (schema !== undefined) return jsonSchema(schema, 'output');
  return mediaType.startsWith('text/') || mediaType.startsWith('application/jsonl') ? { type: 'string' } : {};
}

function operationOf(question: FileQuestion): object {
  const { operationId, resource, summary, roles, verb, parameters, representations } = question;
  return {
    operationId,
    tags: [resource],
    summary,
    description: `Records nothing. For the roles ${roles.join(', ')}. The same at the command line: \`sleeve-ledger ${verb.join(' ')}\`.`,
    security: [{ bearer: [] }],
    'x-roles': roles,
    'x-verb': verb.join(' '),
    parameters: [...parameters.map(parameterOf), { $ref: '#/components/parameters/IfNoneMatch' }],
    responses: {
      200: {
        description: 'What the verb writes.',
        headers: { etag: { schema: { type: 'string' }, description: 'Names these bytes.' } },
        content: Object.fromEntries(representations.map((form) => [form.mediaType.split(';')[0]!, { schema: shapeOf(question, form) }])),
      },
      304: { description: 'It is what is held.' },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

/** Such a question as the server offers it. */
export function offeredFile(question: FileQuestion, service: ApiService): Offered {
  const { path, roles, resource, heavy } = question;
  const turn = heavy === true ? 'reading' : null;
  return {
    endpoint: guarded({ method: 'GET', path, roles, bodyBytesMax: 0, turn }, service, (request, identity) =>
      answered(question, service, request, identity),
    ),
    access: roles,
    tag: resource,
    operation: operationOf(question),
  };
}
