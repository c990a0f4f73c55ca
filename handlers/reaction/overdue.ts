import { newlyOverdue, type OverdueSession } from '../../domain/sleeve/overdue.ts';
import { sleeveStatus, type SleeveStatusRow } from '../../projections/sleeve-status.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { viewOf } from '../read-models/views.ts';

export interface NotedOverdue extends OverdueSession {
  readonly sleeve: string;
}

/** Records each missing result once, no matter which process looks or how often; answers what it found new. */
export async function sweepOverdue(session: Session, now: string): Promise<readonly NotedOverdue[]> {
  const view = await viewOf(session.ports, sleeveStatus, null);
  const noted: NotedOverdue[] = [];
  for (const row of await view.rows<SleeveStatusRow>('sleeve/')) {
    const { sleeve } = row;
    for (const overdue of newlyOverdue(row, now)) {
      // The rows may lag behind; the decider does not.
      const { appended } = await streams.sleeve.handle(session, sleeve, { kind: 'NoteSleeveOverdue', sleeve, ...overdue });
      if (appended.length > 0) noted.push({ sleeve, ...overdue });
    }
  }
  return noted;
}
