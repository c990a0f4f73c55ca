import { cell, code, columns, paragraph, percent, orNone, table, type Cell, type Section } from '../model/document.ts';
import type { ReportModel } from '../model/model.ts';
import type { RowSpan, SleeveReport } from '../model/sleeve-model.ts';

/** A span in four cells; blank ones where there is none. */
export function spanCells(span: RowSpan | null): Cell[] {
  if (span === null) return [cell('-', 'muted'), cell('-', 'muted'), cell('-', 'muted'), cell('-', 'muted')];
  return [code(span.first), code(span.last), cell(String(span.rows)), cell(String(span.calendarDays))];
}

export const spanLabels = ['first', 'last', 'rows#', 'calendar days#'] as const;

export function spanText({ rows, first, last, calendarDays }: RowSpan): string {
  return `${first} to ${last}: ${rows} rows over ${calendarDays} calendar days`;
}

function runRow({ consumed, source, temporalId }: SleeveReport): Cell[] {
  const { eligibility, stalenessSessions } = consumed;
  return [
    cell(consumed.path.join(' / ')),
    cell(consumed.sleeve === consumed.profile ? consumed.sleeve : `${consumed.sleeve} = ${consumed.profile}`),
    code(consumed.runId),
    cell(consumed.correction === 0 ? consumed.asOf : `${consumed.asOf}, correction ${consumed.correction}`),
    cell(stalenessSessions === 1 ? '1 session' : `${stalenessSessions} sessions`, stalenessSessions === 0 ? 'plain' : 'warn'),
    cell(eligibility, eligibility === 'CERTIFIED' ? 'good' : 'warn'),
    cell(source),
    cell(consumed.currencyTreatment === null ? consumed.currency : `${consumed.currency}, ${consumed.currencyTreatment}`),
    temporalId === null ? cell('unknown', 'muted') : code(temporalId),
  ];
}

function proxyText(model: ReportModel, { consumed }: SleeveReport, risk: string): Cell {
  const profile = model.profiles.find((candidate) => candidate.risk === risk);
  if (profile?.status !== 'allocated') return cell('unused', 'muted');
  const parent = consumed.path.slice(0, -1).join('/');
  const node = profile.nodes.find(({ path }) => path.join('/') === parent);
  const stream = node?.joined.streams.find(({ id }) => id === consumed.path.at(-1));
  return stream?.proxy === true ? cell(`proxy: ${stream.risk}`, 'warn') : cell('native', 'good');
}

function streamRows(model: ReportModel, sleeve: SleeveReport): Cell[][] {
  return sleeve.profiles.map((line) => {
    const { outOfSample, windows, flags, reason, status } = line;
    return [
      cell(sleeve.consumed.path.join(' / ')),
      cell(line.risk),
      cell(status, status === 'failed' ? 'bad' : status === 'absent' ? 'warn' : 'plain'),
      proxyText(model, sleeve, line.risk),
      ...spanCells(outOfSample),
      windows === null ? cell('-', 'muted') : cell(String(windows)),
      outOfSample === null ? cell('-', 'muted') : cell(percent(outOfSample.totalReturn)),
      orNone(outOfSample?.volatility ?? null, percent),
      cell([...(reason === null ? [] : [reason]), ...flags].join(', ')),
    ];
  });
}

/** Which run of each sleeve was consumed, and what it delivered for each philosophy. */
export function traceSection(model: ReportModel): Section {
  return {
    id: 'trace',
    title: 'Sleeve runs consumed',
    blocks: [
      table(
        'The run of each sleeve',
        columns('sleeve', 'profile', 'run', 'as of', 'behind', 'eligibility', 'source', 'currency', 'temporal id'),
        model.sleeves.map(runRow),
      ),
      paragraph(`A sleeve may be at most ${model.run.maxStalenessSessions} New York sessions behind the newest one.`, 'muted'),
      table(
        'What each sleeve delivered: net out-of-sample returns, windows counted in rows of its own grid',
        columns('sleeve', 'profile', 'status', 'stream', ...spanLabels, 'windows#', 'total#', 'volatility#', 'notes'),
        model.sleeves.flatMap((sleeve) => streamRows(model, sleeve)),
      ),
    ],
  };
}
