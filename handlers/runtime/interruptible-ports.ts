import { LedgerError } from '../../domain/shared/errors.ts';
import type { Artifacts, Compute, EventStore, Ports } from '../ports/ports.ts';
import { yieldToEventLoop } from './interruption.ts';

/** Reading goes on for so long without a look at who waits for it. */
const unseenMsMax = 20;

/** Errors: Interrupted. */
type Check = () => Promise<void>;

/** A store in a file answers at once: a loop over it sees no signal, and serves nobody, unless it pauses. */
function checking(signal: AbortSignal): Check {
  let seen = performance.now();
  return async () => {
    if (performance.now() - seen >= unseenMsMax) {
      await yieldToEventLoop();
      seen = performance.now();
    }
    if (signal.aborted) throw new LedgerError('Interrupted', 'interrupted: nobody waits for the answer any more');
  };
}

function readStore(store: EventStore, check: Check): EventStore {
  return {
    append: (...given) => store.append(...given),
    readStream: async (...given) => {
      await check();
      return store.readStream(...given);
    },
    readAll: async (...given) => {
      await check();
      return store.readAll(...given);
    },
    subscribeAll: (options) => store.subscribeAll(options),
    head: () => store.head(),
    newest: () => store.newest(),
    comparePositions: (left, right) => store.comparePositions(left, right),
    close: () => store.close(),
  };
}

function readArtifacts(artifacts: Artifacts, check: Check): Artifacts {
  return {
    put: (bytes) => artifacts.put(bytes),
    putAll: (contents) => artifacts.putAll(contents),
    has: (sha256) => artifacts.has(sha256),
    get: async (sha256) => {
      await check();
      return artifacts.get(sha256);
    },
    list: async (options) => {
      await check();
      return artifacts.list(options);
    },
  };
}

function computing(compute: Compute, signal: AbortSignal): Compute {
  return {
    parallelism: compute.parallelism,
    run: (name, input, options = {}) => {
      const own = options.signal ?? null;
      return compute.run(name, input, { ...options, signal: own === null || own === signal ? signal : AbortSignal.any([own, signal]) });
    },
    close: () => compute.close(),
  };
}

/**
 * Ports whose reading and computing end with a signal, whatever reads: for questions of somebody who may leave. Appending goes on, so that
 * nothing is recorded in part.
 */
export function interruptiblePorts(ports: Ports, signal: AbortSignal): Ports {
  const check = checking(signal);
  const { store, artifacts, compute } = ports;
  return { ...ports, store: readStore(store, check), artifacts: readArtifacts(artifacts, check), compute: computing(compute, signal) };
}
