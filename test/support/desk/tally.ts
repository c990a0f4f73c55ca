/** What a ledger says at the end of a storm, counted from its events alone. */
import type { AllocationPublished } from '../../../domain/publication/events.ts';
import type { EventStore } from '../../../handlers/ports/ports.ts';
import { toDomainEvents } from '../../../handlers/runtime/stored-events.ts';

/** What a portfolio's newest publication rests on and says; without what depends on the publication before it. */
export interface Final {
  readonly runId: string;
  readonly inputs: AllocationPublished['inputs'];
  readonly weights: AllocationPublished['weights'];
}

function finalOf({ runId, inputs, weights }: AllocationPublished): Final {
  return { runId, inputs, weights };
}

/** The newest publication of each portfolio that has one. */
export async function finalsOf(store: EventStore, metas: readonly string[]): Promise<ReadonlyMap<string, Final>> {
  const finals = new Map<string, Final>();
  for (const meta of metas) {
    const events = toDomainEvents(
      await store.readStream(`metaPortfolio-${meta}`, { from: 1_000_000n, maxCount: 20, direction: 'backwards' }),
    );
    const last = events.find(({ type }) => type === 'AllocationPublished');
    if (last?.type === 'AllocationPublished') finals.set(meta, finalOf(last.data));
  }
  return finals;
}

/** Portfolios whose newest publication is another than expected, or missing. */
export function differing(actual: ReadonlyMap<string, Final>, expected: ReadonlyMap<string, Final>): string[] {
  return [...expected.keys()].filter((meta) => JSON.stringify(actual.get(meta)) !== JSON.stringify(expected.get(meta)));
}

export interface Tally {
  readonly events: number;
  /** Runs with an acceptance. */
  readonly accepted: number;
  readonly acceptedTwice: number;
  readonly refusedMessages: number;
  readonly publications: number;
  /** The same inputs of a portfolio published once more. */
  readonly allocatedTwice: number;
  /** Publications on an older result of a sleeve than one before them, or out of the numbering. */
  readonly backwards: number;
  readonly refusedAllocations: number;
}

const pageEvents = 1_000;

export async function tallyOf(store: EventStore): Promise<Tally> {
  const seen = { events: 0, acceptances: 0, refusedMessages: 0, publications: 0, allocatedTwice: 0, backwards: 0, refusedAllocations: 0 };
  const runs = new Set<string>();
  const inputs = new Set<string>();
  const numbers = new Map<string, number>();
  const newest = new Map<string, string>();
  const publish = ({ meta, number, inputsHash, inputs: used }: AllocationPublished): void => {
    seen.publications++;
    if (inputs.has(`${meta} ${inputsHash}`)) seen.allocatedTwice++;
    inputs.add(`${meta} ${inputsHash}`);
    let steppedBack = number !== (numbers.get(meta) ?? 0) + 1;
    numbers.set(meta, number);
    for (const { path, asOf, correction } of used) {
      const leaf = `${meta} ${path.join('/')}`;
      const place = `${asOf} ${String(correction).padStart(6, '0')}`;
      steppedBack ||= place < (newest.get(leaf) ?? '');
      newest.set(leaf, place);
    }
    if (steppedBack) seen.backwards++;
  };
  for (let after: string | null = null; ;) {
    const page = await store.readAll({ after, maxCount: pageEvents, types: null });
    for (const event of toDomainEvents(page)) {
      seen.events++;
      if (event.type === 'SleeveRunAccepted') {
        seen.acceptances++;
        runs.add(event.data.runId);
      } else if (event.type === 'SleeveRunRejected') seen.refusedMessages++;
      else if (event.type === 'ReallocationRefused') seen.refusedAllocations++;
      else if (event.type === 'AllocationPublished') publish(event.data);
    }
    after = page.at(-1)?.position ?? after;
    if (page.length < pageEvents) break;
  }
  const { acceptances, ...counted } = seen;
  return { ...counted, accepted: runs.size, acceptedTwice: acceptances - runs.size };
}
