import { draftEvent } from '../../domain/catalogue.ts';
import { sleeveDecider } from '../../domain/sleeve/decider.ts';
import { type OverdueSession, overdueSessions } from '../../domain/sleeve/overdue.ts';
import { sleeveStatus, type SleeveStatusRow } from '../../projections/sleeve-status.ts';
import { handleCommand } from '../record.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../views.ts';

export interface NotedOverdue extends OverdueSession {
  readonly sleeve: string;
}

/** Sessions of a sleeve that are overdue and not noted yet. */
export function newlyOverdue({ definition, current, overdue }: SleeveStatusRow, now: string): OverdueSession[] {
  if (definition === null || definition.expectedBy === null) return [];
  const after = overdue.at(-1)?.session ?? current?.asOf ?? null;
  return overdueSessions({ expectedBy: definition.expectedBy, since: definition.recordedAt, after }, now);
}

/** Records each missing result once, whoever looks and however often; answers what it found new. */
export async function sweepOverdue(session: Session, now: string): Promise<readonly NotedOverdue[]> {
  const view = await viewOf(session.ports, sleeveStatus, null);
  const noted: NotedOverdue[] = [];
  for (const row of await view.rows<SleeveStatusRow>('sleeve/')) {
    const { sleeve } = row;
    for (const overdue of newlyOverdue(row, now)) {
      const command = { kind: 'NoteSleeveOverdue', sleeve, ...overdue } as const;
      const identity = ['NoteSleeveOverdue', overdue.session] as const;
      // The rows may lag behind; the decider does not.
      const { appended } = await handleCommand(session, { stream: `sleeve-${sleeve}`, decider: sleeveDecider, command, identity }, (event) => draftEvent(event.type, event.data as never));
      if (appended.length > 0) noted.push({ sleeve, ...overdue });
    }
  }
  return noted;
}
