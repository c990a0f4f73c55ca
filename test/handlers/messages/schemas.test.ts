import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import asyncApiSpecs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import {
  asyncApiDocument,
  dataJsonSchema,
  messageKinds,
  type MessageName,
  schemaFiles,
} from '../../../presentation/docs/message-contract.ts';
import { exampleEvent, exampleMessages } from '../../../presentation/docs/message-examples.ts';
import { readCloudEvent } from '../../../handlers/messages/cloud-event.ts';
import { readSleeveResult } from '../../../handlers/messages/result-rules.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const names = Object.keys(messageKinds) as MessageName[];

function validator(name: MessageName): (data: unknown) => boolean {
  const ajv = new Ajv2020({ allErrors: false });
  addFormats.default(ajv);
  const validate = ajv.compile(dataJsonSchema(name));
  return (data) => validate(data);
}

/** Something else in one place of a document: another value, a member more or less. */
function mutated(document: unknown): fc.Arbitrary<unknown> {
  const places: (readonly (string | number)[])[] = [];
  const visit = (node: unknown, path: readonly (string | number)[]): void => {
    places.push(path);
    if (node === null || typeof node !== 'object') return;
    for (const key of Object.keys(node)) visit((node as Record<string, unknown>)[key], [...path, Array.isArray(node) ? Number(key) : key]);
  };
  visit(document, []);
  const plausible = fc.constantFrom<unknown>(
    null,
    '',
    'x',
    '2024-02-30',
    '0'.repeat(64),
    'Z',
    0,
    -1,
    1.5,
    1e300,
    true,
    [],
    {},
    ['a'],
    { dates: ['2024-01-01'], values: [0] },
    { symbol: 'NYSE:A', weight: 1 },
  );
  const change = fc.oneof(
    fc.constant({ how: 'remove' as const, value: null }),
    plausible.map((value) => ({ how: 'replace' as const, value })),
    fc.jsonValue({ maxDepth: 2 }).map((value) => ({ how: 'replace' as const, value })),
    plausible.map((value) => ({ how: 'add' as const, value })),
  );
  return fc.tuple(fc.constantFrom(...places), change).map(([path, { how, value }]) => {
    const copy = structuredClone({ root: document }) as Record<string, unknown>;
    let owner = copy as Record<string | number, unknown>;
    let last: string | number = 'root';
    for (const step of path) {
      owner = owner[last] as Record<string | number, unknown>;
      last = step;
    }
    if (how === 'replace') owner[last] = value;
    else if (how === 'remove' && path.length > 0) delete owner[last];
    else if (how === 'add' && owner[last] !== null && typeof owner[last] === 'object' && !Array.isArray(owner[last]))
      (owner[last] as Record<string, unknown>)['added'] = value;
    return JSON.parse(JSON.stringify(copy['root'])) as unknown;
  });
}

describe('the schemas of the messages', () => {
  test.each(names)('%s: JSON Schema and zod agree on what they admit', (name) => {
    const admits = validator(name);
    const { schema } = messageKinds[name];
    const example = exampleEvent(name)['data'];
    expect(admits(example)).toBe(true);
    let admitted = 0;
    let refused = 0;
    fc.assert(
      fc.property(mutated(example), (data) => {
        const expected = schema.safeParse(data).success;
        expect(admits(data)).toBe(expected);
        if (expected) admitted += 1;
        else refused += 1;
      }),
      { numRuns: propertyRuns(1_500) },
    );
    expect(Math.min(admitted, refused)).toBeGreaterThan(50);
  });

  test('are in step with the files', () => {
    for (const [name, text] of Object.entries(schemaFiles())) expect(readFileSync(`docs/schemas/${name}`, 'utf8')).toBe(text);
  });

  test('the AsyncAPI document is one, as its own specification has it', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
    addFormats.default(ajv);
    const validate = ajv.compile(asyncApiSpecs.schemas['3.0.0'] as object);
    validate(asyncApiDocument());
    expect(validate.errors).toBeNull();
    expect(validate({ ...asyncApiDocument(), operations: { broken: { action: 'shout' } } })).toBe(false);
  });

  test('the AsyncAPI document describes whole events: each example fits its payload', () => {
    const { components } = asyncApiDocument() as {
      components: { messages: Record<MessageName, { payload: { schema: object }; examples: { payload: unknown }[] }> };
    };
    for (const name of names) {
      const ajv = new Ajv({ allErrors: true });
      addFormats.default(ajv);
      const { payload, examples } = components.messages[name];
      const validate = ajv.compile(payload.schema);
      for (const example of examples)
        expect({ name, valid: validate(example.payload), errors: validate.errors }).toEqual({ name, valid: true, errors: null });
      expect(validate({ ...(examples[0]!.payload as object), type: 'other' })).toBe(false);
    }
  });
});

describe('the examples in the documentation', () => {
  const page = readFileSync('docs/reference/messages.md', 'utf8');
  const shown = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
    ([, text]) => JSON.parse(text!) as { readonly type: string; readonly data: unknown },
  );

  test('are one of each kind, and each fits the schema of its type', () => {
    expect(shown.map(({ type }) => type).toSorted()).toEqual(names.map((name) => messageKinds[name].type).toSorted());
    for (const { type, data } of shown) {
      const name = names.find((candidate) => messageKinds[candidate].type === type)!;
      expect({ type, valid: validator(name)(data) }).toEqual({ type, valid: true });
    }
  });

  test('are read by the code that reads messages; the sleeve result keeps every rule', () => {
    for (const name of names) {
      const { value, headers } = exampleMessages[name];
      expect(readCloudEvent(value, headers)).toMatchObject({ type: messageKinds[name].type });
    }
    expect(() => readSleeveResult(exampleEvent('sleeveResult')['data'])).not.toThrow();
  });

  test('carry what a reader goes by: key, id and sequence', () => {
    expect(exampleMessages.allocation.key).toBe('meta_production');
    const { id, sequence, subject, data } = exampleEvent('allocation') as {
      id: string;
      sequence: string;
      subject: string;
      data: { eventId: string; number: number };
    };
    expect({ id, sequence, subject }).toEqual({ id: data.eventId, sequence: '000000000007', subject: 'meta_production' });
    expect(Number(sequence)).toBe(data.number);
  });
});
