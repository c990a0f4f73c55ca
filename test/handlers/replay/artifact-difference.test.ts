/** What a replay says of two artifacts whose addresses part: the numbers and words at which they do. */
import { describe, expect, test } from '@jest/globals';
import type { ArtifactReference } from '../../../domain/shared/artifact-reference.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { differencesOfArtifacts, referencePair } from '../../../handlers/replay/artifact-difference.ts';
import type { Difference } from '../../../handlers/replay/json-difference.ts';

const tableAt = (sha256: string): ArtifactReference => ({
  kind: 'table',
  sha256,
  bytes: 1,
  rows: 1,
  columns: [],
  first: null,
  last: null,
  calendars: [],
});
const documentAt = (sha256: string): ArtifactReference => ({ kind: 'document', sha256, bytes: 1, mediaType: 'application/json' });

describe('two references are followed', () => {
  test.each([
    ['of two tables', tableAt('a'), tableAt('b')],
    ['of two documents', documentAt('a'), documentAt('b')],
    ['of different kinds', tableAt('a'), documentAt('b')],
  ])('where they are %s with other addresses', (_, recorded, recomputed) => {
    expect(referencePair(recorded, recomputed)).toEqual([recorded, recomputed]);
  });

  test.each<[string, Json, Json]>([
    ['the addresses are equal', tableAt('a'), tableAt('a')],
    ['one is null', null, documentAt('b')],
    ['the other is null', documentAt('a'), null],
    ['one is a word', 'a', documentAt('b')],
    ['the other is a word', documentAt('a'), 'b'],
    ['one has no address', { kind: 'document' }, documentAt('b')],
    ['one has no kind', { sha256: 'a' }, documentAt('b')],
    ['one is of another kind', documentAt('a'), { kind: 'picture', sha256: 'b' }],
  ])('but not where %s', (_, recorded, recomputed) => {
    expect(referencePair(recorded, recomputed)).toBeNull();
  });
});

const bytesFrom =
  (texts: Record<string, string>) =>
  async (address: string): Promise<Uint8Array> =>
    new TextEncoder().encode(texts[address]);

/** What parts in two artifacts of these texts, referred to at `$.x`. */
function parted(recorded: string, recomputed: string, kind: 'table' | 'document'): Promise<Difference[]> {
  const of = kind === 'table' ? tableAt : documentAt;
  return differencesOfArtifacts('x', [of('before'), of('after')], bytesFrom({ before: recorded }), bytesFrom({ after: recomputed }));
}

const addressesPart: Difference = { path: 'x.sha256', recorded: 'before', recomputed: 'after', difference: null };
const apart = (path: string, recorded: Json, recomputed: Json, difference: number | null = null): Difference => ({
  path,
  recorded,
  recomputed,
  difference,
});

describe('two tables part', () => {
  test.each([
    [
      'in each number that differs, by its date and column',
      'date,NYSE:AAA,weight\n2024-01-02,1,0.5\n2024-01-03,2,3\n',
      'date,NYSE:AAA,weight\n2024-01-02,1.5,0.5\n2024-01-03,2,-1\n',
      [apart('x["2024-01-02"]["NYSE:AAA"]', 1, 1.5, 0.5), apart('x["2024-01-03"].weight', 3, -1, 4)],
    ],
    [
      'where a cell is empty on one side only',
      'date,a,b,c\n2024-01-02,,2,\n',
      'date,a,b,c\n2024-01-02,1,,\n',
      [apart('x["2024-01-02"].a', null, 1), apart('x["2024-01-02"].b', 2, null)],
    ],
    [
      'in their dates, and then no number is compared',
      'date,a\n2024-01-02,1\n2024-01-03,1\n',
      'date,a\n2024-01-04,2\n2024-01-03,2\n',
      [apart('x.dates[0]', '2024-01-02', '2024-01-04')],
    ],
    [
      'in their columns',
      'date,a\n2024-01-02,1\n',
      'date,b,c\n2024-01-02,1,2\n',
      [apart('x.columns[0]', 'a', 'b'), apart('x.columns[1]', null, 'c')],
    ],
    ['in their addresses alone where all numbers are equal', 'date,a\n2024-01-02,1\n', 'date,a\n2024-01-02,1.0\n', [addressesPart]],
  ])('%s', async (_, recorded, recomputed, expected) => {
    expect(await parted(recorded, recomputed, 'table')).toEqual(expected);
  });
});

const marked = (content: object, kind = 'flattened-portfolio', version = 2): string => JSON.stringify({ kind, version, ...content });

describe('two documents part', () => {
  test.each([
    ['in each member', '{"a":{"b":1},"c":[1]}', '{"a":{"b":2},"c":[]}', [apart('x.a.b', 1, 2, 1), apart('x.c[0]', 1, null)]],
    ['in their addresses alone where they say the same', '{"a":1}', '{ "a": 1 }', [addressesPart]],
    ['in their addresses alone where the recorded one is no JSON', 'a,b', '{"a":1}', [addressesPart]],
    ['in their addresses alone where the recomputed one is no JSON', '{"a":1}', 'a,b', [addressesPart]],
    ['as a whole where one of a kind is no object', '[1]', marked({ a: 1 }), [apart('x', [1], JSON.parse(marked({ a: 1 })) as Json)]],
    [
      'in their marks where this program knows no such kind',
      marked({ a: 1 }, 'picture', 1),
      marked({ a: 1 }, 'picture', 2),
      [apart('x.version', 1, 2, 1)],
    ],
    ['in nothing where only the version differs in which a known kind is written', '{"weights":[1]}', marked({ weights: [1] }), []],
    ['in what a known kind says, whatever its version', '{"weights":[1]}', marked({ weights: [3] }), [apart('x.weights[0]', 1, 3, 2)]],
  ])('%s', async (_, recorded, recomputed, expected) => {
    expect(await parted(recorded, recomputed, 'document')).toEqual(expected);
  });
});

const sameTable = async (): Promise<Uint8Array> => new TextEncoder().encode('date,a\n2024-01-02,1\n');

test('artifacts of two kinds part in their kinds, whatever they hold', async () => {
  expect(await differencesOfArtifacts('x', [tableAt('before'), documentAt('after')], sameTable, sameTable)).toEqual([
    apart('x', 'table', 'document'),
  ]);
});
