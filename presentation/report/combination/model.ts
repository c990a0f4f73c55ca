import { combinationStream } from '../../../domain/combination/stream.ts';
import { type CombinationEvent, combinationSlice } from '../../../domain/combination/slice.ts';
import type { CombinationTable } from '../../../domain/combine/table-schema.ts';
import { invariant } from '../../../domain/shared/errors.ts';
import { belongsTo } from '../../../domain/shared/slice.ts';
import { loadDocument } from '../../../handlers/artifacts/artifact-files.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { type Provenance, provenanceOf } from '../model/model.ts';
import { loadRecordedRun } from '../model/sources.ts';

export interface CombinationHead {
  readonly runId: string;
  readonly name: string;
  /** Null where the positions bear no date. */
  readonly asOf: string | null;
  readonly recordedAt: string;
  readonly actor: string;
  readonly status: 'combined' | 'refused';
  /** Of what it was computed from. */
  readonly definitionSha256: string;
}

/** The report of a combination: a pure function of the ledger's event and its table. */
export interface CombinationReport {
  readonly run: CombinationHead;
  readonly fact: CombinationEvent;
  readonly table: CombinationTable;
  readonly provenance: Provenance;
}

/** Reads a combination. Errors: ArtifactMissing, ArtifactDamaged. */
export async function combinationReport(session: Session, combinationId: string): Promise<CombinationReport> {
  const recorded = await loadRecordedRun(session, combinationStream.name(combinationId));
  const [fact] = recorded.events;
  invariant(fact !== undefined && belongsTo(combinationSlice, fact), 'a stream of a combination holds nothing else', { combinationId });
  const { name, asOf, inputs, table } = fact.data;
  return {
    run: {
      runId: combinationId,
      name,
      asOf,
      recordedAt: recorded.stored[0]!.recordedAt,
      actor: fact.envelope.actor,
      status: fact.type === 'PositionsCombined' ? 'combined' : 'refused',
      definitionSha256: inputs.sha256,
    },
    fact,
    table: await loadDocument(session.ports.artifacts, 'combination-table', table),
    provenance: provenanceOf(recorded),
  };
}
