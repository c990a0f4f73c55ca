/** How long the command takes before it does anything. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, type Timing } from './measure.ts';
import type { StartFigures } from './results.ts';

function timed(root: string, args: readonly string[]): Promise<Timing> {
  const run = (): void => {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  };
  return measure(run, { warmUps: 1, repetitions: 7 }).then(({ timing }) => timing);
}

/** Compiles into the caches of node_modules, from where packages resolve as they do when installed. */
function compile(root: string): string {
  const output = join(root, 'node_modules', '.cache', 'sleeve-ledger-bench-build');
  rmSync(output, { recursive: true, force: true });
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', output],
    { cwd: root, encoding: 'utf8' },
  );
  const entry = join(output, 'bin', 'sleeve-ledger.js');
  if (!existsSync(entry)) throw new Error(`nothing was compiled: ${stdout}`);
  return entry;
}

export async function measureStart(root: string): Promise<StartFigures> {
  const compiled = compile(root);
  return {
    node: await timed(root, ['--eval', '0']),
    compiledVersion: await timed(root, [compiled, '--version']),
    sourceVersion: await timed(root, ['--import', 'tsx', 'bin/sleeve-ledger.ts', '--version']),
  };
}
