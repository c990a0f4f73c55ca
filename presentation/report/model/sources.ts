import type { DomainEvent } from '../../../domain/catalogue.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import type { FlattenedAsset } from '../../../domain/allocation/flatten.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { LedgerSealed } from '../../../domain/shared/ledger-events.ts';
import { metaRunStream } from '../../../domain/meta-run/stream.ts';
import { tableAsMatrix } from '../../../domain/returns/dated-tables.ts';
import { loadDocument, loadTable } from '../../../handlers/artifacts/artifact-files.ts';
import { openedSeal } from '../../../handlers/ledger/holding-seal.ts';
import { KeyHistory } from '../../../handlers/ledger/keys.ts';
import { SealIndex } from '../../../handlers/ledger/seal-index.ts';
import { positionKnownAt } from '../../../handlers/read-models/last-known.ts';
import { throughTiles } from '../../../handlers/read-models/tile-reader.ts';
import { runEvents } from '../../../handlers/runs/load-sleeve-run.ts';
import type { Ports, StoredEvent } from '../../../handlers/ports/ports.ts';
import { type PublicationRecord, publicationRecordOf } from '../../../handlers/runs/publication-record.ts';
import { metaTearSheets } from '../../../handlers/tear-sheets/meta-tear-sheets.ts';
import type { RunTearSheet } from '../../../handlers/tear-sheets/run-tear-sheet.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import type { Session } from '../../../handlers/runtime/session.ts';

/** A run as the ledger holds it. */
export interface RecordedRun {
  readonly ledgerId: string;
  readonly origin: string;
  readonly stored: readonly StoredEvent[];
  readonly events: readonly DomainEvent[];
  /** The first seal that covers the whole run, null when none does yet. */
  readonly seal: LedgerSealed | null;
}

/** Everything that a report is made of: what the ledger holds of a meta run, and nothing else. */
export interface ReportSources extends RecordedRun {
  readonly definition: MetaNode;
  /** Joined returns of the root portfolio by risk profile. */
  readonly matrices: ReadonlyMap<string, ReturnMatrix>;
  readonly portfolios: ReadonlyMap<string, readonly FlattenedAsset[]>;
  /** Events of every sleeve run consumed, by run id. */
  readonly sleeveRuns: ReadonlyMap<string, readonly DomainEvent[]>;
  /** Of each profile that was allocated. */
  readonly sheets: readonly RunTearSheet[];
  /** What was decided about the run; null while nothing was. */
  readonly publication: PublicationRecord | null;
}

/** The first seal that covers an event: later seals change nothing in the report. Errors: ChainBroken, CheckpointInvalid. */
async function firstSealOver(ports: Ports, event: StoredEvent): Promise<LedgerSealed | null> {
  const seals = new SealIndex(ports.store, (await ports.store.head())!);
  const newest = await seals.newest();
  if (newest === null) return null;
  const { opened } = await openedSeal(ports, newest, await new KeyHistory(ports).refresh());
  const { leafIndex } = await throughTiles(ports, `${event.stream}@${event.revision}`, async (tiles) => tiles.place(event, opened));
  return (await seals.firstOver(leafIndex))?.data ?? null;
}

/** The events of a run, and what vouches for them. */
export async function loadRecordedRun({ ports, ledger }: Session, stream: string): Promise<RecordedRun> {
  const stored = await readWholeStream(ports.store, stream);
  const { ledgerId, origin } = ledger;
  return { ledgerId, origin, stored, events: toDomainEvents(stored), seal: await firstSealOver(ports, stored.at(-1)!) };
}

/** Reads a meta run with the sleeve runs below it. Errors: ArtifactMissing, ArtifactDamaged. */
export async function loadReportSources(session: Session, runId: string, knownAt: string | null): Promise<ReportSources> {
  const { ports } = session;
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  const run = await loadRecordedRun(session, metaRunStream.name(runId));
  const { events } = run;
  const opened = events[0]!;
  if (opened.type !== 'MetaRunOpened') throw new LedgerError('ChainBroken', `run ${runId} begins with ${opened.type}`);
  const matrices = new Map<string, ReturnMatrix>();
  const portfolios = new Map<string, readonly FlattenedAsset[]>();
  for (const event of events) {
    if (event.type === 'SleeveReturnsJoined' && event.data.path.length === 0) {
      matrices.set(event.data.risk, tableAsMatrix(await loadTable(ports.artifacts, event.data.matrix)));
    }
    if (event.type === 'PortfolioFlattened') {
      const { assets } = await loadDocument(ports.artifacts, 'flattened-portfolio', event.data.portfolio);
      portfolios.set(event.data.risk, assets);
    }
  }
  const sleeveRuns = new Map<string, readonly DomainEvent[]>();
  for (const { runId: sleeveRun } of opened.data.consumed) {
    if (!sleeveRuns.has(sleeveRun)) sleeveRuns.set(sleeveRun, await runEvents(ports, 'sleeveRun', sleeveRun));
  }
  return {
    ...run,
    definition: await loadDocument(ports.artifacts, 'meta-portfolio', opened.data.definition),
    matrices,
    portfolios,
    sleeveRuns,
    sheets: await metaTearSheets(ports.artifacts, events, sleeveRuns),
    publication: (await publicationRecordOf(ports, opened.data, until))?.record ?? null,
  };
}
