import { domainEvent } from '../../domain/catalogue.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { allProjections } from '../../projections/all.ts';
import type { Projection } from '../../projections/projection.ts';
import { retiredProjections } from '../../projections/retired.ts';
import type { Ports, ProjectionCheckpoint, StoredEvent } from '../ports.ts';
import { eventsUntil, FoldedRows } from '../views.ts';
import { damageIn, type Fault } from './fault.ts';

export interface ReadModelFindings {
  readonly faults: readonly Fault[];
  /** What is no fault but should be known: rows of another version, to be folded again at the next question; rows of a retired projection. */
  readonly notes: readonly string[];
}

interface Examined {
  readonly projection: Projection;
  readonly checkpoint: ProjectionCheckpoint;
  readonly fresh: FoldedRows;
  /** Position of the last event folded. */
  reached: string | null;
}

const fault = (kind: string, stream: string, position: string | null, expected: string, actual: string): Fault => ({ kind, stream, revision: null, position, expected, actual });

/** Folds every projection up to its own checkpoint in one pass over the events. */
async function foldAll(ports: Ports, examined: readonly Examined[]): Promise<void> {
  const { store } = ports;
  const types = [...new Set(examined.flatMap(({ projection }) => projection.types as readonly string[]))];
  const foldInto = (stored: StoredEvent): void => {
    const event = domainEvent(decodeEnvelope(stored.bytes), stored.position);
    for (const target of examined) {
      const { projection, checkpoint } = target;
      if (!projection.types.includes(event.type) || store.comparePositions(stored.position, checkpoint.position) > 0) continue;
      target.fresh.apply(projection, event);
      target.reached = stored.position;
    }
  };
  for await (const stored of eventsUntil(store, null, types)) foldInto(stored);
}

/** Stored rows against those just folded. */
async function differences(ports: Ports, { projection, checkpoint, fresh }: Examined): Promise<Fault[]> {
  const faults: Fault[] = [];
  const differs = (key: string, expected: string, actual: string): void => {
    faults.push(fault('read_model_differs', `${projection.name}:${key}`, checkpoint.position, expected, actual));
  };
  const seen = new Set<string>();
  for (const { key, value } of await ports.readModels.rows(projection.name, '')) {
    seen.add(key);
    const actual = canonicalJson(value);
    const expected = fresh.rows.get(key);
    if (expected === undefined) differs(key, 'no row', actual);
    else if (canonicalJson(expected) !== actual) differs(key, canonicalJson(expected), actual);
  }
  for (const [key, value] of fresh.rows) if (!seen.has(key)) differs(key, canonicalJson(value), 'no row');
  return faults;
}

async function judged(ports: Ports, examined: Examined, notes: string[]): Promise<Fault[]> {
  const { projection, checkpoint, reached } = examined;
  const { name, version } = projection;
  const found = await differences(ports, examined);
  if (checkpoint.projectionVersion === version) {
    const misplaced = reached === checkpoint.position ? [] : [fault('read_model_checkpoint', name, checkpoint.position, `position ${reached}`, `position ${checkpoint.position}`)];
    return [...misplaced, ...found];
  }
  // Rows of another version must differ, or the version would not have been raised: equal rows mean that the number was changed.
  if (found.length === 0) return [fault('read_model_checkpoint', name, checkpoint.position, `version ${version}`, `version ${checkpoint.projectionVersion}`)];
  notes.push(`the rows of ${name} are of version ${checkpoint.projectionVersion}; this build folds version ${version} at the next question`);
  return [];
}

/** Checkpoints that can be judged; what cannot be is a fault, and what an earlier build left behind a note. */
async function checkpoints(ports: Ports, { faults, notes }: { readonly faults: Fault[]; readonly notes: string[] }): Promise<Examined[]> {
  const examined: Examined[] = [];
  const known = new Map(allProjections.map((projection) => [projection.name, projection]));
  for (const name of await ports.readModels.projections()) {
    const projection = known.get(name);
    const checkpoint = await ports.readModels.checkpoint(name);
    if (retiredProjections.includes(name)) notes.push(`rows of a retired projection: ${name}; nobody reads them, and \`ledger rebuild\` drops them`);
    else if (projection === undefined) faults.push(fault('read_model_unknown', name, checkpoint?.position ?? null, 'a projection of this build', name));
    else if (checkpoint === null) faults.push(fault('read_model_checkpoint', name, null, 'a checkpoint beside its rows', 'none'));
    else {
      try {
        ports.store.comparePositions(checkpoint.position, checkpoint.position);
        examined.push({ projection, checkpoint, fresh: new FoldedRows(), reached: null });
      } catch (error) {
        faults.push(fault('read_model_checkpoint', name, null, 'a position of the store', damageIn(error)));
      }
    }
  }
  return examined;
}

/** The stored rows of every projection against a fresh fold of the events up to its checkpoint. Events must have been found intact before. */
export async function readModelFindings(ports: Ports): Promise<ReadModelFindings> {
  const faults: Fault[] = [];
  const notes: string[] = [];
  try {
    const examined = await checkpoints(ports, { faults, notes });
    await foldAll(ports, examined);
    for (const one of examined) {
      try {
        faults.push(...(await judged(ports, one, notes)));
      } catch (error) {
        faults.push(fault('read_model_damaged', one.projection.name, one.checkpoint.position, 'rows as they were written', damageIn(error)));
      }
    }
  } catch (error) {
    faults.push(fault('read_model_damaged', 'read models', null, 'rows as they were written', damageIn(error)));
  }
  return { faults, notes };
}
