/** Appends to some streams at once forever, noting in a file what was acknowledged. */
import { openSync, writeSync } from 'node:fs';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
import { batchSize } from './batch-size.ts';
import { childArgument } from './child.ts';

const { file, streams, acknowledgements } = childArgument() as { file: string; streams: string[]; acknowledgements: string };
const { store, artifacts } = openSqlite(file, { access: 'write', create: true });
const notes = openSync(acknowledgements, 'a');

async function appendTo(stream: string): Promise<void> {
  let last: StoredEvent | undefined;
  for (let round = 0; ; round++) {
    if (round % 5 === 0) {
      const { sha256 } = await artifacts.put(Buffer.from(`${stream} ${round}`.repeat(200)));
      writeSync(notes, `artifact ${sha256}\n`);
    }
    const batch = sampleEvents({ stream, count: batchSize(round), tail: tailOf(last) });
    const { events } = await store.append(stream, batch, { expectedRevision: last?.revision ?? 'none' });
    last = events.at(-1);
    writeSync(notes, events.map((event) => `event ${event.stream} ${event.revision} ${event.hash}\n`).join(''));
  }
}

await Promise.all(streams.map(appendTo));
