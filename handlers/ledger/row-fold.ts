import type { DomainEvent } from '../../domain/catalogue.ts';
import { toDomainEvent } from '../runtime/stored-events.ts';
import type { LeafProjection, Projection } from '../../projections/projection.ts';
import type { Ports, ProjectionId, RowChange, StoredEvent } from '../ports/ports.ts';
import { eventsUntil } from '../read-models/views.ts';
import { LedgerError } from '../../domain/shared/errors.ts';

/** A fresh fold of one projection. */
export interface FreshFold {
  readonly projection: Projection | LeafProjection;
  /** Whether the fold takes an event; one of another kind is not decoded for it. */
  readonly takes: (stored: StoredEvent) => boolean;
  /** `event` is null where the fold is one of leaves. */
  readonly apply: (stored: StoredEvent, event: DomainEvent | null) => void | Promise<void>;
}

/** A fresh fold that holds no rows, only their digest, and beside it the digest of the rows that are stored. */
export interface RowFold extends FreshFold {
  /** What is left when every event was taken. */
  readonly finish: () => void;
  readonly addStored: (change: RowChange) => void;
  readonly isSame: () => boolean;
}

export interface ComparedRows {
  readonly same: boolean;
  /** Position of the last event folded. */
  readonly reached: string | null;
}

/** A fold up to the checkpoint of its rows. */
interface Course<Fold extends FreshFold> {
  readonly fold: Fold;
  readonly until: string;
  reached: string | null;
  isOver: boolean;
  /** A stored row cannot be read: the rows are not those of a fresh fold. */
  isBroken: boolean;
}

/** A row that cannot be read makes this comparison fail; the verification goes on. */
async function whileReadable(course: Course<FreshFold>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'StoreIo') throw error;
    [course.isOver, course.isBroken] = [true, true];
  }
}

/** Folds all of them up to their checkpoints in one pass: each event is read once, and decoded once if any of them needs to know it. */
export async function foldTogether<Fold extends FreshFold>(
  { store }: Pick<Ports, 'store'>,
  folds: readonly { readonly fold: Fold; readonly until: string }[],
): Promise<readonly Course<Fold>[]> {
  const courses = folds.map(({ fold, until }): Course<Fold> => ({ fold, until, reached: null, isOver: false, isBroken: false }));
  const types = new Set<string>();
  for (const { fold } of courses) if (!('kind' in fold.projection)) for (const type of fold.projection.types) types.add(type);
  const needsAll = courses.some(({ fold }) => 'kind' in fold.projection);
  for await (const stored of eventsUntil(store, null, needsAll ? null : [...types])) {
    let event: DomainEvent | null = null;
    for (const course of courses) {
      if (course.isOver || !course.fold.takes(stored)) continue;
      if (store.comparePositions(stored.position, course.until) > 0) {
        course.isOver = true;
        continue;
      }
      if (!('kind' in course.fold.projection)) event ??= toDomainEvent(stored);
      await whileReadable(course, async () => {
        await course.fold.apply(stored, event);
        course.reached = stored.position;
      });
    }
  }
  return courses;
}

async function compared(course: Course<RowFold>, stored: AsyncIterable<RowChange>): Promise<ComparedRows> {
  const { fold } = course;
  await whileReadable(course, async () => {
    if (course.isBroken) return;
    fold.finish();
    for await (const change of stored) fold.addStored(change);
  });
  return course.isBroken ? { same: false, reached: null } : { same: fold.isSame(), reached: course.reached };
}

/**
 * Whether the stored rows of projections, with their versions, are those that fresh folds give up to their checkpoints. Which row is
 * another, a fold that holds all of them says.
 */
export async function compareFolds(
  ports: Pick<Ports, 'store'>,
  folds: readonly { readonly fold: RowFold; readonly until: string }[],
  storedRows: (id: ProjectionId) => AsyncIterable<RowChange>,
): Promise<readonly ComparedRows[]> {
  const answers: ComparedRows[] = [];
  for (const course of await foldTogether(ports, folds)) answers.push(await compared(course, storedRows(course.fold.projection)));
  return answers;
}
