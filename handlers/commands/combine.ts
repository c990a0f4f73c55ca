import type { PlannedCombination } from '../../domain/combine/planned-schemas.ts';
import type { CombinationTable } from '../../domain/combine/table-schema.ts';
import { combinationFacts } from '../../domain/combination/facts.ts';
import { type CombinationEvent, combinationSlice } from '../../domain/combination/slice.ts';
import { combinationStream } from '../../domain/combination/stream.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { toDomainEvent } from '../runtime/stored-events.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { belongsTo } from '../../domain/shared/slice.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { recordOnce } from '../runtime/record-once.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import type { Session } from '../runtime/session.ts';

/** Where a combination is recorded. The ledger is opened once there is something to record. */
interface Combining extends Pick<Ports, 'crypto'> {
  readonly writing: () => Promise<Session>;
}

/** A combination as it is recorded: by this command, or long ago. */
export interface RecordedCombination {
  readonly combinationId: string;
  readonly already: boolean;
  readonly fact: CombinationEvent;
  readonly table: CombinationTable;
}

async function recorded({ store, artifacts }: Pick<Ports, 'store' | 'artifacts'>, combinationId: string): Promise<RecordedCombination> {
  const stored = await eventAt(store, combinationStream.name(combinationId), 0n);
  invariant(stored !== null, 'a combination that was recorded is there', { combinationId });
  const fact = toDomainEvent(stored);
  invariant(belongsTo(combinationSlice, fact), 'a stream of a combination holds nothing else', { type: fact.type });
  const table = await loadDocument(artifacts, 'combination-table', fact.data.table);
  return { combinationId, already: true, fact, table };
}

/**
 * Combines positions of sleeves and records what came of it, a refusal too. The same inputs are one combination: delivered again, the
 * answer is what is recorded. Errors: those of `combinationFacts`; EventContentConflict.
 */
export async function combine({ crypto, writing }: Combining, planned: PlannedCombination): Promise<RecordedCombination> {
  const { combinationId, drafts, staged, table } = combinationFacts(planned, rulesInForce, crypto.sha256);
  const session = await writing();
  const { ports } = session;
  const stream = combinationStream.name(combinationId);
  const recording = { stream, drafts, command: ['RecordCombination', combinationId], correlation: combinationId };
  const { already } = await recordOnce(session, recording, staged);
  if (already) return recorded(ports, combinationId);
  const [fact] = drafts;
  ports.log.info({ combinationId, outcome: fact.type }, 'recorded a combination');
  return { combinationId, already, fact, table };
}
