import type { ConsumedRun } from '../../../domain/run/consumed-run.ts';
import type { DomainEvent, EventData } from '../../../domain/catalogue.ts';
import type { EligibilityEvidence } from '../../../domain/run/grade.ts';
import { dayNumberOf } from '../../../domain/returns/days.ts';
import { invariant } from '../../../domain/shared/errors.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import type { ReportSources } from './sources.ts';

/** A count of rows with the calendar days that they span: a sleeve's rows are those of its own grid. */
export interface RowSpan {
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly calendarDays: number;
}

export interface SleeveProfileLine {
  readonly risk: string;
  readonly status: 'solved' | 'imported' | 'absent' | 'failed';
  readonly reason: string | null;
  readonly outOfSample: (RowSpan & { readonly totalReturn: number; readonly volatility: number | null }) | null;
  readonly windows: number | null;
  readonly flags: readonly string[];
}

/** What a sleeve run delivered, whoever consumes it. */
export interface DeliveredReport {
  readonly source: 'production' | 'import' | 'message';
  readonly recordedAt: string;
  readonly temporalId: string | null;
  readonly reasons: readonly string[];
  /** What the run was graded by. */
  readonly evidence: readonly EligibilityEvidence[];
  readonly inputs: readonly { readonly role: string; readonly name: string; readonly sha256: string; readonly rows: number | null }[];
  readonly integrity: EventData<'IntegrityPassed'> | null;
  /** Null for an imported run, which has no universe of its own. */
  readonly universe: EventData<'UniverseFormed'> | null;
  readonly grid: RowSpan | null;
  readonly profiles: readonly SleeveProfileLine[];
}

export interface SleeveReport extends DeliveredReport {
  readonly consumed: ConsumedRun;
}

export function rowSpan({ rows, first, last }: { readonly rows: number; readonly first: string; readonly last: string }): RowSpan {
  return { rows, first, last, calendarDays: dayNumberOf(last) - dayNumberOf(first) + 1 };
}

function linesOf(events: readonly DomainEvent[]): SleeveProfileLine[] {
  return events.flatMap((event): SleeveProfileLine[] => {
    switch (event.type) {
      case 'SleeveProfileSolved': {
        const { risk, outOfSample, walkForward } = event.data;
        const { totalReturn, metrics } = outOfSample;
        return [
          {
            risk,
            status: 'solved',
            reason: null,
            outOfSample: { ...rowSpan(outOfSample), totalReturn, volatility: metrics.volatility },
            windows: walkForward.windows,
            flags: walkForward.flags.map((flag) =>
              flag === 'partial' ? `partial last window of ${walkForward.lastPartialRows} rows` : flag,
            ),
          },
        ];
      }
      case 'SleeveProfileImported': {
        const { risk, outOfSample } = event.data;
        const { totalReturn, metrics } = outOfSample;
        return [
          {
            risk,
            status: 'imported',
            reason: null,
            outOfSample: { ...rowSpan(outOfSample), totalReturn, volatility: metrics.volatility },
            windows: null,
            flags: [],
          },
        ];
      }
      case 'SleeveProfileAbsent':
        return [{ risk: event.data.risk, status: 'absent', reason: event.data.reason, outOfSample: null, windows: null, flags: [] }];
      case 'SleeveProfileFailed':
        return [{ risk: event.data.risk, status: 'failed', reason: event.data.reason, outOfSample: null, windows: null, flags: [] }];
      default:
        return [];
    }
  });
}

export function deliveredReport(events: readonly DomainEvent[]): DeliveredReport {
  const opened = dataOf(events, 'SleeveRunOpened')[0];
  invariant(opened !== undefined, 'a sleeve run begins with its opening');
  const universe = dataOf(events, 'UniverseFormed')[0] ?? null;
  const graded = [
    ...dataOf(events, 'SleeveRunCertified'),
    ...dataOf(events, 'SleeveRunDegraded'),
    ...dataOf(events, 'SleeveRunFoundIneligible'),
  ];
  return {
    source: opened.source,
    recordedAt: events[0]!.envelope.recordedAt,
    temporalId: opened.temporalId,
    reasons: graded.flatMap(({ reasons }) => reasons),
    evidence: graded.flatMap(({ evidence }) => evidence),
    inputs: opened.inputs.map((input) =>
      'table' in input
        ? { role: input.role, name: input.name, sha256: input.fileSha256, rows: input.table.rows }
        : { role: input.role, name: input.name, sha256: input.document.sha256, rows: null },
    ),
    integrity: dataOf(events, 'IntegrityPassed')[0] ?? dataOf(events, 'IntegrityFailed')[0] ?? null,
    universe,
    grid: universe === null ? null : rowSpan(universe.grid),
    profiles: linesOf(events),
  };
}

/** One entry per sleeve of the nest, in the order in which the run names them. */
export function sleeveReports({ events, sleeveRuns }: ReportSources): SleeveReport[] {
  return dataOf(events, 'MetaRunOpened')[0]!.consumed.map((consumed) => ({
    consumed,
    ...deliveredReport(sleeveRuns.get(consumed.runId)!),
  }));
}
