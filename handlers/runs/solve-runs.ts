import { completeMetaRun, metaProfileJobs, type SolvedMetaRun } from '../../domain/meta-run/solved-apart.ts';
import type { IdentifiedMetaRun, MetaRunRequest } from '../../domain/meta-run/identity.ts';
import type { ComputedSleeveRun } from '../../domain/sleeve-run/computed-run.ts';
import type { IdentifiedSleeveRun, SleeveRunRequest } from '../../domain/sleeve-run/produced-run.ts';
import { beginSleeveRun, completeSleeveRun, selectedSleeveRun } from '../../domain/sleeve-run/solved-apart.ts';
import type { Ports } from '../ports/ports.ts';
import { type AllOptions, computeAll } from '../runtime/compute-all.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';

/** Runs whose profiles workers solve. The facts are those of `computeSleeveRun` and `computeMetaRun`, byte for byte. */

type Tools = Pick<Ports, 'compute' | 'crypto'>;

/** Errors: those of `computeSleeveRun`; Interrupted, WorkerLost. */
export async function solveSleeveRun(
  { compute, crypto }: Tools,
  request: SleeveRunRequest,
  identified: IdentifiedSleeveRun,
  options: AllOptions = {},
): Promise<ComputedSleeveRun> {
  const begun = beginSleeveRun(request, identified);
  const { selectionJob, regimesJob } = begun;
  const { onDone: _, ...interruptible } = options;
  const [selection, regimes] = await Promise.all([
    selectionJob === null ? null : compute.run('sleeve-selection', selectionJob, interruptible),
    regimesJob === null ? null : compute.run('window-regimes', regimesJob, interruptible),
  ]);
  const selected = selectedSleeveRun(begun, { selection, regimes });
  return completeSleeveRun(selected, await computeAll(compute, 'sleeve-profile', selected.jobs, options), crypto.sha256);
}

/** Errors: those of `computeMetaRun`; Interrupted, WorkerLost. */
export async function solveMetaRun(
  { compute, crypto }: Tools,
  request: MetaRunRequest,
  identified: IdentifiedMetaRun,
  options: AllOptions = {},
): Promise<SolvedMetaRun> {
  const solved = await computeAll(compute, 'meta-profile', metaProfileJobs(request, identified), options);
  // Taking an answer in and putting the facts together are a turn of the event loop each.
  await yieldToEventLoop('reaction');
  return completeMetaRun(request, identified, solved, crypto.sha256);
}
