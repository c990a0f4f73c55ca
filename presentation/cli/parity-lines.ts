import { selectionModeInForce } from '../../domain/parity/policy.ts';
import type { ParityVerdict } from '../../domain/parity/schema.ts';

/** What an UNKNOWN verdict lacks, and what to do about it. */
export function missingLines({ missing }: Pick<ParityVerdict, 'missing'>): string[] {
  if (missing.length === 0) return [];
  return [
    'Not comparable for lack of evidence:',
    ...missing.map(({ path, sleeves }) => `  ${path} is not stated by ${sleeves.join(', ')}`),
    'State them in the manifest of each run, or answer for them: `parity waive --paths ... --until DATE --why TEXT`.',
  ];
}

/** A sleeve that selects in another way, or not at all, has decided so: the report and `--json` list it, without a warning. */
function isWarned(path: string): boolean {
  return path !== selectionModeInForce;
}

/** Values named by the specification that some sleeves do not have, with what can be done about it. */
export function mandateWarnings({ mandated }: Pick<ParityVerdict, 'mandated'>): string[] {
  return mandated
    .filter(({ path, status }) => (status === 'deviates' || status === 'absent') && isWarned(path))
    .map(
      ({ path, mandated: value, deviating }) =>
        `${path} is not ${JSON.stringify(value)} in ${deviating.join(', ')}: write that value, or an exception below parity.exceptions`,
    );
}
