import { deserialize, serialize } from 'node:v8';
import type { JobInput, JobList, JobName } from '../../../domain/jobs/job.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import type { Compute, Log, Ports } from '../../../handlers/ports/ports.ts';
import { Answering } from '../../../handlers/remote-jobs/answering.ts';
import { askingCompute } from '../../../handlers/remote-jobs/asking-compute.ts';
import type { JobCrossing } from '../../../handlers/remote-jobs/crossing.ts';
import type { RemotePlace } from '../../../handlers/remote-jobs/place.ts';
import { silentMetrics } from '../../../handlers/runtime/observability/telemetry.ts';
import { answerFormat } from '../../../infra/cache/entry.ts';
import { createMemoryCache } from '../../../infra/cache/memory-cache.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import { createLog } from '../../../infra/system/log.ts';
import { type SampleJobs, sampleJobs } from '../compute/jobs.ts';
import { sampleCompute } from '../compute/pools.ts';
import { MemoryTopics } from './memory-topics.ts';

const crypto = createNodeCrypto();
const silent = createLog('silent', false, { write: () => undefined });

/** Every sample job crosses, its input as a structured clone. */
export const sampleCrossing: JobCrossing<SampleJobs> = {
  crosses: (name): name is JobName<SampleJobs> => Object.hasOwn(sampleJobs, name),
  pack: (name, input, engine) => {
    const data = serialize(structuredClone(input));
    return {
      recipe: {
        job: name,
        engine,
        data: toHex(crypto.sha256(data)),
        tables: {},
        window: { rows: 0, first: null, last: null },
        settings: {},
      },
      data,
    };
  },
  unpack: ({ data }) => deserialize(data) as JobInput<SampleJobs, JobName<SampleJobs>>,
};

export const place: RemotePlace = {
  jobsTopic: 'jobs',
  resultsTopic: 'results',
  group: 'workers',
  ledgerId: '9b2f6c1e-4c7a-5d1e-8f3a-2a6b1c0d9e8f',
};

type Shared = Pick<Ports, 'artifacts' | 'checkpoints'>;

export interface MachineOptions {
  readonly engine?: string;
  readonly log?: Log;
  readonly place?: Partial<RemotePlace>;
  readonly silenceMsMax?: number;
}

export interface Worker {
  /** Of what it consumes; a rejection is kept as such. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Processes around one broker and one store. */
export class Machines<List extends JobList = SampleJobs> {
  readonly topics = new MemoryTopics();
  readonly store: Shared = createMemoryStore();
  readonly #crossing: JobCrossing<List>;
  readonly #compute: () => Compute<List>;
  #started = 0;

  constructor(crossing: JobCrossing<List>, compute: () => Compute<List>) {
    this.#crossing = crossing;
    this.#compute = compute;
  }

  #world(name: string, { engine = 'build', log = silent }: MachineOptions) {
    return {
      ...this.store,
      answerFormat,
      cache: createMemoryCache(engine),
      clock: fixedClock('2026-01-02T03:04:05.678Z'),
      crypto,
      log,
      metrics: silentMetrics,
      runtime: { processName: `${name}-${++this.#started}` },
    };
  }

  /** What asks; `local` does what does not cross. */
  asker(options: MachineOptions = {}, local: Compute<List> = this.#compute()): Compute<List> {
    return askingCompute(this.#world('asker', options), {
      compute: local,
      crossing: this.#crossing,
      broker: this.topics.broker(),
      place: { ...place, ...options.place },
      jobsMax: 2,
      ...(options.silenceMsMax === undefined ? {} : { silenceMsMax: options.silenceMsMax }),
    });
  }

  /** A worker that consumes as the role does. */
  worker(options: MachineOptions = {}, compute: Compute<List> = this.#compute()): Worker {
    const broker = this.topics.broker();
    const stop = new AbortController();
    const where = { ...place, ...options.place };
    const answering = new Answering(this.#world('worker', options), { compute, crossing: this.#crossing, sink: broker.sink, place: where });
    const ended = broker.source
      .consume({
        topic: where.jobsTopic,
        group: where.group,
        signal: stop.signal,
        handle: async (message) => void (await answering.handle(message, stop.signal)),
      })
      .then(
        () => null,
        (error: unknown) => error,
      );
    return {
      ended,
      stop: async () => {
        stop.abort();
        await ended;
        await compute.close();
      },
    };
  }
}

export function sampleMachines(threads = 0): Machines {
  return new Machines(sampleCrossing, () => sampleCompute(threads));
}
