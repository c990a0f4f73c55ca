import { median } from './measure.ts';
import { kernelCases, type Run } from './results.ts';

/** A figure that is this much worse than the stored one is a loss. */
const lossMax = 0.2;

/** Milliseconds by figure; the best repetition, which other work on the machine disturbs least. */
function timesOf(run: Run): Map<string, number> {
  const times = new Map<string, number>(kernelCases.map((name) => [name, run.kernels.timings[name].minMs]));
  for (const { name, timing } of run.ledger.steps) times.set(name, timing.minMs);
  times.set('start of the compiled command', run.start.compiledVersion.minMs);
  return times;
}

/** Appends are compared as a share of bare SQLite in the same minute: the disk's mood cancels out. */
function appendShare(run: Run): number {
  const { append, bareSameTable } = run.append.rates.single;
  return median(append) / median(bareSameTable);
}

/** What got slower by more than a fifth; refuses to compare two machines. */
export function lossesOf(stored: Run | null, fresh: Run): string[] {
  if (stored === null) throw new Error('no stored run to compare with');
  if (
    stored.machine.cpu !== fresh.machine.cpu ||
    stored.machine.cores !== fresh.machine.cores ||
    stored.machine.node !== fresh.machine.node
  ) {
    throw new Error(
      `the stored run is of ${stored.machine.cpu} with Node ${stored.machine.node}, this is ${fresh.machine.cpu} with Node ` +
        fresh.machine.node,
    );
  }
  const before = timesOf(stored);
  const losses: string[] = [];
  for (const [name, ms] of timesOf(fresh)) {
    const earlier = before.get(name);
    if (earlier !== undefined && ms > earlier * (1 + lossMax)) losses.push(`${name}: ${ms.toFixed(2)} ms, was ${earlier.toFixed(2)} ms`);
  }
  const share = appendShare(fresh);
  if (share < appendShare(stored) * (1 - lossMax))
    losses.push(`appends: ${share.toFixed(2)} of bare SQLite, was ${appendShare(stored).toFixed(2)}`);
  return losses;
}
