import { z } from 'zod';
import { checkpointPrefixes } from '../../domain/shared/checkpoint-record.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Ports } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { readLease } from '../runtime/lease.ts';
import { presenceSchema } from '../runtime/presence.ts';
import { type Fault, nowhere } from './fault.ts';

type Reader = Pick<Ports, 'store' | 'artifacts' | 'checkpoints' | 'answerFormat'>;
type Finding = Pick<Fault, 'kind' | 'position' | 'expected' | 'actual'>;

const relayStateSchema = z.strictObject({ position: z.string().nullable() });
const answerSchema = z.strictObject({ answer: z.string().regex(/^[0-9a-f]{64}$/) });

/** Publications up to a position: whether one stands there, and the last that does not stand beyond it. */
async function publicationAt({ store }: Reader, position: string): Promise<{ readonly found: boolean; readonly last: string | null }> {
  let last: string | null = null;
  for (;;) {
    const page = await store.readAll({ after: last, maxCount: limits.readPageEventsMax, types: ['AllocationPublished'] });
    for (const event of page) {
      if (store.comparePositions(event.position, position) > 0) return { found: last === position, last };
      last = event.position;
    }
    if (page.length < limits.readPageEventsMax) return { found: last === position, last };
  }
}

/** A relay stands at a publication, or at nothing: ahead of what was published it would leave out what comes. */
async function relayFinding(ports: Reader, name: string): Promise<Finding | null> {
  const state = (await readLease(ports.checkpoints, name))?.state ?? null;
  if (state === null) return null;
  const { position } = relayStateSchema.parse(state);
  if (position === null) return null;
  const { found, last } = await publicationAt(ports, position);
  const expected = last === null ? 'no position: nothing is published up to there' : `the position of a publication, such as ${last}`;
  return found ? null : { kind: 'relay_position_wrong', position, expected, actual: `position ${position}` };
}

/** An answer is one of this job, by its own bytes; whether it is right, `backtest verify` and `replay` say. */
async function answerFinding({ checkpoints, artifacts, answerFormat }: Reader, name: string): Promise<Finding | null> {
  const { answer } = answerSchema.parse((await checkpoints.read(name))?.value);
  const found = answerFormat.read(await artifacts.get(answer), name.slice(checkpointPrefixes.keptAnswer.length));
  return found.kind === 'damaged'
    ? { kind: 'kept_answer_damaged', position: null, expected: `an answer of ${name}`, actual: found.why }
    : null;
}

/** An instant, which nothing of the ledger rests on. */
async function presenceFinding({ checkpoints }: Reader, name: string): Promise<null> {
  presenceSchema.parse((await checkpoints.read(name))?.value);
  return null;
}

async function findingOf(ports: Reader, name: string): Promise<Finding | null> {
  try {
    if (name.startsWith(checkpointPrefixes.relay)) return await relayFinding(ports, name);
    if (name.startsWith(checkpointPrefixes.keptAnswer)) return await answerFinding(ports, name);
    if (name.startsWith(checkpointPrefixes.presence)) return await presenceFinding(ports, name);
    return { kind: 'checkpoint_unknown', position: null, expected: 'a record of a relay, an answer kept or a presence', actual: name };
  } catch (error) {
    return { kind: 'checkpoint_damaged', position: null, expected: 'a record as it was written', actual: damageIn(error) };
  }
}

/**
 * Every record beside the events, as far as it can be wrong by itself: its name, its form, and that a relay stands at a publication. That
 * it does not stand further back than it was, nothing shows: it would send again what its readers know by its sequence.
 */
export async function checkpointFaults(ports: Reader): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  try {
    for (const name of (await ports.checkpoints.names?.()) ?? []) {
      const finding = await findingOf(ports, name);
      if (finding !== null) faults.push({ ...nowhere, stream: `checkpoint ${name}`, ...finding });
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    faults.push({ kind: 'checkpoint_damaged', ...nowhere, expected: 'records that can be read', actual: damageIn(error) });
  }
  return faults;
}
