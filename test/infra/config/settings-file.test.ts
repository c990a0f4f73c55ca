import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { readSettingsFile } from '../../../infra/config/settings-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { toldBy } from '../../support/told.ts';

const root = temporaryDirectory();
const before = process.cwd();
let folders = 0;
beforeEach(() => {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  process.chdir(folder);
});
afterAll(() => process.chdir(before));

describe('the settings file', () => {
  test('is the first standard one in the working folder, where none is asked for', async () => {
    expect(await readSettingsFile(null)).toBeNull();
    for (const name of ['sleeve-ledger.json', 'sleeve-ledger.yml', 'sleeve-ledger.yaml']) {
      writeFileSync(name, `{ "actor": "${name}" }`);
      expect(await readSettingsFile(null)).toEqual({ name, content: { actor: name } });
    }
    writeFileSync('settings.yaml', 'actor: me\nlimits:\n  - 1\n');
    expect(await readSettingsFile('settings.yaml')).toEqual({ name: 'settings.yaml', content: { actor: 'me', limits: [1] } });
  });

  test('that was asked for and is not there is refused, whatever stands beside it', async () => {
    writeFileSync('sleeve-ledger.yaml', '');
    expect(await toldBy(readSettingsFile('none.yaml'))).toEqual({
      code: 'FileMissing',
      message: 'no settings file at none.yaml',
      evidence: {},
      at: { file: 'none.yaml' },
    });
    expect(await readSettingsFile(null)).toEqual({ name: 'sleeve-ledger.yaml', content: null });
  });

  test('has at most so many bytes', async () => {
    writeFileSync('settings.yaml', `actor: ${'x'.repeat(limits.settingsFileBytesMax - 7)}`);
    expect(await readSettingsFile('settings.yaml')).toMatchObject({ name: 'settings.yaml' });
    writeFileSync('settings.yaml', `actor: ${'x'.repeat(limits.settingsFileBytesMax - 6)}`);
    expect(await toldBy(readSettingsFile('settings.yaml'))).toEqual({
      code: 'LimitExceeded',
      message: 'settings.yaml: 131073 bytes, at most 131072 are read',
      evidence: {},
      at: { file: 'settings.yaml' },
    });
  });

  test.each([
    ['a: [1', /^settings\.yaml: Flow sequence in block collection must be sufficiently indented and end with a \] at line 1, column 6:$/],
    ['a: &x [1]\nb: [*x]', /^settings\.yaml: Alias resolution is disabled$/],
  ])('that cannot be read is refused in one line: %j', async (text, message) => {
    writeFileSync('settings.yaml', text);
    const told = await toldBy(readSettingsFile('settings.yaml'));
    expect(told).toEqual({
      code: 'ConfigInvalid',
      message: expect.stringMatching(message) as unknown,
      evidence: {},
      at: { file: 'settings.yaml' },
    });
    await expect(readSettingsFile('settings.yaml')).rejects.toMatchObject({ cause: expect.any(Error) as unknown });
  });

  test('that is a folder is refused', async () => {
    mkdirSync('settings.yaml');
    expect(await toldBy(readSettingsFile('settings.yaml'))).toMatchObject({ code: 'ConfigInvalid', at: { file: 'settings.yaml' } });
  });
});
