import { domainEvent } from '../../domain/catalogue.ts';
import type { AuditSelection } from '../../domain/audit/entry.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { runEvents } from '../load-sleeve-run.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { runOf } from '../queries/run-of.ts';
import { runStreamName } from '../run-streams.ts';

/** Which events of the ledger a file shows. */
export interface Selected {
  /** As the trailer has it. */
  readonly selection: AuditSelection;
  readonly holds: (event: StoredEvent) => boolean;
  /** Sleeve runs that a meta run consumes, each once; empty otherwise. */
  readonly sleeveRuns: readonly string[];
}

export const everything: Selected = { selection: 'all', holds: () => true, sleeveRuns: [] };

/** Events outside the streams of runs that name one of these runs or waivers. */
function names(event: StoredEvent, runs: ReadonlySet<string>, waivers: ReadonlySet<string>): boolean {
  if (event.type === 'SleeveRunAccepted') {
    const accepted = domainEvent(decodeEnvelope(event.bytes), event.position);
    return accepted.type === 'SleeveRunAccepted' && runs.has(accepted.data.runId);
  }
  if (event.type === 'ParityWaiverGranted') {
    const granted = domainEvent(decodeEnvelope(event.bytes), event.position);
    return granted.type === 'ParityWaiverGranted' && waivers.has(granted.data.waiverId);
  }
  return false;
}

/**
 * A run with what it rests on: its own stream; for a meta run the streams of every sleeve run that it consumes, also through nested
 * portfolios, and the waivers that it cites; and for each sleeve run the line in the sleeve's stream that accepted it. Whoever checks an
 * allocation needs all of these, and a file of its own for each would leave the links between them to be checked by hand.
 *
 * Errors: RunUnknown.
 */
export async function runWithItsSources(ports: Ports, runId: string, knownAt: string | null): Promise<Selected> {
  const { kind } = await runOf(ports, runId, knownAt);
  const sleeveRuns = new Set<string>();
  const waivers = new Set<string>();
  if (kind === 'meta') {
    const opened = (await runEvents(ports, 'metaRun', runId))[0]!;
    if (opened.type === 'MetaRunOpened') {
      for (const consumed of opened.data.consumed) sleeveRuns.add(consumed.runId);
      for (const { waiverId } of opened.data.waivers) waivers.add(waiverId);
    }
  }
  const accepted = new Set(kind === 'sleeve' ? [runId] : sleeveRuns);
  const streams = new Set([runStreamName(kind, runId), ...[...sleeveRuns].map((run) => runStreamName('sleeve', run))]);
  return {
    selection: { run: runId },
    holds: (event) => streams.has(event.stream) || names(event, accepted, waivers),
    sleeveRuns: [...sleeveRuns].toSorted(),
  };
}
