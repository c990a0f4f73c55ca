import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './cli.ts';

/** Builds the page into a folder, as `npm run build:web` does it into `dist`. */
export async function buildPage(folder: string): Promise<void> {
  const vite = join(projectRoot, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn', '--outDir', folder, '--emptyOutDir'], {
    cwd: projectRoot,
    // Jest says that this is a test, and a page that is tested is the one that is shipped.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the page does not build: ${said}`);
}
