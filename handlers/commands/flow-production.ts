import { draftEvent } from '../../domain/catalogue.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { sleeveDecider } from '../../domain/sleeve/decider.ts';
import type { SleeveRunAccepted } from '../../domain/sleeve/events.ts';
import { type ComputedSleeveRun, computeSleeveRun } from '../compute/sleeve-run.ts';
import type { SleeveRunOptions } from '../compute/sleeve-inputs.ts';
import type { PriceFile } from '../ports.ts';
import { handleCommand } from '../record.ts';
import { recordOnce } from '../record-once.ts';
import type { Session } from '../session.ts';

/** The last part of a path: events name files without the machine's folders. */
export function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

export interface RecordedRun {
  readonly runId: string;
  /** True when the run had been recorded before. */
  readonly already: boolean;
}

/** Tells the sleeve's own stream of a run; a redelivery completes it or changes nothing. */
export async function acceptSleeveRun(session: Session, run: SleeveRunAccepted): Promise<void> {
  await handleCommand(
    session,
    { stream: `sleeve-${run.sleeve}`, decider: sleeveDecider, command: { kind: 'AcceptSleeveRun', run }, identity: ['AcceptSleeveRun', run.runId] },
    (event) => draftEvent(event.type, event.data as never),
  );
}

/** Artifacts first, then the run's own stream in one append, then the line in the sleeve's stream: a crash in between is completed by the next try. */
export async function recordSleeveRun(session: Session, computed: ComputedSleeveRun): Promise<RecordedRun> {
  const { runId, drafts, shelf, grade } = computed;
  const { already } = await recordOnce(session, { stream: `sleeveRun-${runId}`, drafts, command: ['RecordSleeveRun', runId], correlation: runId }, shelf);
  if (!already) session.ports.log.info({ runId, grade, events: drafts.length }, 'recorded a sleeve run');
  if (computed.acceptance !== null) await acceptSleeveRun(session, computed.acceptance);
  return { runId, already };
}

export interface ProduceSleeveRun {
  readonly manifest: Manifest;
  readonly profile: string;
  readonly files: readonly PriceFile[];
  readonly options: SleeveRunOptions;
  readonly correction: number;
}

/** Computes a sleeve run from price files: pure but for its progress. */
export function produceSleeveRun(tools: Pick<Session['ports'], 'crypto' | 'progress'>, command: ProduceSleeveRun): ComputedSleeveRun {
  const resolved = resolveProfile(command.manifest, command.profile);
  let done = 0;
  tools.progress.start(`sleeve ${command.profile}`, resolved.blocks.backtest.profiles.length);
  const computed = computeSleeveRun(
    {
      sleeve: command.profile,
      resolved,
      options: command.options,
      correction: command.correction,
      rules: rulesInForce,
      files: command.files.map(({ file, sha256, table, lineOfRow, defects }) => ({ name: baseName(file), fileSha256: sha256, table, lineOfRow, defects })),
    },
    tools.crypto.sha256,
    () => {
      tools.progress.advance(done++);
    },
  );
  tools.progress.stop();
  return computed;
}
