/** Appends until so many appends have succeeded, reading the stream again after each conflict. */
import type { LedgerError } from '../../../domain/shared/errors.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { percentile } from '../../support/figures.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
import { childArgument } from './child.ts';

export interface CompetingAnswer {
  readonly ids: readonly string[];
  readonly conflicts: number;
  readonly otherErrors: readonly string[];
  readonly p99Ms: number;
  readonly longestMs: number;
}

const { file, stream, appends, writer } = childArgument() as { file: string; stream: string; appends: number; writer: string };
const { store, close } = openSqlite(file, { access: 'write', create: true });
const ids: string[] = [];
const otherErrors: string[] = [];
const durations: number[] = [];
let conflicts = 0;
while (ids.length < appends && otherErrors.length === 0) {
  const [last] = await store.readStream(stream, { from: 9_223_372_036_854_775_807n, maxCount: 1, direction: 'backwards' });
  const batch = sampleEvents({ stream, count: 1, tail: tailOf(last), commandId: `${writer} ${ids.length}` });
  const started = performance.now();
  try {
    await store.append(stream, batch, { expectedRevision: last?.revision ?? 'none' });
    ids.push(batch[0]!.id);
  } catch (error) {
    const { code, message } = error as LedgerError;
    if (code === 'WrongExpectedRevision') conflicts++;
    else otherErrors.push(`${code}: ${message}`);
  }
  durations.push(performance.now() - started);
}
close();
const answer: CompetingAnswer = { ids, conflicts, otherErrors, p99Ms: percentile(durations, 0.99), longestMs: Math.max(...durations) };
process.stdout.write(JSON.stringify(answer));
