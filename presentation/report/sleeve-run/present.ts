import {
  cell,
  code,
  columns,
  facts,
  type Cell,
  orNone,
  paragraph,
  percent,
  type ReportDocument,
  type Section,
  table,
} from '../model/document.ts';
import { healthBlocks } from '../sections/health.ts';
import { provenanceSection } from '../sections/provenance.ts';
import { spanCells, spanLabels } from '../sections/trace.ts';
import { tearSheetBlocks } from '../tear-sheet/tear-sheet.ts';
import { selectionSection } from './selection.ts';
import type { SleeveRunReport } from './model.ts';

const gradeTones = { certified: 'good', degraded: 'warn', ineligible: 'bad' } as const;

/** What a walk-forward does and does not test of the choice of symbols. */
function universeWords(selection: SleeveRunReport['selection']): string {
  const training = 'What happened before the first window is training and earns nothing.';
  return selection === null || selection.current.scope === 'static'
    ? `The universe was chosen with the whole range of prices, so a walk-forward does not test the choice of symbols. ${training}`
    : `Each window chose its symbols on its own training rows, from candidates that were named with the whole range of prices. ${training}`;
}

function summarySection({ run, delivered, selection, cash }: SleeveRunReport): Section {
  const rows = delivered.profiles.map(({ risk, status, outOfSample, windows, flags, reason }): Cell[] => [
    cell(risk),
    cell(status, status === 'failed' ? 'bad' : status === 'absent' ? 'warn' : 'plain'),
    ...spanCells(outOfSample),
    windows === null ? cell('-', 'muted') : cell(String(windows)),
    outOfSample === null ? cell('-', 'muted') : cell(percent(outOfSample.totalReturn)),
    orNone(outOfSample?.volatility ?? null, percent),
    cell([...(reason === null ? [] : [reason]), ...flags].join(', ')),
  ]);
  return {
    id: 'summary',
    title: 'Summary',
    blocks: [
      facts(
        ['Run', code(run.runId)],
        ['Sleeve', cell(run.sleeve === run.profile ? run.sleeve : `${run.sleeve} = ${run.profile}`)],
        ['As of', cell(run.correction === 0 ? run.asOf : `${run.asOf}, correction ${run.correction}`)],
        ['Grade', cell(run.status, gradeTones[run.status])],
        ['Source', cell(delivered.source)],
        ['Currency', cell(run.currency)],
        ...(cash.length === 0
          ? []
          : [['Cash', cell(cash.map(({ risk, asset, weight }) => `${risk} ${percent(weight)} in ${asset}`).join('; '))] as const]),
      ),
      table(
        'What the sleeve delivers: net out-of-sample returns, windows counted in rows of its own grid',
        columns('profile', 'status', ...spanLabels, 'windows#', 'total#', 'volatility#', 'notes'),
        rows,
      ),
      paragraph(universeWords(selection), 'muted'),
    ],
  };
}

/** The report of a sleeve run as a person reads it: a tear sheet for each profile. */
export function presentSleeveRun(report: SleeveRunReport): ReportDocument {
  const { run, delivered, selection, sheets } = report;
  return {
    title: `Sleeve ${run.sleeve}, as of ${run.asOf}`,
    lead: `Run ${run.runId}: ${run.status}. Made from the ledger alone; every figure is a recorded fact or computed from recorded returns.`,
    sections: [
      summarySection(report),
      ...selectionSection(selection),
      ...sheets.map(({ risk, sheet }) => ({ id: `profile-${risk}`, title: `Profile ${risk}`, blocks: tearSheetBlocks(sheet, risk) })),
      { id: 'health', title: 'Data health', blocks: healthBlocks(delivered) },
      provenanceSection(report),
    ],
  };
}
