import type { Answer } from '../../domain/jobs/answers.ts';
import type { JobList, JobName } from '../../domain/jobs/job.ts';
import type { Recipe } from '../../domain/jobs/recipe.ts';
import { wasInterrupted } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { plainError } from '../../domain/shared/plain-error.ts';
import { type BacktestJob, readBacktestJob } from '../messages/backtest-job.ts';
import { type BacktestResult, backtestResultMessage } from '../messages/backtest-result.ts';
import type { Compute, MessageSink, Ports, ReceivedMessage } from '../ports/ports.ts';
import { type JobCrossing, type PackedJob, parseRecipe } from './crossing.ts';
import { KeptAnswers } from './kept-answers.ts';
import { engineAcross, type RemotePlace } from './place.ts';

export interface AnsweringOptions<List extends JobList> {
  readonly compute: Compute<List>;
  readonly crossing: JobCrossing<List>;
  readonly sink: MessageSink;
  readonly place: RemotePlace;
}

type World = Pick<Ports, 'artifacts' | 'checkpoints' | 'answerFormat' | 'cache' | 'clock' | 'log' | 'metrics' | 'runtime'>;

/** What became of a message of the jobs topic. `known`: it was computed before; `left`: it is no job. */
export type JobOutcome = 'computed' | 'known' | 'failed' | 'refused' | 'left';

type Told = Pick<BacktestResult, 'outcome' | 'answer' | 'reason'>;

const reasonCharsMax = 2_000;

/** An error of the store that a machine does not get over by waiting: what the message names is not there, or not that. */
const lacksInput = (error: unknown): error is LedgerError =>
  error instanceof LedgerError && (error.code === 'ArtifactMissing' || error.code === 'ArtifactDamaged');

/** Does the jobs that other processes ask for. A job that is delivered again is answered by what is kept of it. */
export class Answering<List extends JobList> {
  readonly #world: World;
  readonly #options: AnsweringOptions<List>;
  readonly #kept: KeptAnswers;
  readonly #engine: string;

  constructor(world: World, options: AnsweringOptions<List>) {
    this.#world = world;
    this.#options = options;
    this.#kept = new KeptAnswers(world);
    this.#engine = engineAcross(world);
  }

  /**
   * Resolves once the answer is in the store and its message is sent; until then the job stays the group's. Errors: Interrupted by the
   * signal; those of store and broker.
   */
  async handle(message: ReceivedMessage, signal: AbortSignal): Promise<JobOutcome> {
    const outcome = await this.#handled(message, signal);
    this.#world.metrics.count('sleeve_ledger_backtest_jobs_total', 1, { outcome });
    return outcome;
  }

  async #handled(message: ReceivedMessage, signal: AbortSignal): Promise<JobOutcome> {
    let job: BacktestJob;
    try {
      job = readBacktestJob(message);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      const { topic, partition, offset } = message;
      this.#world.log.warn({ topic, partition, offset, why: error.message }, 'left a message that is no job');
      return 'left';
    }
    const why = this.#whyNot(job);
    if (why !== null) return this.#refuse(job, why);
    const name = job.job;
    if (!this.#options.crossing.crosses(name)) return this.#refuse(job, `it has no computation ${job.job} for others`);
    const known = await this.#kept.find(job.key);
    if (known !== null) {
      await this.#tell(job, { outcome: 'done', answer: known.address, reason: null });
      return 'known';
    }
    try {
      return await this.#computed(job, name, await this.#packed(job), signal);
    } catch (error) {
      if (!lacksInput(error)) throw error;
      return this.#refuse(job, error.message);
    }
  }

  #whyNot({ ledgerId, engine }: BacktestJob): string | null {
    const { place } = this.#options;
    if (ledgerId !== place.ledgerId) return `it works on the ledger ${place.ledgerId}, not on ${ledgerId}`;
    return engine === this.#engine ? null : `it is another build, ${this.#engine}, than the one that asks, ${engine}`;
  }

  /** Errors: ArtifactMissing, ArtifactDamaged. */
  async #packed({ key, job, engine }: BacktestJob): Promise<PackedJob> {
    const { artifacts } = this.#world;
    const recipe = parseRecipe(await artifacts.get(key));
    if (recipe.job !== job || recipe.engine !== engine)
      throw new LedgerError('ArtifactDamaged', `the recipe ${key} is one of ${recipe.job} by ${recipe.engine}`);
    return { recipe, data: await artifacts.get(recipe.data) };
  }

  async #computed(job: BacktestJob, name: JobName<List>, packed: PackedJob, signal: AbortSignal): Promise<JobOutcome> {
    const { compute, crossing } = this.#options;
    const { key, asker } = job;
    this.#world.log.info({ key, job: name, asker }, 'computes a job');
    let answer: Answer;
    try {
      answer = { kind: 'done', result: await compute.run(name, crossing.unpack(packed), { signal }) };
    } catch (error) {
      if (wasInterrupted(error)) throw error;
      if (error instanceof LedgerError && error.code === 'WorkerLost') return this.#refuse(job, error.message);
      return this.#failed(job, packed.recipe, error);
    }
    await this.#tell(job, { outcome: 'done', answer: await this.#kept.keep(key, packed.recipe, answer), reason: null });
    return 'computed';
  }

  /** An error is told to whoever asked, and is not kept: a lack of memory is one, too. */
  async #failed(job: BacktestJob, recipe: Recipe, error: unknown): Promise<JobOutcome> {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const answer: Answer =
      error instanceof LedgerError ? { kind: 'refused', refusal: plainError(error) } : { kind: 'failed', message, stack };
    this.#world.log.warn({ key: job.key, job: job.job, why: message }, 'a job failed');
    const address = await this.#kept.put(job.key, recipe, answer);
    await this.#tell(job, { outcome: 'failed', answer: address, reason: message.slice(0, reasonCharsMax) });
    return 'failed';
  }

  async #refuse(job: BacktestJob, why: string): Promise<JobOutcome> {
    this.#world.log.warn({ key: job.key, job: job.job, asker: job.asker, why }, 'refused a job');
    await this.#tell(job, { outcome: 'refused', answer: null, reason: why.slice(0, reasonCharsMax) });
    return 'refused';
  }

  async #tell({ key, job, asker, ledgerId }: BacktestJob, told: Told): Promise<void> {
    const { clock, runtime } = this.#world;
    const { sink, place } = this.#options;
    const result = { key, job, engine: this.#engine, worker: runtime.processName, asker, ledgerId, ...told };
    await sink.send(place.resultsTopic, [backtestResultMessage(result, clock.now())]);
  }
}
