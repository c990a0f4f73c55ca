/** Files that scans are read from: saved responses with their requests, and maps of categories. */
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { categoryMapIn, readJson, savedResponse } from '../../../handlers/scans/scan-inputs.ts';

const invalid = (fault: string, said: string, file: string, path?: string) =>
  new LedgerError('ScanResponseInvalid', `${fault}: ${said}`, {
    evidence: { fault },
    at: { file, ...(path === undefined ? {} : { path }) },
  });

/** Files by their names, and how many bytes were allowed. */
function filesOf(texts: Readonly<Record<string, string>>) {
  const allowed: number[] = [];
  const readText = async (file: string, bytesMax?: number): Promise<string> => {
    allowed.push(bytesMax ?? -1);
    const text = texts[file];
    if (text === undefined) throw new LedgerError('FileMissing', `${file} is not there`);
    return text;
  };
  return { readText, allowed };
}

async function refused(act: Promise<unknown>, expected: LedgerError): Promise<void> {
  const error = await act.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: expected.code, message: expected.message, evidence: expected.evidence });
  expect((error as LedgerError).at).toEqual(expected.at);
}

describe('JSON of a scan', () => {
  test('is read up to the size that is allowed', async () => {
    const files = filesOf({ 'a.json': '{"a": [1, null]}' });
    expect(await readJson(files, 'a.json')).toEqual({ a: [1, null] });
    expect(files.allowed).toEqual([limits.scanFileBytesMax]);
    await expect(readJson(files, 'b.json')).rejects.toMatchObject({ code: 'FileMissing' });
  });

  test('is refused where it is none, or is nested too deeply', async () => {
    const deep = limits.jsonTextDepthMax;
    const files = filesOf({ 'cut.json': '{"a":', 'deep.json': '['.repeat(deep + 1) });
    // What the parser of this Node says of the same text.
    let said = '';
    try {
      JSON.parse('{"a":');
    } catch (error) {
      said = (error as Error).message;
    }
    await refused(readJson(files, 'cut.json'), invalid('response_not_json', `not JSON: ${said}`, 'cut.json'));
    await refused(readJson(files, 'deep.json'), invalid('response_not_json', `nested deeper than ${deep}`, 'deep.json'));
  });
});

describe('a saved response', () => {
  const positional = JSON.stringify({ totalCount: 1, data: [{ s: 'A:X', d: ['X', 25] }] });
  const read = { columns: ['name', 'ADX'], rows: [{ symbol: 'A:X', values: { name: 'X', ADX: 25 } }], totalCount: 1 };

  test('is read by the columns of the request that was saved beside it', async () => {
    const files = filesOf({ 'response.json': positional, 'request.json': '{"columns": ["name", "ADX"]}' });
    expect(await savedResponse(files, { file: 'response.json', requestFile: 'request.json' }, [])).toEqual(read);
  });

  test('says by itself what its columns are, or is refused without a request', async () => {
    const own = JSON.stringify({ _columns: ['name', 'ADX'], totalCount: 1, data: [{ s: 'A:X', d: ['X', 25] }] });
    expect(await savedResponse(filesOf({ 'own.json': own }), { file: 'own.json', requestFile: null }, [])).toEqual(read);
    await refused(
      savedResponse(filesOf({ 'response.json': positional }), { file: 'response.json', requestFile: null }, []),
      invalid(
        'columns_unknown',
        'rows are positional, and neither _columns nor the request says what stands where',
        'response.json',
        '_columns',
      ),
    );
  });

  test.each(['null', '[]', '"columns"', '{}', '{"columns": "name"}', '{"columns": ["name", 1]}', '{"columns": null}'])(
    'is refused with the request %s, which lists no columns',
    async (request) => {
      const files = filesOf({ 'response.json': positional, 'request.json': request });
      await refused(
        savedResponse(files, { file: 'response.json', requestFile: 'request.json' }, []),
        invalid('columns_unknown', 'the request has no list columns', 'request.json', 'columns'),
      );
    },
  );
});

test('a map of categories is read from its file, and none where there is no file', async () => {
  expect(await categoryMapIn(filesOf({}), null)).toBeNull();
  await expect(categoryMapIn(filesOf({ 'map.json': '[]' }), 'map.json')).rejects.toMatchObject({ code: 'CategoryMapInvalid' });
});
