import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import type { SleeveRunOpened } from '../../domain/sleeve/events.ts';
import { loadDocument, loadTable } from '../artifact-files.ts';
import type { PriceInput, SleeveRunOptions } from '../compute/sleeve-inputs.ts';
import type { SleeveRunRequest } from '../compute/sleeve-run.ts';
import type { Artifacts } from '../ports.ts';

type RecordedInput = SleeveRunOpened['inputs'][number];
type RecordedPrices = Extract<RecordedInput, { readonly role: 'prices' }>;

function isPrices(input: RecordedInput): input is RecordedPrices {
  return input.role === 'prices';
}

/** The line of each row, as the event keeps them. */
function lineOfRowIn(lines: RecordedPrices['lines']): PriceInput['lineOfRow'] {
  if (lines === null) return null;
  return Array.isArray(lines) ? (row) => lines[row]! : (row) => lines.first + row;
}

/**
 * Symbols that the run named and left out. Their columns were cut away before the tables were kept; an empty column stands in, so that
 * their names are known again, and is cut away again.
 */
function leftOut(resolved: ResolvedProfile, options: SleeveRunOptions, files: readonly PriceInput[]): string[] {
  const known = new Set(files.flatMap((file) => file.table.symbols));
  const excluded = new Set([...options.exclude, ...resolved.blocks.data.exclude]);
  const named = [...options.exclude, ...(options.symbols ?? resolved.blocks.data.symbols ?? [])];
  return [...new Set(named)].filter((symbol) => excluded.has(symbol) && !known.has(symbol));
}

function withEmptyColumns(file: PriceInput, symbols: readonly string[]): PriceInput {
  const { dates, closes } = file.table;
  const empty = symbols.map(() => new Float64Array(dates.length).fill(Number.NaN));
  return { ...file, table: { dates, symbols: [...file.table.symbols, ...symbols], closes: [...closes, ...empty] } };
}

/**
 * The request that a production run answered, from its first event and the artifacts named there: every artifact is read through its
 * hash. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function rebuildSleeveRun(artifacts: Artifacts, opened: SleeveRunOpened): Promise<SleeveRunRequest> {
  const { sleeve, options, correction, rules } = opened;
  const resolved = await loadDocument(artifacts, 'resolved-profile', opened.definition);
  const files: PriceInput[] = [];
  for (const input of opened.inputs.filter(isPrices)) {
    const { name, fileSha256, lines, defects } = input;
    const { dates, columns, values } = await loadTable(artifacts, input.table);
    files.push({ name, fileSha256, table: { dates, symbols: columns, closes: values }, lineOfRow: lineOfRowIn(lines), defects });
  }
  const missing = leftOut(resolved, options, files);
  return { sleeve, resolved, options, correction, rules, files: files.map((file, index) => (index === 0 ? withEmptyColumns(file, missing) : file)) };
}
