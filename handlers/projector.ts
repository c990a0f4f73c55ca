import { domainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../domain/shared/envelope.ts';
import { isConflict } from '../domain/shared/error-kinds.ts';
import { limits } from '../domain/shared/limits.ts';
import { retiredProjections } from '../projections/retired.ts';
import type { Projection } from '../projections/projection.ts';
import { nextTurn } from './interruption.ts';
import type { Ports, StoredEvent } from './ports.ts';

async function projectPage(ports: Ports, projection: Projection, page: readonly StoredEvent[], expected: string | null): Promise<void> {
  const changed = new Map<string, JsonObject | null>();
  const read = new Map<string, JsonObject | null>();
  for (const stored of page) {
    const event = domainEvent(decodeEnvelope(stored.bytes), stored.position);
    for (const key of projection.keysFor(event)) {
      if (!changed.has(key) && !read.has(key)) read.set(key, await ports.readModels.row(projection.name, key));
    }
    const rows = (key: string): JsonObject | null => (changed.has(key) ? changed.get(key)! : (read.get(key) ?? null));
    for (const { key, value } of projection.apply(event, rows)) changed.set(key, value);
  }
  const changes = [...changed].map(([key, value]) => ({ key, value }));
  const checkpoint = { position: page.at(-1)!.position, projectionVersion: projection.version };
  await ports.readModels.commit(projection.name, changes, checkpoint, expected);
}

/** Projects what has been recorded since the checkpoint; answers the position that the rows reflect. */
export async function catchUp(ports: Ports, projection: Projection): Promise<string | null> {
  for (;;) {
    let checkpoint = await ports.readModels.checkpoint(projection.name);
    if (checkpoint !== null && checkpoint.projectionVersion !== projection.version) {
      await ports.readModels.reset(projection.name);
      checkpoint = null;
    }
    const after = checkpoint?.position ?? null;
    const page = await ports.store.readAll({ after, maxCount: limits.readPageEventsMax, types: projection.types });
    if (page.length === 0) return after;
    await nextTurn();
    try {
      await projectPage(ports, projection, page, after);
    } catch (error) {
      // Another process was faster: its rows count, and the next turn starts from its checkpoint.
      if (!isConflict(error)) throw error;
    }
  }
}

/** Throws away the rows of projections that this build no longer has; answers their names. */
export async function dropRetired({ readModels }: Pick<Ports, 'readModels'>): Promise<readonly string[]> {
  const retired = (await readModels.projections()).filter((name) => retiredProjections.includes(name));
  for (const name of retired) await readModels.reset(name);
  return retired;
}

/** Throws the rows away and folds the whole ledger again. */
export async function rebuild(ports: Ports, projection: Projection): Promise<string | null> {
  await ports.readModels.reset(projection.name);
  return catchUp(ports, projection);
}
