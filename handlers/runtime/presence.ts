import { z } from 'zod';
import { checkpointPrefixes } from '../../domain/shared/checkpoint-record.ts';
import { isConflict, isWorldFault } from '../../domain/shared/error-kinds.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Ports } from '../ports/ports.ts';
import { pause } from './pause.ts';
import type { Session } from './session.ts';

export const presenceSchema = z.strictObject({ seenAt: z.iso.datetime() });

type Reader = Pick<Ports, 'checkpoints' | 'clock'>;

const nameOf = (group: string): string => `${checkpointPrefixes.presence}${group}`;

/** How long ago a member of a group was seen; null when none ever was. A clock that is behind the member's sees him now. */
async function absentMs({ checkpoints, clock }: Reader, group: string): Promise<number | null> {
  const seen = presenceSchema.safeParse((await checkpoints.read(nameOf(group)))?.value).data;
  return seen === undefined ? null : Math.max(0, Date.parse(clock.now()) - Date.parse(seen.seenAt));
}

/** Whether somebody of a group works, as far as its last sign tells: one that was killed counts as present for a while. */
export async function isPresent(ports: Reader, group: string): Promise<boolean> {
  const absent = await absentMs(ports, group);
  return absent !== null && absent < 3 * limits.presenceMs;
}

/** One record for a whole group: whoever finds it old writes it anew, so that many members write no more than one. */
async function sign(ports: Reader, group: string): Promise<void> {
  const { checkpoints, clock } = ports;
  const absent = await absentMs(ports, group);
  if (absent !== null && absent < limits.presenceMs) return;
  const found = await checkpoints.read(nameOf(group));
  await checkpoints.write(nameOf(group), { seenAt: clock.now() }, found?.version ?? 'none');
}

/** Writes down that a member of a group works, until the signal aborts. Nothing rests on it but whether somebody waits for an answer. */
export async function keepPresent({ ports }: Session, group: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sign(ports, group);
    } catch (error) {
      if (!isConflict(error) && !isWorldFault(error)) throw error;
    }
    await pause(limits.presenceMs, signal);
  }
}
