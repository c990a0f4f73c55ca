import type { ParityVerdict } from '../../domain/parity/schema.ts';

/** What an UNKNOWN verdict lacks, and what to do about it. */
export function missingLines({ missing }: Pick<ParityVerdict, 'missing'>): string[] {
  if (missing.length === 0) return [];
  return [
    'Not comparable for lack of evidence:',
    ...missing.map(({ path, sleeves }) => `  ${path} is not stated by ${sleeves.join(', ')}`),
    "State them in the manifest of each run, or answer for them: `parity waive --paths ... --until DATE --why TEXT`.",
  ];
}
