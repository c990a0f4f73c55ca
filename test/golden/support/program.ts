import { createHash } from 'node:crypto';
import { createPresentationPorts, createTools, openStore } from '../../../bin/adapters.ts';
import { serveApi } from '../../../bin/api.ts';
import { openOperations, serveWitness } from '../../../bin/operations.ts';
import { runProgram, type World } from '../../../presentation/cli/program.ts';
import { verbTable } from '../../../presentation/cli/verbs/all.ts';
import type { Tools } from '../../../presentation/cli/verb.ts';
import { createDeliveries } from '../../../handlers/runtime/deliveries.ts';
import { openLedger } from '../../../handlers/ledger/open-ledger.ts';
import type { Clock, MessageBroker } from '../../../handlers/ports/ports.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { environmentNames, resolveSettings } from '../../../handlers/runtime/settings.ts';
import { codeInForce } from '../../../infra/system/code.ts';
import { createAmbientTrace } from '../../../infra/tracing/ambient.ts';
import { MemoryBroker } from './memory-broker.ts';

/** The object that `--json` prints. */
export interface Answer {
  readonly ok: boolean;
  readonly command: string;
  readonly ledgerId: string | null;
  readonly position: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly warnings: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Answered {
  readonly exit: number;
  readonly answer: Answer;
}

export interface RunOptions {
  /** The program's clock stands still while a command runs. */
  readonly now: string;
  readonly signal?: AbortSignal;
  readonly broker?: MessageBroker;
}

export const actor = 'recorder';
const environment = { [environmentNames.actor]: actor, [environmentNames.logLevel]: 'silent' };
let keysMade = 0;

/** Real tools, but for what would make two recordings differ: the clock, the name of the process, and keys, which are no secrets here. */
function toolsAt(now: string): Tools {
  const tools = createTools({ logLevel: 'silent', isTerminal: false });
  const newKeyPair = (): ReturnType<Tools['crypto']['newKeyPair']> => {
    const privateSeed = new Uint8Array(
      createHash('sha256')
        .update(`key ${(keysMade += 1)} of a recorded ledger, made at ${now}`)
        .digest(),
    );
    return { privateSeed, publicKey: tools.crypto.publicKeyOf(privateSeed) };
  };
  const clock: Clock = { now: () => now };
  return { ...tools, clock, crypto: { ...tools.crypto, newKeyPair }, runtime: { processName: actor } };
}

/** Runs one command line in the working folder: the program of `bin/sleeve-ledger.ts`, in this process. */
export async function run(argv: readonly string[], { now, signal, broker }: RunOptions): Promise<Answered> {
  let stdout = '';
  const world: World = {
    environment,
    version: codeInForce().version,
    stdout: (text) => void (stdout += text),
    stderr: () => undefined,
    isTerminal: false,
    signal: signal ?? new AbortController().signal,
    readSettingsFile: async () => null,
    tools: async () => toolsAt(now),
    presentation: createPresentationPorts,
    openStore,
    openBroker: async () => broker ?? new MemoryBroker(),
    serveApi: async (...given) => serveApi(...given),
    serveWitness: async (...given) => serveWitness(...given),
    openOperations: async (log) => openOperations({ log, ambient: createAmbientTrace(), environment: {} }),
  };
  const exit = await runProgram(verbTable, world, [...argv, '--json']);
  return { exit, answer: JSON.parse(stdout) as Answer };
}

/** The ledger of the working folder, open to write. */
export async function openSession(now: string): Promise<Session> {
  const { settings } = resolveSettings({}, environment, null);
  const opened = await openStore(settings.store, 'write');
  const ports = { ...toolsAt(now), ...opened, deliveries: createDeliveries(opened.store) };
  return { ports, ledger: await openLedger(ports, settings, false), actor };
}
