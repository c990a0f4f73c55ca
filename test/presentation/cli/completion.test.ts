import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { riskProfileSchema } from '../../../domain/risk/schemas.ts';
import { allVerbs } from '../../../presentation/cli/verbs/all.ts';
import { Workbench } from '../../support/cli.ts';
import { needs } from '../../support/needs.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const verbs = await allVerbs();

const bench = new Workbench(scratchDirectory());
const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
/** What a program named sleeve-ledger would answer to the completion; the names are the test's. */
const stub = `sleeve-ledger() { [[ $1 == completion && $2 == --values ]] && echo "a-$3 b-$3" | tr ' ' '\\n'; }\n`;

async function script(shell: string): Promise<string> {
  const file = bench.path(`completion.${shell}`);
  const { exit, stdout, stderr } = await bench.run(['completion', shell], { environment: { COLUMNS: '40' } });
  expect([exit, stderr]).toEqual([0, '']);
  writeFileSync(file, stdout);
  return file;
}

/** Command lines up to the cursor, and some of what completes them. */
const lines: readonly (readonly [readonly string[], readonly string[]])[] = [
  [[''], ['help', ...verbs.map(({ path }) => path[0]!)]],
  [
    ['flow', ''],
    ['production', 'meta'],
  ],
  [
    ['help', 'ledger', ''],
    ['init', 'seal', 'key'],
  ],
  [['ledger', 'key', ''], ['rotate']],
  [
    ['flow', 'meta', '--risk', ''],
    [...riskProfileSchema.options, 'all'],
  ],
  [
    ['flow', 'meta', '--'],
    ['--profile', '--risk', '--json', '--store'],
  ],
  [
    ['timeline', ''],
    ['a-runs', 'b-runs'],
  ],
  [['weights', '--meta', ''], ['a-portfolios']],
  [['sleeve', 'quarantine', ''], ['a-sleeves']],
  [['flow', 'production', '--profile', ''], ['a-profiles']],
  [['runs', '--log-level', 'd'], ['debug']],
];

describe('completion in bash', () => {
  let file = '';
  beforeAll(async () => {
    file = await script('bash');
  });

  test.each(lines)('of %j offers %j', (line, offered) => {
    const typed = line.map((word) => `'${word}'`).join(' ');
    const asked = `source ${file}\n${stub}COMP_WORDS=(sleeve-ledger ${typed}); COMP_CWORD=${line.length}\n`;
    const reply = execFileSync('bash', ['--norc', '-c', `${asked}_sleeve_ledger; echo "\${COMPREPLY[@]}"`], { encoding: 'utf8' });
    expect(words(reply)).toEqual(expect.arrayContaining([...offered]));
  });

  test('leaves files to the shell', () => {
    const typed = `COMP_WORDS=(sleeve-ledger flow production --prices ''); COMP_CWORD=4\n`;
    const asked = `source ${file}\ncompopt() { echo "compopt $*"; }\n${typed}`;
    expect(execFileSync('bash', ['--norc', '-c', `${asked}_sleeve_ledger`], { encoding: 'utf8' })).toBe('compopt -o default\n');
  });
});

needs('zsh').describe('completion in zsh', () => {
  let file = '';
  beforeAll(async () => {
    file = await script('zsh');
  });

  test.each(lines)('of %j offers %j', (line, offered) => {
    const told = `compdef() { : }\ncompadd() { print -l -- "\${@:2}" }\n_describe() { local all=\${@[-1]}; print -l -- \${(P)all%%:*} }\n`;
    const asked = `words=(sleeve-ledger ${line.map((word) => `'${word}'`).join(' ')}); CURRENT=$#words; _sleeve_ledger`;
    const reply = execFileSync('zsh', ['-f', '-c', `${told}${stub}source ${file}\n${asked}`], { encoding: 'utf8' });
    expect(words(reply)).toEqual(expect.arrayContaining(line.at(-1) === 'd' ? ['debug'] : [...offered]));
  });
});

needs('fish').describe('completion in fish', () => {
  let file = '';
  beforeAll(async () => {
    file = await script('fish');
  });

  test.each(lines)('of %j offers %j', (line, offered) => {
    const told = `function sleeve-ledger; echo a-$argv[3]; echo b-$argv[3]; end; source ${file}; `;
    const reply = execFileSync('fish', ['--no-config', '-c', `${told}complete -C 'sleeve-ledger ${line.join(' ')}'`], { encoding: 'utf8' });
    expect(reply.split('\n').map((one) => one.split('\t')[0])).toEqual(expect.arrayContaining([...offered]));
  });
});

describe('names that complete', () => {
  test('come from the ledger and the manifest, one a line, and a missing ledger has none and is not made', async () => {
    const values = async (kind: string): Promise<readonly string[]> => words((await bench.run(['completion', '--values', kind])).stdout);
    expect([await values('runs'), (await bench.run(['completion', '--values', 'runs'])).exit]).toEqual([[], 66]);
    const runId = await bench.produce('stocks');
    expect([await values('runs'), await values('sleeves'), await values('portfolios')]).toEqual([[runId], ['stocks'], []]);
    expect(await values('profiles')).toEqual(expect.arrayContaining(['stocks', 'funds', 'coins', 'whole', 'pair']));
  });

  test('want one shell or one kind', async () => {
    for (const argv of [[], ['bash', '--values', 'runs'], ['tcsh']])
      expect(await bench.json(['completion', ...argv])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });
});
