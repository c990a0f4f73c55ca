import type { RunKind } from '../../domain/run/run-kind.ts';
import {
  isAsOf,
  numberedKey,
  numberedPrefix,
  type NumberedRunRow,
  openedBy,
  type RunCountRow,
  runDirectory,
  runKey,
  type RunRow,
} from '../../projections/run-directory.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { eventsUntil, type View, viewOf } from '../read-models/views.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { limits } from '../../domain/shared/limits.ts';
import { type OpenedRun, openedRun, rowsDiffer } from './opened-run.ts';
import { openingsOf } from './run-streams.ts';

/** Whose runs. */
export interface RunsNamed {
  readonly kind: RunKind;
  readonly name: string;
}

export interface RunTime {
  /** Market time: runs with later as-of dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

/** Runs of one kind and name from the last recorded on, as the rows have them: a look-up each. */
async function* rowsBackwards(view: View, named: RunsNamed): AsyncGenerator<RunRow> {
  const prefix = numberedPrefix(named);
  let below = (await view.row<RunCountRow>('count'))?.runs ?? 0;
  while (below > 0) {
    const found = await view.last<NumberedRunRow>({ prefix, to: numberedKey(named, below - 1) });
    if (found === null) return;
    const row = await view.row<RunRow>(runKey(found.runId));
    if (row === null || row.runId !== found.runId || row.number >= below)
      throw rowsDiffer(`run ${found.runId}`, { ...named, runId: found.runId });
    yield row;
    below = row.number;
  }
}

/** The run that rows name, as its own stream has it. Errors: ReadModelsDiffer. */
async function confirmed(ports: TilePorts, { kind, name }: RunsNamed, { runId, asOf }: RunRow): Promise<OpenedRun> {
  const opened = await openedRun(ports, kind, runId);
  if (opened === null || opened.name !== name || opened.asOf !== asOf)
    throw rowsDiffer(`${runId} is no ${kind} run of ${name}`, { kind, name, runId });
  return opened;
}

/** How many runs of a name were recorded behind a position, up to another. */
async function openedBetween(
  { store }: TilePorts,
  { kind, name }: RunsNamed,
  asOf: string | null,
  behind: string | null,
  until: string,
): Promise<number> {
  let count = 0;
  for await (const stored of eventsUntil(store, until, openingsOf[kind], { behind, pageEvents: limits.readPageEventsMax })) {
    const opened = openedBy(toDomainEvents([stored])[0]!);
    if (opened?.name === name && isAsOf(opened, asOf)) count++;
  }
  return count;
}

/** Which of the runs is meant. */
export interface WhichRun {
  /** How many were recorded later. */
  readonly skipped: number;
  /** Whether the log is asked if a row is missing: where something is recorded or handed out. */
  readonly certain: boolean;
}

/**
 * The run that was recorded last, behind so many later ones; null where there are no more. Rows name it, and its stream confirms it.
 * That no row is missing is seen from the beginnings of later runs of its kind, which costs as many events as there are of these: so it is
 * looked at where the answer must be certain, and where the rows know of no run at all. Errors: ReadModelsDiffer.
 */
export async function newestRun(
  ports: TilePorts,
  named: RunsNamed,
  { asOf, knownAt }: RunTime,
  { skipped, certain }: WhichRun,
): Promise<string | null> {
  const view = await viewOf(ports, runDirectory, knownAt);
  if (view.position === null) return null;
  let left = skipped;
  let found: OpenedRun | null = null;
  for await (const row of rowsBackwards(view, named)) {
    if (!isAsOf(row, asOf) || left-- > 0) continue;
    found = await confirmed(ports, named, row);
    break;
  }
  if (found !== null && !certain) return found.runId;
  const later = await openedBetween(ports, named, asOf, found?.position ?? null, view.position);
  if (later > skipped || (found !== null && later < skipped))
    throw rowsDiffer(`${later} runs of ${named.name} were recorded later than ${found?.runId ?? 'any that they know'}, not ${skipped}`, {
      ...named,
      later,
      skipped,
    });
  return found?.runId ?? null;
}
