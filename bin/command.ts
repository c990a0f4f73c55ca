import { setMaxListeners } from 'node:events';
import { verbTable } from '../presentation/cli/verbs/all.ts';
import { runProgram } from '../presentation/cli/program.ts';
import { codeInForce } from '../infra/system/code.ts';
import { createAmbientTrace } from '../infra/tracing/ambient.ts';
import { visibleLines } from '../domain/shared/visible-text.ts';
import { systemUser } from '../infra/system/runtime.ts';

/** What a verb works with, loaded for the first that is performed: help and version need none of it. */
let loaded: typeof import('./adapters.ts') | null = null;
const adapters = async (): Promise<typeof import('./adapters.ts')> => (loaded ??= await import('./adapters.ts'));

const interruption = new AbortController();
// Every computation under way listens to it.
setMaxListeners(0, interruption.signal);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
    loaded?.stopReading();
    // Computations do not yield: a second signal must still end the process, and so must a time limit. A worker drains within this time.
    process.once(signal, () => process.exit(130));
    setTimeout(() => process.exit(130), 10_000).unref();
  });
}

process.on('unhandledRejection', (reason) => {
  const told = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  process.stderr.write(`Internal: unhandled rejection:\n${visibleLines(told)}\n`);
  process.exit(70);
});

// A reader that has seen enough (`| head`) closes the pipe: what was recorded is recorded, and there is nobody to tell more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

const isTerminal = process.stderr.isTTY;
const standardOutput = (bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    // A failure to write arrives as the event above.
    process.stdout.write(bytes, () => resolve());
  });
const user = systemUser();
const ambient = createAmbientTrace();
process.exitCode = await runProgram(
  verbTable,
  {
    environment: process.env,
    version: codeInForce().version,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal,
    ...(process.stdout.isTTY ? { terminal: { columns: process.stdout.columns } } : {}),
    user,
    signal: interruption.signal,
    readSettingsFile: async (file) => (await adapters()).readSettingsFile(file),
    tools: async (settings, overwrite) => (await adapters()).createToolsOf(settings, { isTerminal, ambient, standardOutput, overwrite }),
    presentation: async () => (await adapters()).createPresentationPorts(),
    openStore: async (...given) => (await adapters()).openStore(...given),
    openBroker: async (...given) => (await adapters()).openBroker(...given),
    // What serves and traces takes time to load, and few verbs want it.
    openOperations: async (log) => (await import('./operations.ts')).openOperations({ log, ambient, environment: process.env }),
    serveApi: async (...given) => (await import('./api.ts')).serveApi(...given),
    serveWitness: async (...given) => (await import('./operations.ts')).serveWitness(...given),
  },
  process.argv.slice(2),
);
