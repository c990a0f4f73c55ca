import type { AcceptanceVerdict } from '../../../domain/run/acceptance-verdict.ts';
import { type Block, cell, columns, orNone, small, table, type Tone } from '../model/document.ts';

const verdictTones: Record<AcceptanceVerdict['status'], Tone> = { passed: 'good', warned: 'warn', failed: 'bad', unknown: 'warn' };

export function acceptanceTable(verdicts: readonly AcceptanceVerdict[]): Block {
  return table(
    'Acceptance: measured, never assumed; a verdict does not prevent the run from being recorded',
    columns('check', 'verdict', 'value#', 'limit#', 'what was found', 'holds publication'),
    verdicts.map(({ check, status, value, limit, message, holds }) => [
      cell(check),
      cell(status, verdictTones[status]),
      orNone(value, small),
      orNone(limit, small),
      cell(message),
      cell(holds ? 'yes' : 'no', 'muted'),
    ]),
  );
}
