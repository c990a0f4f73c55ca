import { describe, expect, test } from '@jest/globals';
import { groupSummaries } from '../../../presentation/cli/verbs/groups.ts';
import { buildProgram, type Invocation } from '../../../presentation/cli/command-tree.ts';
import { widthOf } from '../../../presentation/cli/layout.ts';
import { allVerbs, verbTable } from '../../../presentation/cli/verbs/all.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const verbs = await allVerbs();

const bench = new Workbench(scratchDirectory());
/** No width of its own. */
const environment = { COLUMNS: '' };
const names = verbs.map((verb) => [verb.path.join(' '), verb] as const);

/** The words of a command line as a shell splits it, up to a pipe. */
const shellWords = (line: string): string[] =>
  (line.split(' | ')[0]!.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replaceAll(/["']/g, ''));

async function parsed(argv: readonly string[]): Promise<Invocation | null> {
  let found: Invocation | null = null;
  await buildProgram(verbTable, '0', (invocation) => {
    found = invocation;
  }).parseAsync([...argv], { from: 'user' });
  return found;
}

describe('help', () => {
  test.each(names)('of %s fits 80 columns, marks what is needed, and gives examples that parse', async (name, verb) => {
    const { exit, stdout } = await bench.run(['help', ...verb.path], { environment });
    expect(exit).toBe(0);
    expect(stdout).toBe((await bench.run([...verb.path, '--help'], { environment })).stdout);
    for (const line of stdout.split('\n')) if (line.trim().includes(' ')) expect(widthOf(line)).toBeLessThanOrEqual(80);
    const usage = stdout.slice(0, stdout.indexOf('\n\n'));
    for (const { flags } of verb.flags.filter(({ required }) => required === true)) expect(usage).toContain(flags.replace(/^-\w, /, ''));
    expect(stdout.match(/\(needed\)|\(\s*needed\)/g) ?? []).toHaveLength(verb.flags.filter(({ required }) => required === true).length);
    expect(stdout).toContain('\nExamples:\n');
    for (const example of verb.examples.filter((line) => line.startsWith('sleeve-ledger '))) {
      const invocation = await parsed(shellWords(example).slice(1));
      expect([example, invocation?.verb.path.join(' ')]).toEqual([example, name]);
    }
  });

  test('of every group says what it is about', async () => {
    const groups = new Set(verbs.flatMap(({ path }) => path.slice(0, -1).map((_, depth) => path.slice(0, depth + 1).join(' '))));
    expect(Object.keys(groupSummaries).toSorted()).toEqual([...groups].toSorted());
    for (const group of groups) {
      const { exit, stdout } = await bench.run(['help', ...group.split(' ')]);
      expect([exit, stdout.replaceAll(/\s+/g, ' ')]).toEqual([0, expect.stringContaining(groupSummaries[group]!)]);
      // Without a verb the same is shown, as an error.
      const alone = await bench.run(group.split(' '));
      expect([alone.exit, alone.stdout]).toEqual([2, '']);
      expect(alone.stderr).toContain(stdout.split('\n').at(-2)!);
    }
  });

  test('is as wide as the terminal', async () => {
    const widest = async (columns: number): Promise<number> => {
      const { stdout } = await bench.run(['help', 'flow', 'meta'], { terminal: { columns }, environment });
      return Math.max(...stdout.split('\n').map(widthOf));
    };
    expect(await widest(60)).toBeLessThanOrEqual(60);
    expect(await widest(120)).toBeGreaterThan(80);
    expect((await bench.run(['help'])).stdout).toContain('work');
  });
});
