/** What the OpenAPI document says, in the order in which people read it. Texts have `code` in backticks and [[Name]] for a shape. */
import { type ErrorCode, errorKinds } from '../../domain/shared/errors.ts';
import { type FieldRow, fieldRows, type JsonSchema, nameOfReference, typeOf } from '../json-schema.ts';

export interface ReferenceTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface ReferenceEntry {
  /** Unique in the reference; empty for what nothing leads to. */
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly tables: readonly ReferenceTable[];
}

export interface ReferenceSection {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly entries: readonly ReferenceEntry[];
}

export interface Reference {
  readonly title: string;
  readonly lead: readonly string[];
  readonly sections: readonly ReferenceSection[];
}

interface DocumentParameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

interface DocumentResponse {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Content;
}

interface DocumentOperation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly DocumentParameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, DocumentResponse>>;
  readonly 'x-roles'?: readonly string[];
  readonly 'x-verb'?: string;
  readonly 'x-event-data'?: JsonSchema;
}

/** What of the document is told. */
export interface ApiDocument {
  readonly info: { readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, DocumentParameter>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

/** What an event holds is told of each event, and not again of the runs that have it. */
const isFact = (name: string): boolean => name.endsWith('Fact');
const shown = (name: string): string => (isFact(name) ? 'event with its data' : `[[${name}]]`);
const type = (schema: JsonSchema): string => typeOf(schema, shown);

function membersTable(caption: string, rows: readonly FieldRow[], schemas: ApiDocument['components']['schemas']): ReferenceTable[] {
  if (rows.length === 0) return [];
  const meaningOfRow = ({ meaning, type: shape }: FieldRow): string =>
    meaning === '' ? (schemas[/^\[\[(\w+)\]\]$/.exec(shape)?.[1] ?? '']?.description ?? '') : meaning;
  return [
    {
      caption,
      head: ['member', 'type', 'meaning'],
      rows: rows.map((row) => [`\`${row.path}\``, `${row.type}${row.needed ? '' : ', may be left out'}`, meaningOfRow(row)]),
    },
  ];
}

/** Of a parameter, what it means and what its text must be. */
function meaningOf({ description, schema }: DocumentParameter): string {
  const of = schema.items ?? schema;
  return of.description === undefined || of.description === description ? description : `${description} ${of.description}`;
}

function parametersTable(parameters: readonly DocumentParameter[]): ReferenceTable[] {
  if (parameters.length === 0) return [];
  return [
    {
      caption: 'Parameters',
      head: ['parameter', 'in', 'type', 'meaning'],
      rows: parameters.map((parameter) => [
        `\`${parameter.name}\``,
        `${parameter.in}${parameter.required && parameter.in !== 'path' ? ', needed' : ''}`,
        type(parameter.schema),
        meaningOf(parameter),
      ]),
    },
  ];
}

interface Answer {
  readonly line: string;
  readonly rows: readonly FieldRow[];
}

/** The answer of a verb stands in an envelope, which is told once. */
function answerIn(mediaType: string, schema: JsonSchema): Answer {
  const { command, result } = schema.properties ?? {};
  const isEnvelope = command?.const !== undefined && result !== undefined;
  const told = isEnvelope ? result : schema;
  const rows = fieldRows(told, shown);
  const what = type(told);
  const isBytes = mediaType !== 'application/json' && rows.length === 0;
  const name = isEnvelope ? `\`${mediaType}\`, its \`result\`` : `\`${mediaType}\``;
  return { line: isBytes ? `\`${mediaType}\`` : `${name}: ${rows.length === 0 ? what : 'see below'}`, rows };
}

interface ToldAnswers {
  readonly status: string;
  readonly line: string;
  readonly answers: readonly Answer[];
}

function answers(status: string, { description = '', content = {} }: DocumentResponse): ToldAnswers {
  const of = Object.entries(content).map(([mediaType, { schema }]) => answerIn(mediaType, schema));
  const forms = of.map(({ line }) => line).join('; ');
  return { status, line: `${status}: ${description}${forms === '' ? '' : ` ${forms}.`}`, answers: of };
}

function accessLine(roles: readonly string[] | undefined): string {
  return `For ${roles === undefined ? 'everybody' : roles.map((role) => `\`${role}\``).join(', ')}.`;
}

function operationEntry(document: ApiDocument, method: string, path: string, operation: DocumentOperation): ReferenceEntry {
  const { schemas, parameters: shared } = document.components;
  const { 'x-verb': verb, 'x-roles': roles, 'x-event-data': eventData, summary, parameters = [], requestBody, responses } = operation;
  const resolved = parameters.map((one) => (one.$ref === undefined ? one : shared[nameOfReference(one.$ref)]!));
  const bodies = Object.entries(requestBody?.content ?? {});
  const told = Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .map(([status, response]) => answers(status, response));
  const verbLine = verb === undefined ? [] : [`The same at the command line: \`sleeve-ledger ${verb}\`.`];
  return {
    id: `${method}-${path}`.replaceAll(/[^a-z0-9]+/gi, '-').replace(/-$/, ''),
    title: `${method.toUpperCase()} ${path}`,
    lines: [
      summary,
      accessLine(roles),
      ...verbLine,
      ...(verb === undefined ? [operation.description] : []),
      ...told.map(({ line }) => line),
    ],
    tables: [
      ...parametersTable(resolved),
      ...bodies.flatMap(([mediaType, { schema }]) => membersTable(`Body as \`${mediaType}\``, fieldRows(schema, shown), schemas)),
      ...(eventData === undefined ? [] : membersTable('Data of an event', fieldRows(eventData, shown), schemas)),
      ...told.flatMap(({ status, answers: of }) => of.flatMap(({ rows }) => membersTable(`Answer ${status}`, rows, schemas))),
    ],
  };
}

