import type { JudgedSuspicions, Suspicion } from '../returns/accepted-moves.ts';
import type { IntegrityVerdict } from '../returns/integrity.ts';
import type { EligibilityEvidence } from '../run/grade.ts';

/** Findings that evidence names one by one. */
const namedMax = 5;

function listed(messages: readonly string[]): string {
  const rest = messages.length - namedMax;
  return rest > 0 ? `${messages.slice(0, namedMax).join('; ')}; and ${rest} more` : messages.join('; ');
}

/** The errors that ended an audit, each code with the first of its findings. */
export function errorsInWords({ errors, findings }: IntegrityVerdict): string {
  const grave = findings.filter(({ level }) => level === 'error');
  const codes = [...new Set(grave.map(({ code }) => code))];
  const words = codes.map((code) => `${code}: ${grave.find((finding) => finding.code === code)!.message}`);
  return `the integrity audit found ${errors === 1 ? 'one error' : `${errors} errors`}: ${listed(words)}`;
}

const remedies = {
  unusual_moves: 'correct the prices, or, where the move is real, accept it: data.accept_moves with {"symbol", "date", "why"}',
  units: 'write returns as fractions (0.01 for 1 %), or, where they are right, accept them: data.accept_moves with {"symbol", "why"}',
} as const;

function evidenceOf(check: keyof typeof remedies, { all, accepted, open }: JudgedSuspicions): EligibilityEvidence {
  const belongs = ({ code }: Suspicion): boolean => (code === 'units_suspected') === (check === 'units');
  const unmet = open.filter(belongs);
  if (unmet.length > 0)
    return { check, status: 'failed', detail: `${listed(unmet.map(({ code, message }) => `${code}: ${message}`))}; ${remedies[check]}` };
  const known = accepted.filter(belongs).map(({ code, symbol, date, why }) => `${code} ${symbol} ${date} accepted: ${why}`);
  const shown = all.filter(belongs).length - known.length;
  const detail = [
    known.length === 0 ? 'nothing suspected' : listed(known),
    shown === 0 ? '' : `${shown} extreme ${shown === 1 ? 'move' : 'moves'} shown`,
  ];
  return { check, status: 'passed', detail: detail.filter((part) => part !== '').join('; ') };
}

/** What unusual moves and units count for in the grade: those that nobody accepted degrade the run. */
export function suspicionEvidence(suspicions: JudgedSuspicions): EligibilityEvidence[] {
  return [evidenceOf('unusual_moves', suspicions), evidenceOf('units', suspicions)];
}
