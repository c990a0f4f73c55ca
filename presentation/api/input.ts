import type { z } from 'zod';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { parseStrictJson } from '../../handlers/messages/strict-json.ts';
import type { FlagValues, VerbInput } from '../cli/verb.ts';
import type { ApiRequest } from '../ports/ports.ts';
import type { DeclaredEndpoint, Parameter } from './endpoint.ts';

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
function givenFor(parameter: Parameter, { pathParameters, query }: ApiRequest): Given | undefined {
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

function refuseStrangers(parameters: readonly Parameter[], query: URLSearchParams): void {
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

/** A request as what its verb takes. Errors: RequestInvalid, naming the parameter or member. */
export function inputOf(endpoint: Pick<DeclaredEndpoint, 'parameters' | 'body'>, request: ApiRequest): VerbInput {
  const { parameters, body } = endpoint;
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
  if (body !== undefined) {
    const members = bodyOf(body, request.body) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(members)) if (value !== undefined && value !== null) flags[name] = asFlag(value);
  }
  return { args, flags: flags satisfies FlagValues };
}