function resourceSections(document: ApiDocument): ReferenceSection[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  return document.tags.map(({ name, description }) => ({
    id: name,
    title: name,
    lead: description,
    entries: operations
      .filter(({ operation }) => operation.tags.includes(name))
      .map(({ method, path, operation }) => operationEntry(document, method, path, operation)),
  }));
}

function shapesSection({ components: { schemas } }: ApiDocument): ReferenceSection {
  const names = Object.keys(schemas)
    .filter((name) => !isFact(name))
    .toSorted();
  return {
    id: 'shapes',
    title: 'Shapes',
    lead: 'What answers are made of, by name. What the events of a run hold is told of each event (docs/events.md).',
    entries: names.map((name) => {
      const schema = schemas[name]!;
      const rows = fieldRows(schema, shown);
      return {
        id: `shape-${name.toLowerCase()}`,
        title: `Shape ${name}`,
        lines: [schema.description ?? 'Any JSON value.', ...(rows.length === 0 ? [`It is ${type(schema)}.`] : [])],
        tables: membersTable('Members', rows, schemas),
      };
    }),
  };
}

/** Refusals that any address may answer. */
const everywhere: readonly ErrorCode[] = [
  'RequestInvalid',
  'NotAuthenticated',
  'NotPermitted',
  'RouteUnknown',
  'MethodNotAllowed',
  'NotAcceptable',
  'LimitExceeded',
  'TooManyRequests',
  'Internal',
];

function refusalsSection(): ReferenceSection {
  const rows = everywhere
    .map((code) => [String(errorKinds[code].http), `\`${code}\``, errorKinds[code].advice])
    .toSorted(([left], [right]) => Number(left) - Number(right));
  return {
    id: 'refusals',
    title: 'Refusals',
    lead:
      'Whatever is not answered is refused with a problem of RFC 9457 (`application/problem+json`, [[Problem]]). Its `title` is a code ' +
      'of the registry of errors (docs/errors.md), which has the status of each. Any address may answer these.',
    entries: [{ id: '', title: '', lines: [], tables: [{ caption: 'Refusals', head: ['status', 'code', 'what to do'], rows }] }],
  };
}

/** What the document says of the API as a whole, without the list of roles. */
export function referenceOf(document: ApiDocument): Reference {
  const [about = ''] = document.info.description.split('\n');
  return {
    title: 'HTTP API',
    lead: [
      'What `sleeve-ledger serve` answers, made from the OpenAPI document that it serves at `/v1/openapi.json`.',
      about,
      'Where an address answers the same as a verb of the command line, JSON is what the verb prints with `--json`: ' +
        '`{ ok, command, ledgerId, position, result, warnings, error? }`. `ok` is false exactly where there is an `error`. The tables ' +
        'say what `result` is. `HEAD` goes where `GET` goes.',
    ],
    sections: [...resourceSections(document), refusalsSection(), shapesSection(document)],
  };
}
