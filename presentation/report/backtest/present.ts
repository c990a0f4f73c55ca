import type { MeasuredProfile } from '../../../handlers/tear-sheets/backtest-tear-sheets.ts';
import { type Block, cell, columns, paragraph, type ReportDocument, type Section, subheading, table } from '../model/document.ts';
import { provenanceSection } from '../sections/provenance.ts';
import { tearSheetBlocks } from '../tear-sheet/tear-sheet.ts';
import { noticedOf } from './anomalies.ts';
import { baselinesTable, bookFacts } from './book.ts';
import { decisionBlocks } from './decisions.ts';
import type { BacktestReport } from './model.ts';
import { burnInTable } from './premises.ts';
import { backtestSummary } from './summary.ts';
import { backtestTrace } from './trace.ts';

function noticedBlocks(profile: MeasuredProfile['profile'], meta: string): Block[] {
  const noticed = noticedOf(profile, meta);
  if (noticed.length === 0) return [];
  return [
    table(
      'To be looked at',
      columns('where', 'what'),
      noticed.map(({ where, what }) => [cell(where), cell(what, 'warn')]),
    ),
  ];
}

function profileSection(measured: MeasuredProfile, { run }: BacktestReport): Section {
  const { profile, sheet } = measured;
  const { facts } = profile;
  return {
    id: `profile-${facts.risk}`,
    title: `Profile ${facts.risk}`,
    blocks: [
      ...tearSheetBlocks(sheet, facts.risk, ['parity', 'trace']),
      subheading('Decisions'),
      ...decisionBlocks(measured),
      subheading('Costs, baselines and burn-in'),
      bookFacts(facts),
      baselinesTable(facts),
      burnInTable(facts.burnIns, run.meta),
      ...noticedBlocks(profile, run.meta),
    ],
  };
}

/** Decisions are vouched for by the chain of hashes that the last event ends: the rest of the events is listed. */
function backtestProvenance(report: BacktestReport): Section {
  const { events } = report.provenance;
  const listed = events.filter(({ type }) => type !== 'WindowAllocated');
  const section = provenanceSection({ ...report, provenance: { ...report.provenance, events: listed } });
  const between = events.length - listed.length;
  if (between === 0) return section;
  const text = `Between them stand ${between} events WindowAllocated, one for each decision; the hash of the last event covers them all.`;
  return { ...section, blocks: [...section.blocks, paragraph(text, 'muted')] };
}

/** The report of a backtest as a person reads it: what it is and every profile on one screen, then a tear sheet for each profile. */
export function presentBacktest(report: BacktestReport): ReportDocument {
  const { run, failed } = report;
  return {
    title: `Backtest of ${run.meta}, as of ${run.asOf}`,
    lead: `Run ${run.runId}: ${run.status}. Made from the ledger alone; every figure is a recorded fact or computed from recorded returns.`,
    sections: [
      backtestSummary(report),
      backtestTrace(report),
      ...report.profiles.map((measured) => profileSection(measured, report)),
      ...failed.map(({ risk, reason, code }) => ({
        id: `profile-${risk}`,
        title: `Profile ${risk}: not tested`,
        blocks: [paragraph(`${reason} (${code})`, 'bad')],
      })),
      backtestProvenance(report),
    ],
  };
}
