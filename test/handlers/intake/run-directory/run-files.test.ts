/** What of a run directory is read, as what, and how much of it. */
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../domain/shared/limits.ts';
import { isTournament, readRunFiles, shownPath } from '../../../../handlers/intake/run-directory/run-files.ts';
import type { RunDirectory } from '../../../../handlers/ports/ports.ts';

const manifest = 'config/resolved_manifest.json';

/** A directory of these files; notes which were read. */
function directoryOf(files: Readonly<Record<string, string | Uint8Array | number>>, root = 'run') {
  const read: string[] = [];
  const directory = {
    root,
    list: async () =>
      Object.entries(files).map(([path, content]) => ({ path, bytes: typeof content === 'number' ? content : content.length })),
    readBytes: async (path: string) => {
      read.push(path);
      const content = files[path]!;
      return typeof content === 'number' ? new Uint8Array() : Buffer.from(content);
    },
  } as unknown as RunDirectory;
  return { directory, read };
}

const rolesIn = async (files: Readonly<Record<string, string>>) => {
  const { directory, read } = directoryOf({ [manifest]: '{}', ...files });
  const { files: found, leftAside } = await readRunFiles(directory, {});
  expect(read).toEqual(found.map(({ path }) => path));
  return { roles: Object.fromEntries(found.slice(1).map(({ path, role }) => [path, role])), leftAside };
};

const large = (bytes: number, breakAt: readonly number[] = []): Uint8Array => {
  const text = new Uint8Array(bytes).fill(0x20);
  for (const at of breakAt) text[at] = 0x0a;
  return text;
};

const read = (files: Readonly<Record<string, string | Uint8Array | number>>): Promise<unknown> =>
  readRunFiles(directoryOf(files).directory, {});

describe('a file', () => {
  test.each([
    ['audit.jsonl', 'sourceAudit'],
    ['data/portfolio_flattened.json', 'portfolio'],
    ['portfolio_flattened.json', 'portfolio'],
    ['data/portfolio_optimized_v2.json', 'portfolio'],
    ['portfolio_optimized_v2.json', 'portfolio'],
    ['data/directional_sign_test.json', 'signTest'],
    ['data/directional_sign_test_pre_opt.json', 'signTest'],
    ['data/returns/hrp.pkl', 'returns'],
    ['data/returns/hrp.pickle', 'returns'],
    ['data/returns/hrp.parquet', 'returns'],
    ['data/returns/custom_vectorbt_hrp.csv', 'returns'],
  ])('%s is read as %s', async (path, role) => {
    expect(await rolesIn({ [path]: 'x' })).toEqual({ roles: { [path]: role }, leftAside: [] });
  });

  test.each([
    'data/returns/adaptive.pkl',
    'data/returns/notes.txt',
    'data/returns/older/hrp.pkl',
    'tournament_results.json',
    'data/tournament_results.csv',
  ])('%s could be taken for evidence, and is left aside', async (path) => {
    expect(await rolesIn({ [path]: 'x' })).toEqual({ roles: {}, leftAside: [path] });
  });

  test.each([
    'other.json',
    'data/audit.jsonl',
    'config/manifest.json',
    'x/data/returns/hrp.pkl',
    'data/directional_sign_test.json.bak',
    'x/data/directional_sign_test.json',
    'data/directional_sign_test2.json',
    'x/tournament_results.json',
    'tournament_results.json.bak',
  ])('%s is none of an import', async (path) => {
    expect(await rolesIn({ [path]: 'x' })).toEqual({ roles: {}, leftAside: [] });
  });

  test('of a profile in a name of no order is refused by its whole path', async () => {
    const { directory } = directoryOf({ [manifest]: '{}', 'data/returns/hrp_x.pkl': 'x' });
    await expect(readRunFiles(directory, {})).rejects.toMatchObject({
      code: 'RunDirectoryInvalid',
      at: { file: 'run/data/returns/hrp_x.pkl' },
    });
  });
});

test('a directory is read whole: paths, roles and bytes', async () => {
  const { directory } = directoryOf({ 'audit.jsonl': 'a\nb', [manifest]: '{}' });
  expect(await readRunFiles(directory, {})).toEqual({
    files: [
      { path: 'audit.jsonl', role: 'sourceAudit', bytes: Buffer.from('a\nb') },
      { path: manifest, role: 'manifest', bytes: Buffer.from('{}') },
    ],
    leftAside: [],
  });
});

test.each([
  ['run', `run/${manifest}`],
  ['', manifest],
])('a directory %j without its manifest is none', async (root, file) => {
  await expect(readRunFiles(directoryOf({ 'audit.jsonl': '' }, root).directory, {})).rejects.toMatchObject({
    code: 'RunDirectoryInvalid',
    message: `${file}: missing; it says which settings made the run`,
    at: { file },
  });
  expect(shownPath(root, manifest)).toBe(file);
});

test('a tournament is known by its name', () => {
  expect(['tournament_results.json', 'data/tournament_results.csv', 'data/tournament_results.txt'].map(isTournament)).toEqual([
    true,
    true,
    false,
  ]);
});

describe('no more is read than', () => {
  const max = limits.manifestBytesMax;
  test.each(['config/resolved_manifest.json', 'portfolio_flattened.json', 'data/directional_sign_test.json'])(
    'so many bytes of %s',
    async (path) => {
      await expect(read({ [manifest]: '{}', [path]: large(max) })).resolves.toBeDefined();
      await expect(read({ [manifest]: '{}', [path]: large(max + 1) })).rejects.toMatchObject({
        code: 'LimitExceeded',
        message: `run/${path}: ${max + 1} bytes, at most ${max} are read`,
        evidence: { found: max + 1, max },
        at: { file: `run/${path}` },
      });
    },
  );

  test.each<[string, Uint8Array, number | null]>([
    ['one line as long as may be', large(max), null],
    ['two of them', large(2 * max + 1, [max]), null],
    ['a last line that is longer', large(max + 2, [0]), max + 1],
    ['a first line that is longer', large(max + 3, [max + 1]), max + 1],
  ])('so many bytes of a line of the log: %s', async (_, bytes, found) => {
    const reading = read({ 'audit.jsonl': bytes, [manifest]: '{}' });
    if (found === null) await expect(reading).resolves.toBeDefined();
    else
      await expect(reading).rejects.toMatchObject({
        code: 'LimitExceeded',
        message: `run/audit.jsonl: ${found} bytes in a line, at most ${max} are read`,
      });
  });

  test('so many bytes of returns, in whatever files', async () => {
    const whole = limits.runBytesMax;
    await expect(read({ [manifest]: '{}', 'data/returns/hrp.pkl': whole - 2, 'other.bin': 1 })).resolves.toBeDefined();
    await expect(read({ [manifest]: '{}', 'data/returns/hrp.pkl': whole - 1 })).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `run: ${whole + 1} bytes in what is read of the run, at most ${whole} are read`,
      at: { file: 'run' },
    });
  });
});
