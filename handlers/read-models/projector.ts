import { isDomainStream } from '../../domain/audit/chain.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { limits } from '../../domain/shared/limits.ts';
import { everyProjection } from '../../projections/all.ts';
import type { LeafProjection, Projection, Row, Rows } from '../../projections/projection.ts';
import { InOrder } from '../runtime/in-order.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import { toDomainEvent } from '../runtime/stored-events.ts';
import type { Ports, ProjectionId, ReadModels, RowChange, StoredEvent } from '../ports/ports.ts';

type Reader = Pick<Ports, 'store' | 'readModels' | 'crypto'>;

/** What a projection makes of a stored event: the rows that it reads, and those that it changes. */
interface Step {
  readonly keys: readonly string[];
  readonly apply: (rows: Rows) => readonly Row[];
}

export function stepOf({ crypto }: Pick<Ports, 'crypto'>, projection: Projection | LeafProjection, stored: StoredEvent): Step {
  if ('kind' in projection) {
    const { id, stream, revision, position, recordedAt, bytes } = stored;
    const leaf = { id, stream, revision: Number(revision), position, recordedAt, hash: crypto.sha256Hex(bytes) };
    return { keys: projection.keysFor(leaf), apply: (rows) => projection.apply(leaf, rows, crypto.sha256) };
  }
  const event = toDomainEvent(stored);
  return { keys: projection.keysFor(event), apply: (rows) => projection.apply(event, rows) };
}

/** Rows of a fold of leaves have no versions: nobody asks how they were, and one that every event changes would fill the file. */
export const positionOfLeafRows = '0';

export function placeOfChange(projection: Projection | LeafProjection, stored: StoredEvent): string {
  return 'kind' in projection ? positionOfLeafRows : stored.position;
}

/** After so long others have their turn: a page that is folded in one go would hold up whoever asks for what is there already. */
const turnMsMax = 2;

async function projectPage(
  ports: Reader,
  projection: Projection | LeafProjection,
  page: readonly StoredEvent[],
  expected: string | null,
): Promise<void> {
  const newest = new Map<string, JsonObject | null>();
  // By position and key: of two versions of a row at one position the later counts, and rows of leaves have one position only.
  const changes = new Map<string, RowChange>();
  let turnBegan = performance.now();
  for (const stored of page) {
    if ('kind' in projection && !isDomainStream(stored.stream)) continue;
    if (performance.now() - turnBegan > turnMsMax) {
      await yieldToEventLoop();
      turnBegan = performance.now();
    }
    const step = stepOf(ports, projection, stored);
    for (const key of step.keys) {
      if (!newest.has(key)) newest.set(key, await ports.readModels.row(projection, key, null));
    }
    for (const { key, value } of step.apply((wanted) => newest.get(wanted) ?? null)) {
      newest.set(key, value);
      const position = placeOfChange(projection, stored);
      changes.set(`${position} ${key}`, { key, value, position });
    }
  }
  await ports.readModels.commit(projection, [...changes.values()], page.at(-1)!.position, expected);
}

/** Up to the head, nothing stands behind the checkpoint that the projection folds. */
interface Folded {
  readonly checkpoint: string | null;
  readonly head: string | null;
}

/** What this process does with the projections of some read models. */
interface Folding {
  readonly turns: InOrder;
  /** By the name of the projection. */
  readonly folded: Map<string, Folded>;
  /** When somebody last asked for its rows, as `performance.now()` tells. */
  readonly asked: Map<Projection | LeafProjection, number>;
}

const foldings = new WeakMap<ReadModels, Folding>();

function foldingOf(readModels: ReadModels): Folding {
  const known = foldings.get(readModels) ?? { turns: new InOrder(), folded: new Map(), asked: new Map() };
  foldings.set(readModels, known);
  return known;
}

/**
 * Projects what has been recorded since the checkpoint, or as far as it comes before the signal aborts; answers the position that the rows
 * reflect. Those who ask at once do so in turn, so that only the first of them folds what is new.
 */
export function catchUp(ports: Reader, projection: Projection | LeafProjection, signal: AbortSignal | null = null): Promise<string | null> {
  const { turns, asked } = foldingOf(ports.readModels);
  asked.set(projection, performance.now());
  return turns.runApart(projection.name, () => catchUpNow(ports, projection, signal));
}

/** Projects what is new for those who will ask again: of the projections whose rows were asked for within this time. */
export async function catchUpAsked(ports: Reader, withinMs: number): Promise<void> {
  const { turns, asked } = foldingOf(ports.readModels);
  for (const [projection, at] of asked) {
    if (performance.now() - at < withinMs) await turns.runApart(projection.name, () => catchUpNow(ports, projection, null));
  }
}

async function catchUpNow(ports: Reader, projection: Projection | LeafProjection, signal: AbortSignal | null): Promise<string | null> {
  const { folded } = foldingOf(ports.readModels);
  for (;;) {
    const checkpoint = await ports.readModels.checkpoint(projection);
    if (signal?.aborted === true) return checkpoint;
    // The head comes first: what is recorded meanwhile stands behind it.
    const head = await ports.store.head();
    const before = folded.get(projection.name);
    const known = before?.checkpoint === checkpoint ? before : null;
    if (known !== null && known.head === head) return checkpoint;
    const page = await ports.store.readAll({
      after: known === null ? checkpoint : known.head,
      maxCount: limits.readPageEventsMax,
      types: 'kind' in projection ? null : projection.types,
    });
    if (page.length === 0) {
      folded.set(projection.name, { checkpoint, head });
      return checkpoint;
    }
    await yieldToEventLoop();
    try {
      await projectPage(ports, projection, page, checkpoint);
    } catch (error) {
      // Another process was faster: its rows count, and the next turn starts from its checkpoint.
      if (!isConflict(error)) throw error;
    }
  }
}

/** Throws the rows away and folds the whole ledger again. */
export async function rebuild(ports: Reader, projection: Projection | LeafProjection): Promise<string | null> {
  await ports.readModels.reset(projection);
  return catchUp(ports, projection);
}

/** Drops what this build has no use for: rows of other versions and of projections that no longer exist. Returns what it dropped. */
export async function dropForeignRows({ readModels }: Pick<Ports, 'readModels'>): Promise<readonly ProjectionId[]> {
  const own = new Set(everyProjection.map(({ name, version }) => `${name}@${version}`));
  const foreign = (await readModels.projections()).filter(({ name, version }) => !own.has(`${name}@${version}`));
  for (const id of foreign) await readModels.reset(id);
  return foreign;
}
