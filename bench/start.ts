/** How long the command takes before it does anything. */
import { spawnSync } from 'node:child_process';
import { measure, type Timing } from './measure.ts';
import type { StartFigures } from './results.ts';
import { buildShipped } from './start-bars.ts';

function timed(root: string, args: readonly string[]): Promise<Timing> {
  const run = (): void => {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  };
  return measure(run, { warmUps: 1, repetitions: 7 }).then(({ timing }) => timing);
}

export async function measureStart(root: string): Promise<StartFigures> {
  const compiled = buildShipped(root);
  return {
    node: await timed(root, ['--eval', '0']),
    compiledVersion: await timed(root, [compiled, '--version']),
    sourceVersion: await timed(root, ['--import', 'tsx', 'bin/sleeve-ledger.ts', '--version']),
  };
}
