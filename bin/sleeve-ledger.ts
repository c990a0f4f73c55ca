#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { allVerbs } from '../presentation/cli/verbs/all.ts';
import { runProgram } from '../presentation/cli/program.ts';
import { keptPlaces } from '../handlers/ledger/witness-folder.ts';
import { cacheFolder } from '../handlers/runtime/settings.ts';
import { readSettingsFile } from '../infra/config/settings-file.ts';
import { codeInForce } from '../infra/system/code.ts';
import { createAmbientTrace } from '../infra/tracing/ambient.ts';
import { visibleLines } from '../domain/shared/visible-text.ts';
import { systemUser } from '../infra/system/runtime.ts';
import { stopReading } from './file-readers.ts';
import { createPresentationPorts, createTools, openBroker, openStore, workersOfMachine } from './adapters.ts';

const interruption = new AbortController();
// Every computation under way listens to it.
setMaxListeners(0, interruption.signal);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
    stopReading();
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
  allVerbs,
  {
    environment: process.env,
    version: codeInForce().version,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal,
    ...(process.stdout.isTTY ? { terminal: { columns: process.stdout.columns } } : {}),
    user,
    signal: interruption.signal,
    readSettingsFile: async (file) => readSettingsFile(file),
    tools: (settings, overwrite) =>
      createTools({
        logLevel: settings.logLevel,
        isTerminal,
        ambient,
        standardOutput,
        overwrite,
        kept: keptPlaces(settings),
        workers: settings.workers ?? workersOfMachine(),
        cacheFolder: cacheFolder(settings),
      }),
    presentation: createPresentationPorts(),
    openStore,
    openBroker,
    // What serves and traces takes time to load, and few verbs want it.
    openOperations: async (log) => (await import('./operations.ts')).openOperations({ log, ambient, environment: process.env }),
    serveWitness: async (...given) => (await import('./operations.ts')).serveWitness(...given),
  },
  process.argv.slice(2),
);
