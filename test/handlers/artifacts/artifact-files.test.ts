import { beforeEach, describe, expect, test } from '@jest/globals';
import { loadDocument, loadJson, loadTable } from '../../../handlers/artifacts/artifact-files.ts';
import type { DocumentReference } from '../../../domain/shared/artifact-reference.ts';
import { markedDocument } from '../../../domain/documents/documents.ts';
import { MemoryArtifacts } from '../../../infra/memory/artifacts.ts';

let artifacts: MemoryArtifacts;

beforeEach(() => {
  artifacts = new MemoryArtifacts(new Map());
});

async function stored(text: string): Promise<DocumentReference> {
  const { sha256, bytes } = await artifacts.put(Buffer.from(text));
  return { kind: 'document', sha256, bytes, mediaType: 'application/json' };
}

const missing: DocumentReference = { kind: 'document', sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/json' };

const load = async (written: object): Promise<unknown> =>
  loadDocument(artifacts, 'imported-definition', await stored(JSON.stringify(written)));

describe('what a reference names', () => {
  test('is read as a table', async () => {
    expect(await loadTable(artifacts, await stored('date,NYSE:A,ü\n2024-01-02,0.5,-0.25\n2024-01-03,1,\n'))).toEqual({
      dates: ['2024-01-02', '2024-01-03'],
      columns: ['NYSE:A', 'ü'],
      values: [Float64Array.of(0.5, 1), Float64Array.of(-0.25, Number.NaN)],
    });
  });

  test('is read as JSON as it came', async () => {
    expect(await loadJson(artifacts, await stored('{"ü":[1,null],"__proto__x":2}'))).toEqual({ ü: [1, null], __proto__x: 2 });
  });

  test('is read as a document of its kind, and refused as one of another kind or of a later version', async () => {
    const content = { profile: 'coins', leaves: {}, leftAside: ['a.b'] };
    const document = markedDocument('imported-definition', content);
    await expect(load({ ...document, kind: 'told-definition' })).rejects.toMatchObject({ code: 'SchemaViolation' });
    await expect(load({ ...document, version: 99 })).rejects.toMatchObject({ code: 'StoreTooNew' });
    expect(await load(document)).toEqual(content);
  });

  test('is refused where it is not there', async () => {
    for (const read of [loadTable, loadJson]) await expect(read(artifacts, missing)).rejects.toMatchObject({ code: 'ArtifactMissing' });
    await expect(loadDocument(artifacts, 'imported-definition', missing)).rejects.toMatchObject({ code: 'ArtifactMissing' });
  });
});
