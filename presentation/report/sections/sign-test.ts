import { type Cell, cell, columns, paragraph, type Section, table, type Tone } from '../model/document.ts';
import type { ReportModel } from '../model/model.ts';

const tones: Readonly<Record<string, Tone>> = { passed: 'good', failed: 'bad', unknown: 'warn', not_applicable: 'muted' };

/** Whether short streams of each sleeve are their assets' returns turned round. */
export function signTestSection({ sleeves }: ReportModel): Section {
  const rows = sleeves.flatMap(({ consumed, evidence }): Cell[][] =>
    evidence
      .filter(({ check }) => check === 'sign_test')
      .map(({ status, detail }) => [
        cell(consumed.path.join(' / ')),
        cell(status.replace('_', ' '), tones[status] ?? 'plain'),
        cell(detail),
      ]),
  );
  return {
    id: 'sign-test',
    title: 'Directional sign test',
    blocks:
      rows.length === 0
        ? [paragraph('No sleeve run says anything of its signs.', 'warn')]
        : [
            table(
              'A short stream must be -min(r, 1) of its symbol, a long one its return',
              columns('sleeve', 'verdict', 'what was found'),
              rows,
            ),
          ],
  };
}
