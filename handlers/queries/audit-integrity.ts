import { auditedPrices } from '../../domain/allocation/sleeve/audited-prices.ts';
import { repairedAs } from '../../domain/allocation/sleeve/gathered-prices.ts';
import { scopeOf } from '../../domain/allocation/sleeve/scope.ts';
import { knownCalendarOf } from '../../domain/returns/calendar.ts';
import { admitPriceDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import { auditPrices, type IntegrityVerdict } from '../../domain/returns/integrity.ts';
import { cutPriceFile, type PriceFile } from '../../domain/returns/price-file.ts';
import type { DroppedPrice } from '../../domain/returns/prices.ts';
import { type Remedy, remediesOf } from '../../domain/returns/remedies.ts';
import type { RecordedVerdict } from '../../domain/returns/verdict.ts';
import type { EligibilityEvidence, EligibilityGrade } from '../../domain/run/grade.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { runKindWords } from '../../domain/run/run-kind.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { evidenceIn } from '../../domain/sleeve-run/recorded.ts';
import { sleeveRunSlice, type SleeveRunEvent } from '../../domain/sleeve-run/slice.ts';
import { belongsTo } from '../../domain/shared/slice.ts';
import type { Ports } from '../ports/ports.ts';
import { rebuildSleeveRun } from '../replay/rebuild-sleeve-run.ts';
import { recomputeSleeveRun } from '../replay/recompute.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import { runOf } from '../runs/run-of.ts';

export interface PriceAuditQuestion {
  readonly files: readonly PriceFile[];
  readonly from: string | null;
  /** Last row to judge; staleness is judged against it. */
  readonly asOf: string | null;
  /** Null for every column. */
  readonly symbols: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly repair: 'none' | 'drop-off-calendar';
  /** The present instant, after whose tomorrow no price is taken; left out, dates are not held against a clock. */
  readonly now?: string;
}

export interface PriceAudit {
  readonly rules: number;
  readonly verdict: IntegrityVerdict;
  /** The calendar that each symbol was judged by; null where its exchange has none. */
  readonly calendars: readonly { readonly symbol: string; readonly calendar: string | null }[];
  readonly repaired: readonly DroppedPrice[];
  readonly remedies: readonly Remedy[];
}

function judgedSymbols({ files, symbols, exclude }: PriceAuditQuestion): string[] {
  const columns = [...new Set(files.flatMap(({ table }) => table.symbols))];
  const missing = [...(symbols ?? []), ...exclude].find((symbol) => !columns.includes(symbol));
  if (missing !== undefined)
    throw new LedgerError('PricesMissing', `no price file has a column ${missing}`, {
      evidence: { symbol: missing },
      at: { path: missing },
    });
  return (symbols ?? columns).filter((symbol) => !exclude.includes(symbol));
}

/**
 * Judges price files as they stand, every row and every column that is asked for, without recording anything.
 * Errors: PricesMissing, DateInFuture; ExchangeUnknown where a repair is asked for.
 */
export function auditPriceFiles(question: PriceAuditQuestion): PriceAudit {
  const { from, asOf, repair } = question;
  const symbols = judgedSymbols(question);
  const cut = question.files.map((file) => cutPriceFile(file, new Set(symbols), { from: null, to: null }));
  if (question.now !== undefined)
    admitPriceDates(
      cut.map((file) => cutPriceFile(file, new Set(symbols), { from, to: asOf })),
      latestDateAt(question.now),
    );
  const { files, dropped: repaired } = repairedAs(repair, cut);
  const verdict = auditPrices({ files, asOf, range: { from, to: asOf }, symbols, rules: rulesInForce });
  return {
    rules: rulesInForce,
    verdict,
    calendars: symbols.map((symbol) => ({ symbol, calendar: knownCalendarOf(symbol) })),
    repaired,
    remedies: remediesOf(verdict.findings),
  };
}

/** What was recorded of a run's data. */
export interface RecordedIntegrity {
  readonly rules: number;
  readonly grade: EligibilityGrade;
  /** Null for a run that was taken over: it brought no prices. */
  readonly verdict: RecordedVerdict | null;
  readonly evidence: readonly EligibilityEvidence[];
}

/** The recorded artifacts of a run judged again, beside what was recorded. */
export interface RunAudit {
  readonly runId: string;
  readonly source: SleeveRunOpened['source'];
  readonly recorded: RecordedIntegrity;
  /** Under the rules in force. */
  readonly again: { readonly rules: number; readonly verdict: IntegrityVerdict | null; readonly evidence: readonly EligibilityEvidence[] };
  readonly isFailed: boolean;
  readonly remedies: readonly Remedy[];
}

const checksOfData: ReadonlySet<string> = new Set(['integrity', 'unusual_moves', 'units', 'accepted_moves']);
const ofData = (evidence: readonly EligibilityEvidence[]): EligibilityEvidence[] => evidence.filter(({ check }) => checksOfData.has(check));

const grades = { SleeveRunCertified: 'CERTIFIED', SleeveRunDegraded: 'DEGRADED', SleeveRunFoundIneligible: 'INELIGIBLE' } as const;

function recordedIn(facts: readonly SleeveRunEvent[], { rules }: SleeveRunOpened, runId: string): RecordedIntegrity {
  const last = facts.at(-1);
  if (last?.type !== 'SleeveRunCertified' && last?.type !== 'SleeveRunDegraded' && last?.type !== 'SleeveRunFoundIneligible')
    throw new LedgerError('ChainBroken', `the run ${runId} is incomplete`, { evidence: { runId } });
  const [audited] = [...dataOf(facts, 'IntegrityPassed'), ...dataOf(facts, 'IntegrityFailed')];
  return { rules, grade: grades[last.type], verdict: audited?.verdict ?? null, evidence: ofData(evidenceIn(facts)) };
}

/**
 * Judges what a recorded run read once more, under the rules in force, from the artifacts of the ledger alone.
 * Errors: RunUnknown, Usage for a run of another kind, ChainBroken, ArtifactMissing, ArtifactDamaged; whatever today's code refuses.
 */
export async function auditRecordedRun(ports: Ports, runId: string): Promise<RunAudit> {
  const { kind } = await runOf(ports, runId);
  if (kind !== 'sleeve') {
    const which = kind === 'combination' ? 'a sleeve run' : 'one of its sleeve runs';
    throw new LedgerError('Usage', `${runId} is a ${runKindWords[kind]}: give ${which}, which read the data`, { at: { path: runId } });
  }
  const facts = (await runEvents(ports, 'sleeveRun', runId)).filter((event) => belongsTo(sleeveRunSlice, event));
  const [opened] = dataOf(facts, 'SleeveRunOpened');
  if (opened === undefined) throw new LedgerError('ChainBroken', `the run ${runId} has no opening`, { evidence: { runId } });
  const { source } = opened;
  const recorded = recordedIn(facts, opened, runId);
  if (source === 'production') {
    const request = await rebuildSleeveRun(ports.artifacts, opened);
    const { verdict } = auditedPrices(scopeOf({ ...request, rules: rulesInForce }), request.resolved, request.options, rulesInForce);
    const again = { rules: rulesInForce, verdict, evidence: [] };
    return { runId, source, recorded, again, isFailed: verdict.errors > 0, remedies: remediesOf(verdict.findings) };
  }
  const { drafts } = await recomputeSleeveRun(ports, { ...opened, rules: rulesInForce }, null);
  const evidence = ofData(evidenceIn(drafts));
  const isFailed = evidence.some(({ check, status }) => check === 'integrity' && status === 'failed');
  return { runId, source, recorded, again: { rules: rulesInForce, verdict: null, evidence }, isFailed, remedies: [] };
}
