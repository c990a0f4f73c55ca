import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A module that runs by itself, with the flags of Node that it needs. */
export interface WorkerEntry {
  readonly entry: string;
  readonly execArgv: readonly string[];
}

/** JavaScript in a package, TypeScript in a clone, where tsx reads it. */
const fromSource = import.meta.url.endsWith('.ts');
const fileOf = (name: string): string => fileURLToPath(new URL(`./${name}.${fromSource ? 'ts' : 'js'}`, import.meta.url));
const addressOf = (module: string): string => pathToFileURL(createRequire(import.meta.url).resolve(module)).href;

function forProcess(): string[] {
  return fromSource ? ['--import', addressOf('tsx')] : [];
}

/** What tsx does for a process when it is imported, it does for a thread when it is asked: by the module beside the one for `require`. */
export function forThread(): string[] {
  if (!fromSource) return [];
  const api = addressOf('tsx/esm/api').replace(/\.cjs$/, '.mjs');
  const asked = `import { register } from ${JSON.stringify(api)}; register();`;
  return ['--import', `data:text/javascript,${encodeURIComponent(asked)}`];
}

/** Every module of this program that runs in a process or a thread of its own. */
export const workerEntries = {
  /** Reads foreign files, in a process: they may burst it. */
  readFiles: { entry: fileOf('read-files'), execArgv: forProcess() },
  /** Computes, in threads of this process. */
  computeJobs: { entry: fileOf('compute-jobs'), execArgv: forThread() },
} as const satisfies Readonly<Record<string, WorkerEntry>>;
