/** Every sentence that a manifest is answered with, whole, against what an earlier build answered: no oracle, it shows each change. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { validateManifest } from '../../../domain/manifest/validate.ts';

interface Row {
  readonly manifest: unknown;
  readonly accepted: boolean;
  /** Code, path, sentence and line. */
  readonly problems: readonly unknown[];
  /** Path, sentence and line. */
  readonly warnings: readonly unknown[];
}

const rows = JSON.parse(readFileSync(new URL('../../golden/manifest/told.json', import.meta.url), 'utf8')) as readonly Row[];

test.each(rows.map((row, index) => [index + 1, row] as const))(
  'manifest %d is answered with its problems and warnings, and no others',
  (_, { manifest, accepted, problems, warnings }) => {
    const verdict = validateManifest(manifest);
    expect(verdict.problems.map(({ code, path, message, line }) => [code, path, message, line])).toEqual(problems);
    expect(verdict.warnings.map(({ path, message, line }) => [path, message, line])).toEqual(warnings);
    expect(verdict.manifest !== null).toBe(accepted);
  },
);
