import type { z } from 'zod';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { parseStrictJson } from '../../handlers/messages/strict-json.ts';
import type { VerbInput } from '../cli/verb.ts';
import type { ApiRequest } from '../ports/ports.ts';
import type { DeclaredEndpoint, Parameter, Taken } from './endpoint.ts';
import type { GivenFiles } from './request-files.ts';

type Given = string | readonly string[] | boolean;

function invalid(message: string, path: string): LedgerError {
  return new LedgerError('RequestInvalid', message, { at: { path } });
}

function checked({ name, schema }: Parameter, text: string): string {
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw invalid(`${name}: ${parsed.error.issues[0]!.message}`, name);
  return text;
}

/** What the address says for a parameter; undefined where it says nothing. */
export function givenFor(parameter: Parameter, { pathParameters, query }: ApiRequest): Given | undefined {
  const { name, kind } = parameter;
  if (parameter.in === 'path') return checked(parameter, pathParameters[name]!);
  const values = query.getAll(name);
  if (values.length === 0) return undefined;
  if (kind === 'list') return values.map((value) => checked(parameter, value));
  if (values.length > 1) throw invalid(`${name} is given more than once`, name);
  const value = values[0]!;
  if (kind === 'text') return checked(parameter, value);
  if (value !== 'true' && value !== 'false') throw invalid(`${name}: true or false`, name);
  return value === 'true';
}

export function refuseStrangers(parameters: readonly Parameter[], query: URLSearchParams): void {
  const known = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const stranger = [...query.keys()].find((name) => !known.includes(name));
  if (stranger !== undefined) throw invalid(`there is no parameter ${stranger}${suggestion(stranger, known)}`, stranger);
}

/** The body by its schema. Errors: RequestInvalid with the path of what is wrong. */
export function bodyOf<Body extends z.ZodType>(schema: Body, bytes: Uint8Array): z.infer<Body> {
  let value: unknown;
  try {
    value = parseStrictJson(bytes);
  } catch (cause) {
    throw new LedgerError('RequestInvalid', `the body is no JSON object: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.path.join('.');
  throw invalid(`${path === '' ? 'the body' : path}: ${issue.message}`, path);
}

/** A member of a body as the flag that it is. */
function asFlag(value: unknown): Given {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'boolean' ? value : String(value);
}

/** Members of a body, each a flag. */
function membersAsFlags(members: Readonly<Record<string, unknown>>): Taken {
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return { flags: Object.fromEntries(given.map(([name, value]) => [name, asFlag(value)])), files: {} };
}

/** What a request says to its verb. */
export interface RequestInput extends VerbInput {
  readonly files: GivenFiles;
}

/** A request as what its verb takes. Errors: RequestInvalid, naming the parameter or member. */
export function inputOf(endpoint: Pick<DeclaredEndpoint, 'parameters' | 'body' | 'always' | 'taking'>, request: ApiRequest): RequestInput {
  const { parameters, body, always = {}, taking = membersAsFlags } = endpoint;
  refuseStrangers(parameters, request.query);
  const args: string[] = [];
  const flags: Record<string, Given> = {};
  for (const parameter of parameters) {
    const given = givenFor(parameter, request);
    if (given === undefined) {
      if (parameter.required) throw invalid(`${parameter.name} is needed`, parameter.name);
    } else if (parameter.place.kind === 'argument') args.push(given as string);
    else flags[parameter.place.name] = given;
  }
  const taken = body === undefined ? { flags: {}, files: {} } : taking(bodyOf(body, request.body), request.body);
  return { args, flags: { ...flags, ...taken.flags, ...always }, files: taken.files };
}
