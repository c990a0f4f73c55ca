import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { instrumented, keyOf, type Mutant } from './sample.ts';

/** A copy of the project in which every drawn mutant is there, switched off. */
export interface Sandbox {
  readonly root: string;
  /** The number by which each drawn mutant is switched on, by its key. */
  readonly numbers: ReadonlyMap<string, string>;
  readonly remove: () => void;
}

/**
 * Stryker's switch knows one mutant and counts how often each expression runs, which makes loops over numbers many times slower. Ours knows
 * several, and counts nothing.
 */
function withOwnSwitch(content: string): string {
  const body = /function stryNS_9fa48\(\) \{[^]*?\nfunction stryMutAct_9fa48\(id\) \{[^]*?\n\}\n/;
  if (!body.test(content)) throw new Error('the switch of the mutants was not found: does Stryker write another?');
  return content.replace(
    body,
    `const stryOn_9fa48 = new Set((globalThis.process?.env.ACTIVE_MUTANTS ?? '').split(','));
function stryCov_9fa48() {}
function stryMutAct_9fa48(id) { return stryOn_9fa48.has(id); }
`,
  );
}

/** What git does not hold and the sources import. */
const built = 'domain/risk/kernels/kernel-code.ts';

export async function makeSandbox(drawn: readonly Mutant[]): Promise<Sandbox> {
  // Below the project, so that packages and the repository are found as they are from the project itself.
  const folder = mkdtempSync(resolve('.mutants-'));
  const root = join(folder, 'project');
  mkdirSync(root);
  // What stands beside the project stands beside its copy.
  if (existsSync('../shared')) symlinkSync(resolve('../shared'), join(folder, 'shared'));
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').slice(0, -1);
  for (const file of [...files, built]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(file, join(root, file));
  }
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const names = [...new Set(drawn.map(({ file }) => file))];
  const rangesOf = (name: string): Pick<Mutant, 'start' | 'end'>[] => drawn.filter(({ file }) => file === name);
  const { files: changed, mutants } = await instrumented(
    names.map((name) => ({ name, content: readFileSync(name, 'utf8'), mutate: rangesOf(name).map(({ start, end }) => ({ start, end })) })),
  );
  for (const { name, content } of changed) writeFileSync(join(root, name), withOwnSwitch(content));
  const wanted = new Set(drawn.map(keyOf));
  // Ranges hold other mutants beside the drawn.
  const numbers = new Map(mutants.map((mutant) => [keyOf(mutant), mutant.id] as const).filter(([key]) => wanted.has(key)));
  if (numbers.size !== wanted.size) throw new Error(`${wanted.size} mutants were drawn and ${numbers.size} made`);
  return { root, numbers, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
