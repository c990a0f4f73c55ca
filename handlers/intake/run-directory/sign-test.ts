import { z } from 'zod';
import type { EligibilityInput } from '../../../domain/run/grade.ts';
import { parseJsonDocument, refuseRunFile } from './json-document.ts';
import { type RunFile, shownPath } from './run-files.ts';

const findingSchema = z.looseObject({ level: z.string().optional(), code: z.string().optional() });
const tally = z.union([z.number().int().nonnegative(), z.array(z.unknown()).transform((list) => list.length)]);
const reportSchema = z.looseObject({ errors: tally, warnings: tally.optional(), findings: z.array(findingSchema).default([]) });

interface Report {
  readonly path: string;
  readonly errors: number;
  readonly checkedNothing: boolean;
}

function reportOf({ path, bytes }: RunFile, root: string): Report {
  const file = shownPath(root, path);
  const parsed = reportSchema.safeParse(parseJsonDocument(bytes, file));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return refuseRunFile(file, `not a sign test: ${issue.message}`, issue.path.join('.'));
  }
  const { errors, findings } = parsed.data;
  const listed = findings.filter(({ level }) => level?.toLowerCase() === 'error').length;
  return { path, errors: Math.max(errors, listed), checkedNothing: findings.some(({ code }) => code === 'SIGNTEST_NO_ATOMS') };
}

/**
 * What the run's directional sign tests say. None at all, or one that looked at nothing, is `unknown`, never passed. Errors:
 * RunDirectoryInvalid.
 */
export function signTestEvidence(files: readonly RunFile[], root: string): EligibilityInput['signTest'] {
  const reports = files.filter(({ role }) => role === 'signTest').map((file) => reportOf(file, root));
  if (reports.length === 0) return { status: 'unknown', detail: 'no data/directional_sign_test.json' };
  const failed = reports.filter(({ errors }) => errors > 0);
  if (failed.length > 0) return { status: 'failed', detail: failed.map(({ path, errors }) => `${path}: ${errors} errors`).join('; ') };
  const empty = reports.filter(({ checkedNothing }) => checkedNothing);
  if (empty.length > 0) return { status: 'unknown', detail: `${empty.map(({ path }) => path).join(', ')}: no atom was checked` };
  return { status: 'passed', detail: reports.map(({ path }) => `${path}: 0 errors`).join('; ') };
}
