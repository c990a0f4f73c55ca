import { isImportedInput, type SleeveRunOpened } from '../../../domain/sleeve-run/events.ts';
import { loadDocument } from '../../artifacts/artifact-files.ts';
import type { ImportedRunRequest } from './imported-run.ts';
import type { Artifacts } from '../../ports/ports.ts';
import type { RunFile } from './run-files.ts';

/**
 * The request of an import as the ledger kept it: the run is computed again from these bytes alone. Errors: ArtifactMissing,
 * ArtifactDamaged.
 */
export async function recordedImport(artifacts: Artifacts, opened: SleeveRunOpened): Promise<ImportedRunRequest> {
  const { sleeve, options, correction, inputs, definition, rules } = opened;
  const files: RunFile[] = [];
  for (const input of inputs) {
    if (isImportedInput(input)) files.push({ path: input.name, role: input.role, bytes: await artifacts.get(input.document.sha256) });
  }
  const { leftAside } = await loadDocument(artifacts, 'imported-definition', definition);
  return { sleeve, map: options.map, csv: options.csv ?? null, correction, rules, root: '', files, leftAside };
}
