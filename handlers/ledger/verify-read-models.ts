import { limits } from '../../domain/shared/limits.ts';
import { everyProjection } from '../../projections/all.ts';
import type { LeafProjection, Projection } from '../../projections/projection.ts';
import type { Ports, ProjectionId, RowChange } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { type Fault } from './fault.ts';
import { FoldedVersions, historiesOf, type RowHistory } from './folded-versions.ts';
import { compareFolds, foldTogether } from './row-fold.ts';
import { leafFold } from './verify-leaf-rows.ts';
import { VersionFold } from './verify-version-rows.ts';

export interface ReadModelFindings {
  readonly faults: readonly Fault[];
  /** Worth knowing, but not a fault: rows of another version, which this build never reads. */
  readonly notes: readonly string[];
}

interface Examined {
  readonly projection: Projection | LeafProjection;
  readonly checkpoint: string;
  readonly fresh: FoldedVersions;
  /** Position of the last event folded. */
  reached: string | null;
  /** A digest has shown that the rows are those of a fresh fold. */
  same: boolean;
}

const fault = (kind: string, stream: string, position: string | null, expected: string, actual: string): Fault => ({
  kind,
  stream,
  revision: null,
  position,
  expected,
  actual,
});

/** Folds projections up to their checkpoints, holding their rows. */
async function foldAll(ports: Ports, examined: readonly Examined[]): Promise<void> {
  const courses = await foldTogether(
    ports,
    examined.map(({ fresh: fold, checkpoint: until }) => ({ fold, until })),
  );
  for (const [index, { reached }] of courses.entries()) examined[index]!.reached = reached;
}

async function* storedVersions({ readModels }: Pick<Ports, 'readModels'>, id: ProjectionId): AsyncGenerator<RowChange> {
  for (let after: RowChange | null = null; ;) {
    const page: readonly RowChange[] = await readModels.versions(id, { after, limit: limits.readPageRowsMax });
    yield* page;
    if (page.length < limits.readPageRowsMax) return;
    after = page.at(-1)!;
  }
}

const shown = (history: RowHistory | undefined): string => history?.newest ?? 'no row';

/** Stored rows and their versions against those just folded, merged in the order of their keys. */
async function differences(ports: Ports, { projection, checkpoint, fresh }: Examined): Promise<Fault[]> {
  const faults: Fault[] = [];
  const differs = (key: string, expected: RowHistory | undefined, actual: RowHistory | undefined): void => {
    const versionsOnly = expected?.newest === actual?.newest;
    const [wanted, found] = versionsOnly
      ? ['its earlier versions as they were folded', 'other versions']
      : [shown(expected), shown(actual)];
    faults.push(fault('read_model_differs', `${projection.name}:${key}`, checkpoint, wanted, found));
  };
  const expected = fresh.inKeyOrder();
  let next = 0;
  for await (const actual of historiesOf(ports, storedVersions(ports, projection))) {
    for (; next < expected.length && expected[next]!.key < actual.key; next++) differs(expected[next]!.key, expected[next], undefined);
    const same = expected[next]?.key === actual.key ? expected[next++] : undefined;
    if (same?.digest !== actual.digest) differs(actual.key, same, actual);
  }
  for (; next < expected.length; next++) differs(expected[next]!.key, expected[next], undefined);
  return faults;
}

/** Rows are held only where a digest shows that some of them differ: there may be one for each event. */
async function compareDigests(ports: Ports, examined: readonly Examined[]): Promise<void> {
  const folds = examined.map(({ projection, checkpoint: until }) => ({
    fold: 'kind' in projection ? leafFold(ports, projection) : new VersionFold(ports, projection),
    until,
  }));
  const compared = await compareFolds(ports, folds, (id) => storedVersions(ports, id));
  for (const [index, { reached, same }] of compared.entries()) {
    if (same) [examined[index]!.reached, examined[index]!.same] = [reached, same];
  }
}

async function judged(ports: Ports, examined: Examined): Promise<Fault[]> {
  const { projection, checkpoint, reached } = examined;
  const found = examined.same ? [] : await differences(ports, examined);
  return reached === checkpoint
    ? found
    : [fault('read_model_checkpoint', projection.name, checkpoint, `position ${reached}`, `position ${checkpoint}`), ...found];
}

/** Checkpoints that can be judged; what cannot be is a fault. */
async function checkpoints(ports: Ports, faults: Fault[], notes: string[]): Promise<Examined[]> {
  const examined: Examined[] = [];
  const known = new Map(everyProjection.map((projection) => [projection.name, projection]));
  for (const id of await ports.readModels.projections()) {
    const { name, version } = id;
    const projection = known.get(name);
    const checkpoint = await ports.readModels.checkpoint(id);
    if (checkpoint === null) {
      const wrong =
        projection === undefined
          ? (['read_model_unknown', 'a projection of this build', name] as const)
          : (['read_model_checkpoint', 'a checkpoint beside its rows', 'none'] as const);
      faults.push(fault(wrong[0], name, null, wrong[1], wrong[2]));
    } else if (version !== projection?.version) {
      notes.push(
        `rows of ${name}, version ${version}, are of another build: this one does not look at them, and ledger rebuild drops them`,
      );
    } else {
      try {
        ports.store.comparePositions(checkpoint, checkpoint);
        examined.push({ projection, checkpoint, fresh: new FoldedVersions(ports, projection), reached: null, same: false });
      } catch (error) {
        faults.push(fault('read_model_checkpoint', name, null, 'a position of the store', damageIn(error)));
      }
    }
  }
  return examined;
}

/**
 * The stored rows of every projection, with their versions, against a fresh fold of the events up to its checkpoint. Events must have been
 * found intact before.
 */
export async function readModelFindings(ports: Ports): Promise<ReadModelFindings> {
  const faults: Fault[] = [];
  const notes: string[] = [];
  try {
    const examined = await checkpoints(ports, faults, notes);
    await compareDigests(ports, examined);
    const unlike = examined.filter(({ same }) => !same);
    if (unlike.length > 0) await foldAll(ports, unlike);
    for (const one of examined) {
      try {
        faults.push(...(await judged(ports, one)));
      } catch (error) {
        faults.push(fault('read_model_damaged', one.projection.name, one.checkpoint, 'rows as they were written', damageIn(error)));
      }
    }
  } catch (error) {
    faults.push(fault('read_model_damaged', 'read models', null, 'rows as they were written', damageIn(error)));
  }
  return { faults, notes };
}
