import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { projectRoot } from '../support/cli.ts';
import { smallManifest, writePrices } from '../support/small-market.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const guide = readFileSync(join(projectRoot, 'docs/how-to/use-the-library.md'), 'utf8');
const blocks = [...guide.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1]!);

/** The script of docs/how-to/use-the-library.md, as it stands. */
const directory = temporaryDirectory();
const home = process.cwd();

beforeAll(() => {
  writePrices(directory, 'stocks', {}, 'equities.csv');
  writePrices(directory, 'funds', {}, 'etfs.csv');
  const manifest = smallManifest(({ profiles }) => {
    const { stocks, funds } = profiles;
    for (const name of Object.keys(profiles)) Reflect.deleteProperty(profiles, name);
    Object.assign(profiles, {
      equities: stocks,
      etfs: funds,
      desk: { sleeves: ['equities', 'etfs'].map((id) => ({ id, profile: id })), meta_allocation: 'hrp' },
    });
  });
  writeFileSync(join(directory, 'manifest.json'), manifest);
  process.chdir(directory);
});
afterAll(() => process.chdir(home));

test('the guide to the library runs as it stands, and ends without a fault', async () => {
  expect(blocks.length).toBeGreaterThan(5);
  const script = join(directory, 'guide.mjs');
  writeFileSync(script, blocks.join('\n').replaceAll("from 'sleeve-ledger'", `from '${join(projectRoot, 'bin/library.ts')}'`));
  const said: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => void said.push(parts.join(' ')));
  try {
    await import(script);
  } finally {
    log.mockRestore();
  }
  expect(said.map((line) => line.replaceAll(/-[0-9-]+-[0-9a-f]{16}/g, '-RUN'))).toEqual([
    expect.stringMatching(/^weights 0\.\d{4},0\.\d{4},0\.\d{4}$/),
    expect.stringMatching(/^volatility 0\.\d{4}$/),
    'equity 1.0048',
    'equities equities-RUN is recorded',
    'etfs etfs-RUN is recorded',
    'desk-RUN market: sleeve equities (run equities-RUN) has no market returns',
    expect.stringMatching(/^\d+ assets, gross /),
    '1 run, 2 events,  1 identical',
    expect.stringMatching(/^Usage weights: argument 1\.risk: /),
    '0 faults',
  ]);
}, 30_000);
