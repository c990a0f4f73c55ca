import { type BacktestInput, preparedSleeve, type PreparedSleeve, scopedSleeve } from '../backtest/backtest.ts';
import { failureOf, type JobFailure } from '../backtest/sleeve-job.ts';
import { plannedProfile, plannedWalks } from '../backtest/planned-jobs.ts';
import { type HoldingSleeve, selectedSleeve } from '../backtest/selected-sleeve.ts';
import { startedLater } from '../backtest/start-offset.ts';
import type { OffsetStream } from '../metrics/start-offsets.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { isFaultOfInputs } from '../shared/error-kinds.ts';
import { inLanes } from '../shared/in-lanes.ts';
import type { JobRunner } from '../backtest/job-runner.ts';

/** The net returns of a profile when every sleeve begins so many rows later, or why there are none. */
export type OffsetRun = OffsetStream | (JobFailure & { readonly offset: number });

/** The sleeves from each start, selected once for all profiles; the records of the selections are let go. */
class Starts {
  readonly #prepared: readonly PreparedSleeve[];
  readonly #runner: JobRunner;
  readonly #known = new Map<number, Promise<HoldingSleeve[]>>();

  constructor(prepared: readonly PreparedSleeve[], runner: JobRunner) {
    this.#prepared = prepared;
    this.#runner = runner;
  }

  sleevesFrom(offset: number): Promise<HoldingSleeve[]> {
    const known = this.#known.get(offset) ?? this.#selected(offset);
    this.#known.set(offset, known);
    return known;
  }

  #selected(offset: number): Promise<HoldingSleeve[]> {
    return Promise.all(
      startedLater(this.#prepared, offset).map(async (sleeve) => {
        const { held } = await selectedSleeve(sleeve, this.#runner);
        return { ...sleeve, held };
      }),
    );
  }
}

/**
 * The net returns of each profile from each start: every sleeve drops its first rows, and all windows and decisions are made again. Answers
 * are in the order of the offsets, and as many starts are in hand as the runner has lanes. `advance` is called after each job. Errors:
 * those of `preparedSleeve` and of the runner.
 */
export async function runStartOffsets(
  input: BacktestInput,
  offsets: readonly number[],
  runner: JobRunner,
  advance: () => void = () => undefined,
): Promise<Map<RiskProfile, OffsetRun[]>> {
  const prepared = input.sleeves.map((sleeve) => preparedSleeve(scopedSleeve(sleeve, input.rules), input));
  const selected = new Starts(prepared, runner);
  const walkedFrom = async (risk: RiskProfile, offset: number): Promise<OffsetRun> => {
    const sleeves = await selected.sleevesFrom(offset);
    const planned = plannedWalks({ ...input, options: { ...input.options, risks: [risk] } }, sleeves);
    const walks = await Promise.all(
      planned.map(async ({ job }) => {
        const walk = 'status' in job ? job : await runner.sleeve(job);
        advance();
        return walk;
      }),
    );
    const job = plannedProfile(input, risk, sleeves, walks);
    const outcome = 'status' in job ? job : await runner.profile(job);
    advance();
    if (outcome.status !== 'tested') return { ...outcome, offset };
    const { dates, net: values } = outcome.book;
    return { offset, series: { dates, values } };
  };
  const ofProfile = async (risk: RiskProfile, offset: number): Promise<OffsetRun> => {
    try {
      return await walkedFrom(risk, offset);
    } catch (error) {
      if (!isFaultOfInputs(error)) throw error;
      return { ...failureOf(error), offset };
    }
  };
  const { risks } = input.options;
  const starts = risks.flatMap((risk) => offsets.map((offset) => ({ risk, offset })));
  const runs = await inLanes(runner.lanes, starts, ({ risk, offset }) => ofProfile(risk, offset));
  return new Map(risks.map((risk, index) => [risk, runs.slice(index * offsets.length, (index + 1) * offsets.length)]));
}
