import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../handlers/runtime/settings.ts';
import { projectRoot, Workbench } from '../support/cli.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const file = join(projectRoot, 'docs/tutorial.md');
const tutorial = readFileSync(file, 'utf8');
const block = /```console\n\$ (?:npm run -s (demo)|sleeve-ledger (.+))\n([\s\S]*?)```/g;

/** Without blanks at the ends of lines, and without the build: it changes with every commit. */
function tidy(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd().replaceAll(/commit \S+, lock file [0-9a-f]+/g, 'commit ..., lock file ...'));
  return `${lines.join('\n').replace(/^\n+|\n+$/g, '')}\n`;
}

/** Every command of the tutorial with the output that it shows, in order. UPDATE_TUTORIAL=true writes what the commands print now. */
describe('the tutorial', () => {
  const directory = temporaryDirectory();
  const home = process.cwd();
  const bench = new Workbench(directory);
  const environment = {
    COLUMNS: '80',
    [environmentNames.store]: 'demo-output/ledger.sqlite',
    [environmentNames.manifest]: 'demo-output/manifest.json',
  };
  const shown = [...tutorial.matchAll(block)].map((match) => ({
    argv: match[1] === undefined ? match[2]!.split(' ') : ['demo'],
    output: match[3]!,
  }));

  beforeAll(() => {
    mkdirSync(bench.path('clone'));
    process.chdir(bench.path('clone'));
  });
  afterAll(() => process.chdir(home));

  test('shows what its commands print', async () => {
    const printed: string[] = [];
    // RUN is the meta run of the demonstration.
    let runId = '';
    for (const { argv } of shown) {
      const { exit, stdout } = await bench.run(
        argv.map((word) => (word === 'RUN' ? runId : word)),
        { environment },
      );
      runId ||= /meta_production-[0-9-]+-[0-9a-f]{16}/.exec(stdout)?.[0] ?? '';
      expect([argv, exit]).toEqual([argv, 0]);
      printed.push(tidy(stdout));
    }
    if (process.env['UPDATE_TUTORIAL'] === 'true') {
      let next = 0;
      writeFileSync(
        file,
        tutorial.replaceAll(block, (text, _demo, _argv, output: string) =>
          text.replace(`\n${output}\`\`\``, () => `\n${printed[next++]}\`\`\``),
        ),
      );
      return;
    }
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.map(({ output }) => output)).toEqual(printed);
  }, 60_000);
});
