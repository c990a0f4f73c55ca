/** What the API says that it answers: of answers that were recorded, and of everything that it offers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { apiDocument, offeredEndpoints } from '../../../presentation/api/api.ts';
import { resources } from '../../../presentation/api/resources/all.ts';
import { unserved } from '../../../presentation/api/unserved.ts';
import type { Answer } from '../../support/cli.ts';

const endpoints = resources.flatMap((resource) => resource.endpoints);

/** Of what the recorded desk has nothing: a letter, an approval, an event by itself. */
const notRecorded = [
  'approve',
  'dlq discard',
  'dlq retry',
  'drift',
  'export series',
  'history',
  'manifest reject',
  'parity revoke',
  'portfolios',
  'reject',
  'scan config',
  'scan funnel',
  'scan list',
  'show',
  'sleeve list',
  'sleeve show',
  'trades',
  'workers',
];

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const document = JSON.parse(JSON.stringify(apiDocument(offeredEndpoints(unserved), '1.2.3'))) as ApiDocument;

/** Members of objects at any depth that have neither words of their own nor those of a schema with a name. */
function membersWithoutWords(node: unknown, at: string): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => membersWithoutWords(item, at));
  if (node === null || typeof node !== 'object') return [];
  const { properties = {}, ...rest } = node as { properties?: Record<string, { description?: string; $ref?: string }> };
  const silent = Object.entries(properties).filter(([, { description, $ref }]) => description === undefined && $ref === undefined);
  return [
    ...silent.map(([name]) => `${at}.${name}`),
    ...Object.entries(properties).flatMap(([name, member]) => membersWithoutWords(member, `${at}.${name}`)),
    ...Object.values(rest).flatMap((member) => membersWithoutWords(member, at)),
  ];
}

/** Values of which the recording keeps only that there was one: what is of the build, digests, and the middle of long lists. */
const blurred = /BUILD|DIGEST|BYTES|^\.\.\.$/;

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[name], value);

/** Of several shapes it is meant to have one. */
const fewest = (faults: readonly (readonly string[])[]): readonly string[] =>
  faults.toSorted((left, right) => left.length - right.length)[0] ?? ['no shape at all'];

/** What is wrong with a recorded result, but for what is blurred in it. */
function faultsIn(value: unknown, issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[] = []): string[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    const found = valueAt(value, path);
    if (typeof found === 'string' && blurred.test(found)) return [];
    if (issue.code !== 'invalid_union') return [`${path.map(String).join('.')}: ${issue.message}`];
    return fewest(issue.errors.map((errors) => faultsIn(value, errors, path)));
  });
}

interface Recorded {
  readonly argv: readonly string[];
  readonly answer: Answer;
}

const folder = join(import.meta.dirname, '../../golden/answers');
const recorded = readdirSync(folder)
  .filter((name) => name !== 'events.json')
  .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as readonly Recorded[])
  .filter(({ answer }) => (answer.result as unknown) !== null);
const verbs = [...new Set(endpoints.map(({ verb }) => verb.join(' ')))];

describe('a recorded answer', () => {
  // `export series` writes a file there; the API asks what there is to export.
  const declared = recorded.filter(({ answer }) => verbs.includes(answer.command) && answer.command !== 'export series');

  test('is there for every verb that the API offers and the recorded desk has asked', () => {
    const answered = new Set(declared.map(({ answer }) => answer.command));
    expect(verbs.filter((verb) => !answered.has(verb)).toSorted()).toEqual(notRecorded);
  });

  test.each(declared.map((one) => [one.argv.join(' '), one] as const))('%s fits the schema of its endpoint', (_, { answer }) => {
    const schemas = endpoints.filter(({ verb }) => verb.join(' ') === answer.command).map(({ result }) => result);
    // Where several endpoints have one verb, it is the answer of one of them.
    expect(fewest(schemas.map((schema) => faultsIn(answer.result, schema.safeParse(answer.result).error?.issues ?? [])))).toEqual([]);
  });
});

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone({ ...document }))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('names every operation once', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const names = operations.map(({ operationId }) => operationId);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    expect(names.toSorted()).toEqual(expect.arrayContaining(endpoints.map(({ operationId }) => operationId).toSorted()));
  });

  test('refers to nothing that it does not have', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    const missing = references.filter(
      (reference) => !reference.startsWith('#/') || valueAt(document, reference.slice(2).split('/')) === undefined,
    );
    expect(references.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  test('describes every member of what is taken and answered', () => {
    // What events hold is told by docs/events.md.
    const told = Object.entries(document.components.schemas).filter(([name]) => !name.endsWith('Fact'));
    const silent = [...told, ...Object.entries(document.paths)].flatMap(([name, schema]) => membersWithoutWords(schema, name));
    expect(silent).toEqual([]);
  });
});
