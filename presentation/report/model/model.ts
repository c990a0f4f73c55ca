import type { EventData } from '../../../domain/catalogue.ts';
import { type PortfolioDataEnd, portfolioDataEnd } from '../../../domain/run/data-end.ts';
import { invariant } from '../../../domain/shared/errors.ts';
import type { Code } from '../../../domain/shared/envelope.ts';
import type { LedgerSealed } from '../../../domain/shared/ledger-events.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { dataEndIn } from '../../../handlers/runs/load-sleeve-run.ts';
import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import type { PublicationRecord } from '../../../handlers/runs/publication-record.ts';
import { parityOfRun, type ParityReport } from './parity-model.ts';
import { profileReports, type ProfileReport } from './profile-model.ts';
import { sleeveReports, type SleeveReport } from './sleeve-model.ts';
import type { RecordedRun, ReportSources } from './sources.ts';

/** What became of the run as a whole. */
export type RunStatus = 'allocated' | 'partly allocated' | 'not allocated' | 'rejected by parity';

export interface RunHead {
  readonly runId: string;
  readonly meta: string;
  readonly profile: string;
  readonly description: string | null;
  readonly currency: string;
  readonly asOf: string;
  readonly dataEnd: PortfolioDataEnd;
  readonly recordedAt: string;
  readonly actor: string;
  readonly status: RunStatus;
  readonly allocated: readonly string[];
  readonly failed: readonly string[];
  readonly options: EventData<'MetaRunOpened'>['options'];
  readonly maxStalenessSessions: number;
  readonly definitionSha256: string;
  readonly restatement: number;
  readonly supersedes: string | null;
  readonly why: string | null;
  /** Null where nothing was allocated. */
  readonly profileSpreadMax: number | null;
}

export interface Provenance {
  readonly ledgerId: string;
  readonly origin: string;
  readonly stream: string;
  readonly code: readonly Code[];
  readonly seal: LedgerSealed | null;
  readonly events: readonly { readonly revision: number; readonly type: string; readonly hash: string; readonly contentHash: string }[];
}

/** The report of a meta run: a pure function of the ledger's events and artifacts, rendered as markdown and as HTML. */
export interface ReportModel {
  readonly run: RunHead;
  readonly parity: ParityReport;
  readonly sleeves: readonly SleeveReport[];
  readonly profiles: readonly ProfileReport[];
  /** Of each profile that was allocated. */
  readonly sheets: ReadonlyMap<string, TearSheet>;
  /** Null while nothing was decided about the run. */
  readonly publication: PublicationRecord | null;
  readonly provenance: Provenance;
}

function headOf({ events, stored, definition, sleeveRuns }: ReportSources): RunHead {
  const opened = dataOf(events, 'MetaRunOpened')[0];
  invariant(opened !== undefined, 'a meta run begins with its opening');
  const completed = dataOf(events, 'MetaRunCompleted')[0] ?? null;
  const allocated = completed?.allocated ?? [];
  const failed = completed?.failed ?? [];
  const status =
    completed === null
      ? 'rejected by parity'
      : allocated.length === 0
        ? 'not allocated'
        : failed.length === 0
          ? 'allocated'
          : 'partly allocated';
  return {
    runId: opened.runId,
    meta: opened.meta,
    profile: opened.profile,
    description: definition.description,
    currency: definition.currency,
    asOf: opened.asOf,
    dataEnd: portfolioDataEnd(
      opened.consumed.map(({ path, runId }) => ({ sleeve: path.join('/'), ...dataEndIn(sleeveRuns.get(runId)!) })),
      opened.asOf,
    ),
    recordedAt: stored[0]!.recordedAt,
    actor: events[0]!.envelope.actor,
    status,
    allocated,
    failed,
    options: opened.options,
    maxStalenessSessions: opened.maxStalenessSessions,
    definitionSha256: opened.definition.sha256,
    restatement: opened.restatement,
    supersedes: opened.supersedes,
    why: opened.why,
    profileSpreadMax: allocated.length === 0 ? null : completed!.profileSpreadMax,
  };
}

export function provenanceOf({ events, stored, ledgerId, origin, seal }: RecordedRun): Provenance {
  const builds = new Map(
    events.map(({ envelope }) => [`${envelope.code.version} ${envelope.code.commit} ${envelope.code.lockHash}`, envelope.code]),
  );
  return {
    ledgerId,
    origin,
    stream: stored[0]!.stream,
    code: [...builds.values()],
    seal,
    events: stored.map(({ revision, type, hash, contentHash }) => ({ revision: Number(revision), type, hash, contentHash })),
  };
}

/** `holdings`: how many are listed of each profile; the rest is counted. */
export function buildReport(sources: ReportSources, holdings: number): ReportModel {
  return {
    run: headOf(sources),
    parity: parityOfRun(sources.events),
    sleeves: sleeveReports(sources),
    profiles: profileReports(sources, holdings),
    sheets: new Map(sources.sheets.map(({ risk, sheet }) => [risk, sheet])),
    publication: sources.publication,
    provenance: provenanceOf(sources),
  };
}
