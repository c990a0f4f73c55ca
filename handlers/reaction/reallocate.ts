import { type Inactive, definitionInForce, dueStatusOf } from '../../domain/publication/due-status.ts';
import type { MetaPortfolioCommand } from '../../domain/publication/commands.ts';
import { type NewestRuns, newestRuns } from '../../domain/publication/newest-runs.ts';
import type { AwaitedSleeve } from '../../domain/publication/quorum.ts';
import type { MetaPortfolioEvent } from '../../domain/publication/slice.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { type TimedPortfolio, timedPortfolio } from '../../domain/publication/timed-portfolio.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import type { Folded } from '../runtime/folds.ts';
import { appendAtTail, foldOf } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { leadingRun, traceIdOf } from '../runtime/trace-id.ts';
import { decisionOn } from './decision.ts';
import type { RecordedInputs } from '../runs/recorded-inputs.ts';
import { SleeveStandings } from './sleeve-standings.ts';

/** The outcome of a look at a portfolio. */
export type Reallocation =
  | Inactive
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'waiting'; readonly awaited: readonly AwaitedSleeve[] }
  | { readonly kind: 'scheduled'; readonly dueAt: string }
  /** `acceptedAt`: when the newest of the sleeve runs decided on was accepted. */
  | {
      readonly kind: 'decided';
      readonly decision: MetaPortfolioEvent['type'];
      readonly runId: string | null;
      readonly acceptedAt: string | null;
    };

/** Appends what the decider makes of a command behind the tail that was read first. Errors: WrongExpectedRevision. */
async function append(
  session: Session,
  meta: string,
  { state, tail }: Folded<TimedPortfolio>,
  newest: NewestRuns,
  command: MetaPortfolioCommand,
): Promise<Reallocation> {
  const { portfolio } = state;
  const decided = metaPortfolioStream.decider.decide(command, portfolio);
  const decision = decided.at(-1);
  if (decision === undefined) return { kind: 'unchanged' };
  const stream = metaPortfolioStream.name(meta);
  const { ports, actor } = session;
  const runId = 'runId' in decision.data ? decision.data.runId : null;
  await appendAtTail(session, tail, {
    stream,
    drafts: decided,
    command: [stream, ...metaPortfolioStream.identityOf(command, { actor, state: portfolio, decided, sha256: ports.crypto.sha256 })],
    correlation: runId ?? stream,
  });
  if (decision.type === 'ReallocationScheduled') return { kind: 'scheduled', dueAt: decision.data.dueAt };
  return { kind: 'decided', decision: decision.type, runId, acceptedAt: newest.acceptedAt.at(-1) ?? null };
}

async function lookOnce(session: Session, recorded: RecordedInputs, meta: string): Promise<Reallocation> {
  const { ports } = session;
  // The portfolio first, its sleeves second: a result that arrives in between is a reason to decide again, never one to be missed.
  const folded = await foldOf(session, metaPortfolioStream.name(meta), timedPortfolio);
  const inForce = definitionInForce(folded.state.portfolio);
  if ('inactive' in inForce) return inForce.inactive;
  const { definition } = inForce;
  const standings = await SleeveStandings.read(
    session,
    definition.sleeves.map(({ sleeve }) => sleeve),
  );
  const newest = newestRuns(definition, (sleeve) => standings.of(sleeve));
  const status = dueStatusOf(definition, folded.state, newest, ports.clock.now(), ports.crypto.sha256);
  switch (status.kind) {
    case 'waiting':
    case 'unchanged':
      return status;
    case 'due_later': {
      const { schedule } = status;
      const scheduled = await append(session, meta, folded, newest, { kind: 'ScheduleReallocation', schedule });
      return scheduled.kind === 'unchanged' ? { kind: 'scheduled', dueAt: schedule.dueAt } : scheduled;
    }
    case 'due': {
      const { inputsHash } = status;
      const traceId = traceIdOf(ports.ids, leadingRun(newest.inputs).runId);
      const due = { definition, portfolio: folded.state.portfolio, inputs: newest.inputs, inputsHash, source: standings.source() };
      return ports.tracer.span('allocate', { traceId, attributes: { meta } }, async () =>
        append(session, meta, folded, newest, await decisionOn(session, recorded, due)),
      );
    }
  }
}

const attemptsMax = 50;

/**
 * Looks at a portfolio and does what its policy asks for: waits, schedules, publishes, skips, holds or refuses. Everything is read from
 * the store, so it does not matter why or how often it is called, by whom, or in which order results arrived. Somebody else's decision in
 * between makes it look again from scratch, so publications never go backwards.
 */
export async function reallocate(session: Session, recorded: RecordedInputs, meta: string): Promise<Reallocation> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await lookOnce(session, recorded, meta);
    } catch (error) {
      if (!isConflict(error) || attempt >= attemptsMax) throw error;
    }
  }
}
