/** Wall-clock times of one piece of work, in milliseconds. */
export interface Timing {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly repetitions: number;
  readonly warmUps: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function timingOf(timesMs: readonly number[], warmUps: number): Timing {
  return { medianMs: median(timesMs), minMs: Math.min(...timesMs), maxMs: Math.max(...timesMs), repetitions: timesMs.length, warmUps };
}

/** Runs the work unmeasured `warmUps` times and then `repetitions` times, each timed on its own; answers with its last result too. */
export async function measure<Result>(
  work: () => Result | Promise<Result>,
  times: { readonly warmUps: number; readonly repetitions: number },
): Promise<{ readonly timing: Timing; readonly result: Result }> {
  let result: Result | undefined;
  const timesMs: number[] = [];
  for (let turn = 0; turn < times.warmUps + times.repetitions; turn++) {
    const started = performance.now();
    result = await work();
    if (turn >= times.warmUps) timesMs.push(performance.now() - started);
  }
  return { timing: timingOf(timesMs, times.warmUps), result: result as Result };
}

/** As `solver_peers.py` repeats the peers' work. */
const warmMs = 100;
const budgetMs = 400;
const [repetitionsMin, repetitionsMax] = [3, 100];
/** Slow work needs no warming, so that its first time counts, and is repeated until that much is spent. */
const [slowMs, slowBudgetMs] = [1000, 4000];

/** Repeats work as often as its time allows: a hundred times within 0.4 s, at least three times, and what takes 4 s once. */
export function measureWithin<Result>(work: () => Result): { readonly timing: Timing; readonly result: Result } {
  const timed = (): { result: Result; ms: number } => {
    const started = performance.now();
    const result = work();
    return { result, ms: performance.now() - started };
  };
  let { result, ms } = timed();
  const timesMs: number[] = [];
  const isSlow = ms > slowMs;
  let warmUps = 0;
  let spent = ms;
  if (isSlow) timesMs.push(ms);
  else {
    for (warmUps = 1; spent < warmMs; warmUps++) spent += timed().ms;
    spent = 0;
  }
  const isEnough = (): boolean =>
    isSlow ? spent >= slowBudgetMs : timesMs.length >= repetitionsMax || (timesMs.length >= repetitionsMin && spent >= budgetMs);
  while (!isEnough()) {
    ({ result, ms } = timed());
    timesMs.push(ms);
    spent += ms;
  }
  return { timing: timingOf(timesMs, warmUps), result };
}

/** Most memory that this process has held so far, in megabytes. */
export function peakMegabytes(): number {
  return process.resourceUsage().maxRSS / 1024;
}
