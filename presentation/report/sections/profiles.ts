import { rankedProfiles, stabilityBlocks } from '../../../domain/forensics/profile-table.ts';
import { type Cell, cell, columns, decimal, orNone, paragraph, percent, type Section, table } from '../model/document.ts';
import type { ReportModel } from '../model/model.ts';
import { allocatedOf } from './summary.ts';

/** The profiles of the run side by side, best Sharpe ratio first; none of a run without any. Nothing is tried, so no trial is counted. */
export function profilesSection({ profiles }: ReportModel): Section[] {
  const lines = rankedProfiles(
    allocatedOf(profiles).map(({ risk, equity, forensics }) => ({
      risk,
      metrics: equity.lines.at(-1)!.metrics,
      blocksWon: forensics.blocksWon,
    })),
  );
  if (lines.length === 0) return [];
  const rows = lines.map((line): Cell[] => [
    cell(line.risk),
    orNone(line.sharpe, (value) => decimal(value, 2)),
    orNone(line.twrAnnualised, percent),
    orNone(line.volatility, percent),
    cell(percent(line.maxDrawdown)),
    line.blocksWon === null ? cell('-', 'muted') : cell(`${line.blocksWon} of ${stabilityBlocks}`),
  ]);
  const section: Section = {
    id: 'profiles',
    title: 'Profiles side by side',
    blocks: [
      paragraph(
        'The portfolio of each profile on the joined dates: out of sample for the sleeves, in-sample for the weights between them. ' +
          '`backtest run` tests the allocation itself, `tournament run` compares more than this run has.',
        'muted',
      ),
      table(
        'Ranked by Sharpe ratio; stability: eighths of the dates with a gain',
        columns('profile', 'Sharpe#', 'per year (TWR)#', 'volatility#', 'worst drawdown#', 'stability#'),
        rows,
      ),
    ],
  };
  return [section];
}
