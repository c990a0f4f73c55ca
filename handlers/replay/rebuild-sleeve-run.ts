import { namedAndLeftOut } from '../../domain/allocation/sleeve/universe.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import type { PriceInput } from '../../domain/run/price-input.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import type { SleeveRunRequest } from '../../domain/sleeve-run/produced-run.ts';
import type { Artifacts } from '../ports/ports.ts';

type RecordedInput = SleeveRunOpened['inputs'][number];

function isPrices(input: RecordedInput): input is PriceInput {
  return input.role === 'prices';
}

/** Prices as a run read them. Errors: ArtifactMissing, ArtifactDamaged. */
export async function recordedPrices(artifacts: Artifacts, inputs: readonly PriceInput[]): Promise<PriceFile[]> {
  const files: PriceFile[] = [];
  for (const { name, fileSha256, table, lines, defects, reading, renamed } of inputs) {
    const { dates, columns, values } = await loadTable(artifacts, table);
    files.push({
      file: name,
      sha256: fileSha256,
      table: { dates, symbols: columns, closes: values },
      lines,
      defects,
      ...(reading === undefined ? {} : { reading }),
      ...(renamed === undefined ? {} : { renamed }),
    });
  }
  return files;
}

/**
 * The request that a production run answered, from its first event and the artifacts named there: every artifact is read through its
 * hash. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function rebuildSleeveRun(artifacts: Artifacts, opened: SleeveRunOpened): Promise<SleeveRunRequest> {
  const { sleeve, options, correction, rules } = opened;
  const resolved = await loadDocument(artifacts, 'resolved-profile', opened.definition);
  const files = await recordedPrices(artifacts, opened.inputs.filter(isPrices));
  return { sleeve, resolved, options, correction, rules, files, leftOut: namedAndLeftOut(resolved, options) };
}
