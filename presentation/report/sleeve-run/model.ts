import { type Cash, type CashAsset, cashLine, grossOf } from '../../../domain/allocation/cash.ts';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { invariant } from '../../../domain/shared/errors.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { type SelectionSummary, selectionSummary } from '../../../domain/sleeve-run/selection-summary.ts';
import { sleeveRunStream } from '../../../domain/sleeve-run/stream.ts';
import { cashAssetOfRun } from '../../../handlers/runs/cash-asset.ts';
import { sleeveTearSheets } from '../../../handlers/tear-sheets/sleeve-tear-sheets.ts';
import type { RunTearSheet } from '../../../handlers/tear-sheets/run-tear-sheet.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { type Provenance, provenanceOf } from '../model/model.ts';
import { type DeliveredReport, deliveredReport } from '../model/sleeve-model.ts';
import { loadRecordedRun, type RecordedRun } from '../model/sources.ts';

export interface SleeveRunHead {
  readonly runId: string;
  readonly sleeve: string;
  readonly profile: string;
  readonly currency: string;
  readonly asOf: string;
  readonly correction: number;
  readonly recordedAt: string;
  readonly actor: string;
  readonly status: 'certified' | 'degraded' | 'ineligible';
  readonly definitionSha256: string;
}

/** The report of a sleeve run: a pure function of the ledger's events and artifacts. */
export interface SleeveRunReport {
  readonly run: SleeveRunHead;
  readonly delivered: DeliveredReport;
  /** Null for a run that selects nothing. */
  readonly selection: SelectionSummary | null;
  readonly sheets: readonly RunTearSheet[];
  /** Of each profile that holds some, or of all where a cash asset is named. */
  readonly cash: readonly (Cash & { readonly risk: string })[];
  readonly provenance: Provenance;
}

const gradeOf = { SleeveRunCertified: 'certified', SleeveRunDegraded: 'degraded', SleeveRunFoundIneligible: 'ineligible' } as const;

function headOf({ events, stored }: RecordedRun): SleeveRunHead {
  const [opened] = dataOf(events, 'SleeveRunOpened');
  const last = events.at(-1);
  const isGraded = last?.type === 'SleeveRunCertified' || last?.type === 'SleeveRunDegraded' || last?.type === 'SleeveRunFoundIneligible';
  invariant(opened !== undefined && isGraded, 'a sleeve run begins with its opening and ends with its grade');
  const { runId, sleeve, profile, currency, asOf, correction, definition } = opened;
  return {
    runId,
    sleeve,
    profile,
    currency,
    asOf,
    correction,
    recordedAt: stored[0]!.recordedAt,
    actor: events[0]!.envelope.actor,
    status: gradeOf[last.type],
    definitionSha256: definition.sha256,
  };
}

function cashOf(events: readonly DomainEvent[], asset: CashAsset): SleeveRunReport['cash'] {
  return [...dataOf(events, 'SleeveProfileSolved'), ...dataOf(events, 'SleeveProfileImported')].flatMap(({ risk, weights }) => {
    const cash = weights === null ? null : cashLine(grossOf(weights), asset);
    return cash === null ? [] : [{ risk, ...cash }];
  });
}

/** Reads a sleeve run. Errors: ArtifactMissing, ArtifactDamaged. */
export async function sleeveRunReport(session: Session, runId: string): Promise<SleeveRunReport> {
  const recorded = await loadRecordedRun(session, sleeveRunStream.name(runId));
  return {
    run: headOf(recorded),
    delivered: deliveredReport(recorded.events),
    selection: selectionSummary(recorded.events),
    sheets: await sleeveTearSheets(session.ports.artifacts, recorded.events),
    cash: cashOf(recorded.events, await cashAssetOfRun(session.ports.artifacts, recorded.events)),
    provenance: provenanceOf(recorded),
  };
}
