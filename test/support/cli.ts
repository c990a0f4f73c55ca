import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPresentationPorts, createTools, openBroker, openStore } from '../../bin/adapters.ts';
import { serveApi } from '../../bin/api.ts';
import { openOperations, serveWitness } from '../../bin/operations.ts';
import { keptPlaces } from '../../handlers/ledger/witness-folder.ts';
import { cacheFolder, environmentNames } from '../../handlers/runtime/settings.ts';
import { runProgram, type World } from '../../presentation/cli/program.ts';
import type { Tools } from '../../presentation/cli/verb.ts';
import { verbTable } from '../../presentation/cli/verbs/all.ts';
import { readSettingsFile } from '../../infra/config/settings-file.ts';
import { fixedClock } from '../../infra/system/clock.ts';
import { createAmbientTrace } from '../../infra/tracing/ambient.ts';
import { createLog } from '../../infra/system/log.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import type { StoredEvent } from '../../handlers/ports/ports.ts';
import { type LooseManifest, smallManifest, type SmallSleeve, writePrices } from './small-market.ts';

/** The object that `--json` prints. */
export interface Answer {
  readonly ok: boolean;
  readonly command: string;
  readonly ledgerId: string | null;
  readonly position: string | null;
  readonly result: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly advice: string;
    readonly at: { file?: string; line?: number; path?: string };
    readonly evidence: Record<string, unknown>;
  };
}

export interface CliResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Hears standard error as it is written: where something is served, say. */
  readonly onStderr?: (text: string) => void;
  readonly environment?: Readonly<Record<string, string>>;
  /** The writer's clock. */
  readonly now?: string;
  readonly signal?: AbortSignal;
  /** The terminal that standard output is. */
  readonly terminal?: World['terminal'];
  readonly user?: string;
  /** Whether standard error is a terminal, so that notes are shown. */
  readonly isTerminal?: boolean;
  readonly tools?: (tools: Tools) => Tools;
  /** Another way to the store than by its location. */
  readonly openStore?: World['openStore'];
  readonly openBroker?: World['openBroker'];
  /** Folder of the page that is served; left out: of the one that is built, if any. */
  readonly page?: string;
}

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** A folder with a manifest, a ledger to be, and the command line run in this process on them. */
export class Workbench {
  readonly directory: string;
  readonly store: string;
  readonly manifest: string;

  constructor(below: string, change: (manifest: LooseManifest) => void = () => undefined) {
    this.directory = mkdtempSync(join(below, 'bench-'));
    this.store = join(this.directory, 'ledger.sqlite');
    this.manifest = join(this.directory, 'manifest.json');
    this.writeManifest(change);
  }

  writeManifest(change: (manifest: LooseManifest) => void): void {
    writeFileSync(this.manifest, smallManifest(change));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string | Uint8Array): string {
    const file = this.path(name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  get environment(): Record<string, string> {
    // Wide, so that sentences are found whole; tests of the width say their own.
    return {
      COLUMNS: '1000',
      [environmentNames.store]: this.store,
      [environmentNames.manifest]: this.manifest,
      [environmentNames.actor]: 'tester',
    };
  }

  /** Runs one command line in this process. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<CliResult> {
    let stdout = '';
    let stderr = '';
    const world: World = {
      environment: { ...this.environment, ...options.environment },
      version: '0.0.0',
      stdout: (text) => void (stdout += text),
      stderr: (text) => {
        stderr += text;
        options.onStderr?.(text);
      },
      isTerminal: options.isTerminal ?? false,
      ...(options.terminal === undefined ? {} : { terminal: options.terminal }),
      ...(options.user === undefined ? {} : { user: { name: options.user, uid: 1000 } }),
      signal: options.signal ?? new AbortController().signal,
      readSettingsFile: async (file) => (file === null ? null : readSettingsFile(file)),
      tools: async (settings, overwrite) => {
        const log = createLog(settings.logLevel, false, { write: (text) => void (stderr += text) });
        const written = createTools({
          logLevel: settings.logLevel,
          isTerminal: false,
          workers: settings.workers ?? 0,
          cacheFolder: cacheFolder(settings),
          standardOutput: async (bytes) => {
            stdout += Buffer.from(bytes).toString('utf8');
          },
          overwrite,
          kept: keptPlaces(settings),
        });
        const tools = { ...written, log };
        const timed = options.now === undefined ? tools : { ...tools, clock: fixedClock(options.now) };
        return options.tools?.(timed) ?? timed;
      },
      presentation: createPresentationPorts,
      openStore: options.openStore ?? openStore,
      openBroker: options.openBroker ?? openBroker,
      serveApi: async (...given) => serveApi(...given, options.page),
      serveWitness: async (...given) => serveWitness(...given),
      openOperations: async (log) => openOperations({ log, ambient: createAmbientTrace(), environment: {} }),
    };
    const exit = await runProgram(verbTable, world, argv);
    return { exit, stdout, stderr };
  }

  /** The same with `--json`: standard output must hold one object and nothing else. */
  async json(argv: readonly string[], options: RunOptions = {}): Promise<Answer & { readonly exit: number }> {
    const { exit, stdout, stderr } = await this.run([...argv, '--json'], options);
    if (stdout.indexOf('\n') !== stdout.length - 1)
      throw new Error(`${argv.join(' ')} printed something else than one object: ${stdout}\n${stderr}`);
    return { ...(JSON.parse(stdout) as Answer), exit };
  }

  /** Produces a sleeve from simulated prices; answers its run id. */
  async produce(
    sleeve: SmallSleeve,
    span: Parameters<typeof writePrices>[2] = {},
    flags: readonly string[] = [],
    options: RunOptions = {},
  ): Promise<string> {
    const file = writePrices(this.directory, sleeve, span);
    const answer = await this.json(['flow', 'production', '--profile', sleeve, '--prices', file, '--no-seal', ...flags], options);
    if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
    return answer.result['runId'] as string;
  }

  /** Every event of the ledger in order; an empty list when there is no ledger. */
  async events(): Promise<readonly StoredEvent[]> {
    if (!existsSync(this.store)) return [];
    const ledger = openSqlite(this.store, { access: 'read', create: false });
    try {
      const all: StoredEvent[] = [];
      for (;;) {
        const page = await ledger.store.readAll({ after: all.at(-1)?.position ?? null, maxCount: 1000, types: null });
        all.push(...page);
        if (page.length < 1000) return all;
      }
    } finally {
      ledger.close();
    }
  }
}

/** Starts the real program in a process of its own. */
export function spawnProgram(
  bench: Workbench,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): {
  readonly process: ChildProcess;
  readonly logged: () => string;
  readonly ended: Promise<CliResult & { readonly signal: NodeJS.Signals | null }>;
} {
  const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'bin/sleeve-ledger.ts'), ...argv], {
    cwd: projectRoot,
    env: { ...process.env, ...bench.environment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<CliResult & { readonly signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ exit: code ?? -1, signal, stdout, stderr }));
  });
  return { process: child, logged: () => stderr, ended };
}
