import { jsonPositions } from '../../domain/manifest/json-positions.ts';
import { lineOf } from '../../domain/manifest/problems.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { ManifestSource } from './manifest-input.ts';

/** Errors that a profile meets when it is used, of which the domain knows the path alone. */
const codesOfUse: readonly string[] = ['ManifestInvalid', 'SelectionModeUnavailable'];

/** Such an error with the file and the line of its path; any other error as it is. */
export async function placedInManifest(error: unknown, { settings, tools }: ManifestSource): Promise<unknown> {
  if (!(error instanceof LedgerError) || !codesOfUse.includes(error.code)) return error;
  const { file: known, path } = error.at;
  const file = settings.manifest;
  if (known !== undefined || path === undefined || !(await tools.files.exists(file))) return error;
  const { code, message, evidence, at } = error;
  const line = lineOf(jsonPositions(await tools.files.readText(file), file), path);
  return new LedgerError(code, message, { evidence, at: { ...at, file, ...(line === null ? {} : { line }) }, cause: error });
}
