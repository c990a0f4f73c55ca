import { type Answer, interrupted, resultOf } from '../../domain/jobs/answers.ts';
import type { JobInput, JobList, JobName, JobResult } from '../../domain/jobs/job.ts';
import { keyOf } from '../../domain/jobs/recipe.ts';
import { canonicalBytes } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { backtestJobMessage } from '../messages/backtest-job.ts';
import { type BacktestResult, readBacktestResult } from '../messages/backtest-result.ts';
import type { Compute, JobOptions, MessageBroker, Ports, ReceivedMessage } from '../ports/ports.ts';
import { pause } from '../runtime/pause.ts';
import { runTogether } from '../runtime/together.ts';
import type { JobCrossing, PackedJob } from './crossing.ts';
import { KeptAnswers } from './kept-answers.ts';
import { engineAcross, type RemotePlace } from './place.ts';
import { Waiters } from './waiters.ts';

export interface AskingOptions<List extends JobList> {
  /** Does what does not cross. */
  readonly compute: Compute<List>;
  readonly crossing: JobCrossing<List>;
  readonly broker: MessageBroker;
  readonly place: RemotePlace;
  /** Jobs asked for at the same time. */
  readonly jobsMax?: number;
  readonly silenceMsMax?: number;
}

type World = Pick<Ports, 'artifacts' | 'checkpoints' | 'answerFormat' | 'cache' | 'clock' | 'crypto' | 'log' | 'runtime'>;

/**
 * Asks workers on other machines: what a job is computed from goes into the store that they share, a message says so, and the first answer
 * counts, also one that was kept before. A worker that dies loses nothing: its group delivers the job to another one.
 */
class AskingCompute<List extends JobList> implements Compute<List> {
  readonly parallelism: number;
  readonly #world: World;
  readonly #options: AskingOptions<List>;
  readonly #kept: KeptAnswers;
  readonly #engine: string;
  readonly #waiters = new Waiters();
  readonly #closing = new AbortController();
  #listening: Promise<void> | null = null;
  /** Why no answers arrive any more. */
  #failure: { readonly error: unknown } | null = null;
  #heardAt = performance.now();

  constructor(world: World, options: AskingOptions<List>) {
    this.#world = world;
    this.#options = options;
    this.#kept = new KeptAnswers(world);
    this.#engine = engineAcross(world);
    this.parallelism = options.jobsMax ?? limits.remoteJobsMax;
  }

  async run<Name extends JobName<List>>(
    name: Name,
    input: JobInput<List, Name>,
    { signal = null }: JobOptions = {},
  ): Promise<JobResult<List, Name>> {
    const { compute, crossing } = this.#options;
    if (!crossing.crosses(name)) return compute.run(name, input, { signal });
    const wanted = AbortSignal.any([this.#closing.signal, ...(signal === null ? [] : [signal])]);
    if (wanted.aborted) throw interrupted(name);
    const packed = crossing.pack(name, input, this.#engine);
    const key = keyOf(this.#world.crypto.sha256, packed.recipe);
    const isAsked = this.#waiters.isWanted(key);
    const answered = this.#waiters.wait(key, name, wanted);
    if (!isAsked) this.#ask(key, packed).catch((error: unknown) => this.#waiters.fail(key, error));
    return resultOf<List, Name>(name, await answered);
  }

  async #ask(key: string, { recipe, data }: PackedJob): Promise<void> {
    const { artifacts, clock, runtime } = this.#world;
    const { broker, place } = this.#options;
    const known = await this.#kept.find(key);
    if (known !== null) return this.#waiters.answer(key, known.answer);
    // The profiles of a sleeve share their returns.
    const isThere = await artifacts.has(recipe.data);
    await artifacts.putAll([...(isThere ? [] : [data]), canonicalBytes(recipe)]);
    if (!this.#waiters.isWanted(key)) return;
    this.#listen();
    if (this.#failure !== null) throw this.#failure.error;
    const job = { key, job: recipe.job, engine: this.#engine, asker: runtime.processName, ledgerId: place.ledgerId };
    await broker.sink.send(place.jobsTopic, [backtestJobMessage(job, clock.now())]);
  }

  /** Reads results from the beginning of the topic, in a group of its own: every asker sees every one. */
  #listen(): void {
    const { broker, place } = this.#options;
    const { runtime } = this.#world;
    const group = `${place.group}-asker-${runtime.processName.replaceAll(/[^A-Za-z0-9._-]/g, '-')}`;
    this.#listening ??= runTogether(
      this.#closing.signal,
      (signal) => broker.source.consume({ topic: place.resultsTopic, group, signal, handle: (message) => this.#hear(message) }),
      (signal) => this.#sayWhenSilent(signal),
    ).catch((error: unknown) => {
      this.#failure = { error };
      this.#waiters.failAll(error);
    });
  }

  async #hear(message: ReceivedMessage): Promise<void> {
    const { log, runtime } = this.#world;
    let result: BacktestResult;
    try {
      result = readBacktestResult(message);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      return log.warn({ topic: message.topic, offset: message.offset, why: error.message }, 'left a message that is no result of a job');
    }
    const { key, ledgerId, outcome, asker } = result;
    if (ledgerId !== this.#options.place.ledgerId || !this.#waiters.isWanted(key)) return;
    // An error may be one of the worker's machine, and is told to whoever asked then.
    if (outcome !== 'done' && asker !== runtime.processName) return;
    this.#heardAt = performance.now();
    try {
      this.#waiters.answer(key, await this.#answerIn(result));
    } catch (error) {
      this.#waiters.fail(key, error);
    }
  }

  /** Errors: JobRefused, ArtifactMissing, ArtifactDamaged. */
  async #answerIn({ key, job, engine, worker, outcome, answer, reason }: BacktestResult): Promise<Answer> {
    if (outcome === 'refused' || answer === null)
      throw new LedgerError('JobRefused', `the worker ${worker} refused the computation ${job}: ${reason}`, {
        evidence: { key, job, worker, engine, engineHere: this.#engine },
      });
    return this.#kept.read(key, answer);
  }

  /** Nothing hangs without a word. */
  async #sayWhenSilent(signal: AbortSignal): Promise<void> {
    const { silenceMsMax = limits.silenceMsMax, place } = this.#options;
    let saidAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      await pause(silenceMsMax / 4, signal);
      const now = performance.now();
      const silentMs = now - this.#heardAt;
      if (this.#waiters.jobs === 0 || signal.aborted) this.#heardAt = now;
      else if (silentMs >= silenceMsMax && now - saidAt >= limits.repeatedLogMsMin) {
        saidAt = now;
        const said = { jobs: this.#waiters.jobs, seconds: Math.round(silentMs / 1000), topic: place.jobsTopic, group: place.group };
        this.#world.log.warn(
          said,
          'no worker answers; it waits for one: sleeve-ledger work --roles backtest, on this ledger and this broker',
        );
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening;
    await this.#options.compute.close();
  }
}

/** Jobs on the workers of a consumer group. Closing it closes the one that does what does not cross. */
export function askingCompute<List extends JobList>(world: World, options: AskingOptions<List>): Compute<List> {
  return new AskingCompute(world, options);
}
