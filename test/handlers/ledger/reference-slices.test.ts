import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { artifactReferencesIn } from '../../../domain/shared/artifact-reference.ts';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import { referencedAddresses } from '../../../handlers/ledger/reference-slices.ts';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const date = fc.constantFrom(null, '2024-01-02', '1999-12-31');
const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"kind":"table","last":', '{"bytes":1,', '\\', '"}', 'text/csv'));
const document = fc.record({ kind: fc.constant('document'), sha256: hex, bytes: fc.nat(), mediaType: word });
const table = fc.record({
  kind: fc.constant('table'),
  sha256: hex,
  bytes: fc.nat(),
  rows: fc.nat(),
  columns: fc.array(word, { maxLength: 3 }),
  first: date,
  last: date,
  calendars: fc.array(word, { maxLength: 2 }),
});

/** Like a reference, but for one member that is missing, more, or something else. */
const nearly = fc
  .tuple(fc.oneof(document, table), fc.constantFrom('kind', 'sha256', 'bytes', 'mediaType', 'rows', 'first', 'more', 'zzz'), fc.jsonValue())
  .chain(([reference, key, value]) => {
    const { [key as 'kind']: _, ...lacking } = reference;
    return fc.constantFrom<object>(lacking, { ...reference, [key]: value });
  });

const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    document,
    table,
    nearly,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom('bytes', 'kind', 'sha256', 'a', 'z'), word), tie('node'), { maxKeys: 4 }),
  ),
})).node;

const sorted = (addresses: readonly string[]): string[] => addresses.toSorted();

/** JSON that RFC 8785 has no text for: lone surrogates, and the key that JavaScript takes for a prototype. */
const isPlain = (value: unknown): boolean => {
  try {
    canonicalBytes(value);
    return !JSON.stringify(value).includes('__proto__');
  } catch {
    return false;
  }
};

test('references found in canonical bytes are those that parsing finds', () => {
  fc.assert(
    fc.property(tree.filter(isPlain), (value) => {
      const bytes = canonicalBytes({ data: value });
      const parsed = artifactReferencesIn(JSON.parse(Buffer.from(bytes).toString('utf8')));
      expect(sorted(referencedAddresses(bytes))).toEqual(sorted(parsed.map(({ sha256 }) => sha256)));
    }),
    { numRuns: 2_000 },
  );
});

test('a reference of each kind is found, also beside text that looks like one', () => {
  const [first, second] = ['a'.repeat(64), 'b'.repeat(64)];
  const bytes = canonicalBytes({
    data: {
      text: `{"bytes":1,"kind":"document","mediaType":"text/csv","sha256":"${'c'.repeat(64)}"}`,
      document: { kind: 'document', sha256: first, bytes: 3, mediaType: 'text/csv; charset="utf-8"' },
      table: { kind: 'table', sha256: second, bytes: 3, rows: 1, columns: ['Ä"'], first: '2024-01-02', last: null, calendars: [] },
    },
  });
  expect(referencedAddresses(bytes)).toEqual([first, second]);
});
