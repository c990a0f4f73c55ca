/** Appends to one stream forever, noting in a file what was acknowledged. */
import { openSync, writeSync } from 'node:fs';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
import { childArgument } from './child.ts';

const { file, stream, acknowledgements } = childArgument() as { file: string; stream: string; acknowledgements: string };
const { store, artifacts } = openSqlite(file, { access: 'write', create: true });
const notes = openSync(acknowledgements, 'a');
let last: StoredEvent | undefined;
for (let round = 0; ; round++) {
  if (round % 5 === 0) {
    const { sha256 } = await artifacts.put(Buffer.from(`${stream} ${round}`.repeat(200)));
    writeSync(notes, `artifact ${sha256}\n`);
  }
  const batch = sampleEvents({ stream, count: 1 + (round % 3), tail: tailOf(last) });
  const { events } = await store.append(stream, batch, { expectedRevision: last?.revision ?? 'none' });
  last = events.at(-1);
  writeSync(notes, events.map((event) => `event ${event.revision} ${event.hash}\n`).join(''));
}
