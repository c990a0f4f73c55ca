/** Appends until the disk fails, then tries on: what was acknowledged, and what came of the later tries. */
import type { LedgerError } from '../../../domain/shared/errors.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
import { childArgument } from './child.ts';
import { p } from '../../support/rows.ts';

export interface FailureAnswer {
  readonly acknowledged: readonly string[];
  readonly acknowledgedAfterFailure: number;
  readonly codes: readonly string[];
  readonly readable: number;
}

const { file, appends } = childArgument() as { file: string; appends: number };
const { store, artifacts, readModels } = openSqlite(file, { access: 'write', create: false });
const stream = 'sleeveRun-a';
const acknowledged: string[] = [];
const codes: string[] = [];
let acknowledgedAfterFailure = 0;
let last: StoredEvent | undefined;

async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    if (codes.length > 0) acknowledgedAfterFailure++;
    return true;
  } catch (error) {
    codes.push((error as LedgerError).code ?? String(error));
    return false;
  }
}

for (let index = 0; index < appends && codes.length === 0; index++) {
  const batch = sampleEvents({ stream, count: 1, tail: tailOf(last) });
  await attempt(async () => {
    const answer = await store.append(stream, batch, { expectedRevision: last?.revision ?? 'none' });
    last = answer.events[0];
    acknowledged.push(last!.id);
  });
}
for (let index = 0; index < 5; index++) {
  const batch = sampleEvents({ stream, count: 1, tail: tailOf(last), commandId: `later ${index}` });
  await attempt(() => store.append(stream, batch, { expectedRevision: last?.revision ?? 'none' }));
}
await attempt(() => artifacts.put(Uint8Array.of(1)));
await attempt(() => readModels.commit(p, [], '1', null));
const readable = (await store.readStream(stream, { from: 0n, maxCount: 1_000, direction: 'forwards' })).length;
const answer: FailureAnswer = { acknowledged, acknowledgedAfterFailure, codes, readable };
// No close: the process ends as one does that gives up.
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
