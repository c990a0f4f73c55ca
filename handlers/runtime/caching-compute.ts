import type { JobInput, JobName, JobResult } from '../../domain/jobs/job.ts';
import type { Jobs } from '../../domain/jobs/jobs.ts';
import { isKept, keyOf, type KeptJob, partsOf, type Recipe, recipeOf } from '../../domain/jobs/recipe.ts';
import type { CacheUse } from '../../domain/run/cache-used.ts';
import { isDiskFault } from '../../domain/shared/error-kinds.ts';
import type { Compute, FoundAnswer, JobOptions, Ports, ResultCache } from '../ports/ports.ts';
import { AddressedTables } from './addressed-tables.ts';

type Tools = Pick<Ports, 'compute' | 'crypto' | 'log'>;

export interface CachingOptions {
  readonly cache: ResultCache;
  /** Called for each answer that was there before: not for one that was computed here, and is asked for once more. */
  readonly onUse?: (use: CacheUse) => void;
}

class CachingCompute implements Compute {
  readonly parallelism: number;
  readonly #tools: Tools;
  readonly #options: CachingOptions;
  readonly #tables: AddressedTables;
  readonly #computedHere = new Set<string>();

  constructor(tools: Tools, options: CachingOptions) {
    this.#tools = tools;
    this.#options = options;
    this.parallelism = tools.compute.parallelism;
    this.#tables = new AddressedTables(tools.crypto.sha256);
  }

  async run<Name extends JobName<Jobs>>(name: Name, input: JobInput<Jobs, Name>, options: JobOptions = {}): Promise<JobResult<Jobs, Name>> {
    if (!isKept(name)) return this.#tools.compute.run(name, input, options);
    return (await this.#kept(name, input as JobInput<Jobs, KeptJob>, options)) as JobResult<Jobs, Name>;
  }

  async #kept<Name extends KeptJob>(name: Name, input: JobInput<Jobs, Name>, options: JobOptions): Promise<JobResult<Jobs, Name>> {
    const { cache, onUse } = this.#options;
    const { compute, crypto } = this.#tools;
    const parts = partsOf(name, input);
    const tables = this.#tables.ofParts(parts);
    const recipe = recipeOf(name, cache.engine(), tables, parts);
    const key = keyOf(crypto.sha256, recipe);
    const found = await this.#read(name, key);
    if (found.kind === 'answer') {
      if (!this.#computedHere.has(key)) onUse?.({ job: name, key, data: tables.data });
      return found.answer as JobResult<Jobs, Name>;
    }
    const answer = await compute.run(name, input, options);
    this.#computedHere.add(key);
    await this.#write(key, recipe, answer, tables.texts);
    return answer;
  }

  /** A cache that cannot be read is no reason to fail: the answer is computed. */
  async #read(job: string, key: string): Promise<FoundAnswer> {
    const found = await this.#options.cache.read(job, key).catch((error: unknown): FoundAnswer => {
      if (!isDiskFault(error)) throw error;
      return { kind: 'damaged', why: error.message };
    });
    if (found.kind === 'damaged') this.#tools.log.warn({ job, key, why: found.why }, 'a cached answer is damaged and is computed again');
    return found;
  }

  async #write(key: string, recipe: Recipe, answer: unknown, texts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    try {
      await this.#options.cache.write(key, recipe, answer, texts);
    } catch (error) {
      if (!isDiskFault(error)) throw error;
      this.#tools.log.warn({ job: recipe.job, key, why: error.message }, 'an answer could not be kept in the cache');
    }
  }

  async close(): Promise<void> {
    await this.#tools.compute.close();
  }
}

/** Computes what the cache does not hold, and keeps it there. Answers are the same, to the bit. */
export function cachingCompute(tools: Tools, options: CachingOptions): Compute {
  return new CachingCompute(tools, options);
}
