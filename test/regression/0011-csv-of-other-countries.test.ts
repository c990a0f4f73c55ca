import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Workbench } from '../support/cli.ts';
import { twoCoins, wholeRun } from '../support/imported-run.ts';
import { writeRunDirectory } from '../support/run-directory.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { writePrices } from '../support/small-market.ts';

/**
 * Seen with files of a German Excel: `init`, `flow production` and `sleeve import` refused everything but commas and points, so that a desk
 * had to convert its files by hand. They are read as they show, it is said, and what the bytes do not say is recorded.
 */
const scratch = scratchDirectory();

const cell = (text: string): string => text.replace('.', ',');
const date = (text: string): string => text.split('-').toReversed().join('.');

/** The same table as a spreadsheet of another country writes it. */
function german(csv: string): string {
  const [header, ...rows] = csv.trim().split('\n');
  const lines = rows.map((row) =>
    row
      .split(',')
      .map((text, index) => (index === 0 ? date(text) : cell(text)))
      .join(';'),
  );
  return `\u{feff}${[header!.replaceAll(',', ';'), ...lines].join('\r\n')}\r\n`;
}

describe('files of another country', () => {
  test('are the same run as plain ones, are said, recorded and recomputed', async () => {
    const bench = new Workbench(scratch);
    const plain = writePrices(bench.directory, 'stocks');
    const file = bench.write('kurse.csv', german(readFileSync(plain, 'utf8')));
    const said = `${file}: read as semicolon-separated, with decimal comma, dates dd.mm.yyyy`;
    const flow = (prices: string) => bench.json(['flow', 'production', '--profile', 'stocks', '--prices', prices, '--no-seal']);
    const first = await flow(file);
    expect(first).toMatchObject({ exit: 0, warnings: expect.arrayContaining([said]) });
    expect((await flow(plain)).result).toMatchObject({ runId: first.result['runId'], already: true });
    const { result } = await bench.json(['ledger', 'events', '--types', 'SleeveRunOpened']);
    expect(JSON.stringify(result)).toContain('"reading":{"dateFormat":"dd.mm.yyyy","decimal":","');
    expect(await bench.json(['replay', '--all'])).toMatchObject({ exit: 0 });
  });

  test('make a starter manifest', async () => {
    const bench = new Workbench(scratch);
    const file = bench.write('kurse.csv', german(readFileSync(writePrices(bench.directory, 'stocks'), 'utf8')));
    const answer = await bench.json(['init', '--prices', file, '--force']);
    expect(answer).toMatchObject({ exit: 0, warnings: [expect.stringContaining('read as semicolon-separated')] });
  });

  test('are imported as they show, and as is said where they show two things', async () => {
    const bench = new Workbench(scratch);
    const { returns = {} } = wholeRun();
    const run = writeRunDirectory(join(bench.directory, 'run'), {
      ...wholeRun(),
      returns: { 'hrp.csv': returns['hrp.pkl']! },
      flattened: { hrp: twoCoins },
    });
    const file = join(run, 'data/returns/hrp.csv');
    const plain = readFileSync(file, 'utf8');
    writeFileSync(file, german(plain));
    const shown = await bench.json(['sleeve', 'import', '--run', run, '--no-seal']);
    expect(shown.exit).toBe(0);
    expect(shown.warnings).toContain(`${file}: read as semicolon-separated, with decimal comma, dates dd.mm.yyyy`);

    const twofold = plain
      .replaceAll(/^(\d{4})-(\d\d)-(\d\d),/gm, '$2/$3/$1,')
      .split('\n')
      .slice(0, 12)
      .join('\n');
    writeFileSync(file, `${twofold}\n`);
    expect((await bench.json(['sleeve', 'import', '--run', run])).error).toMatchObject({
      code: 'ReturnsFileUnreadable',
      message: expect.stringContaining('--date-format mm/dd/yyyy'),
    });
    const asked = await bench.json(['sleeve', 'import', '--run', run, '--date-format', 'mm/dd/yyyy', '--no-seal']);
    expect(asked.error).toBeUndefined();
    renameSync(run, `${run}-gone`);
    expect(await bench.json(['replay', '--all'])).toMatchObject({ exit: 0 });
  });
});
