/** Writes rows that need no flush, then appends, again and again; answers how many appends were acknowledged. */
import { openSqlite } from '../../../infra/sqlite/open.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
import { childArgument } from './child.ts';
import { p, written } from '../../support/rows.ts';

const { file, appends, rows } = childArgument() as { file: string; appends: number; rows: number };
const { store, readModels } = openSqlite(file, { access: 'write', create: false });
const stream = 'sleeveRun-a';
let last: StoredEvent | undefined;
let position: string | null = null;
for (let index = 0; index < appends; index++) {
  for (let row = 0; row < rows; row++) {
    const next = `${index * rows + row + 1}`;
    await readModels.commit(p, [written(next, { next }, next)], next, position);
    position = next;
  }
  const { events } = await store.append(stream, sampleEvents({ stream, count: 1, tail: tailOf(last) }), {
    expectedRevision: last?.revision ?? 'none',
  });
  last = events[0];
}
process.stdout.write(JSON.stringify({ acknowledged: appends }), () => process.exit(0));
