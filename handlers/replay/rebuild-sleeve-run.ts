import { namedAndLeftOut } from '../../domain/allocation/sleeve/universe.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import type { GivenScan, GivenSupply, MetadataFile } from '../../domain/allocation/sleeve/given-supply.ts';
import type { PriceInput } from '../../domain/run/price-input.ts';
import { isPriceInput, isSuppliedInput } from '../../domain/run/supply-input.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import type { SleeveRunRequest } from '../../domain/sleeve-run/produced-run.ts';
import type { Artifacts } from '../ports/ports.ts';

async function recordedTable(artifacts: Artifacts, input: Omit<PriceInput, 'role' | 'defects'>): Promise<Omit<PriceFile, 'defects'>> {
  const { name, fileSha256, table, lines, reading, renamed } = input;
  const { dates, columns, values } = await loadTable(artifacts, table);
  return {
    file: name,
    sha256: fileSha256,
    table: { dates, symbols: columns, closes: values },
    lines,
    ...(reading === undefined ? {} : { reading }),
    ...(renamed === undefined ? {} : { renamed }),
  };
}

/** Prices as a run read them. Errors: ArtifactMissing, ArtifactDamaged. */
export async function recordedPrices(artifacts: Artifacts, inputs: readonly { readonly role: string }[]): Promise<PriceFile[]> {
  const files: PriceFile[] = [];
  for (const input of inputs.filter(isPriceInput)) files.push({ ...(await recordedTable(artifacts, input)), defects: input.defects });
  return files;
}

/** What a run was given beside its prices; undefined for nothing. Errors: ArtifactMissing, ArtifactDamaged. */
export async function recordedSupply(artifacts: Artifacts, inputs: readonly { readonly role: string }[]): Promise<GivenSupply | undefined> {
  const supplied = inputs.filter(isSuppliedInput);
  if (supplied.length === 0) return undefined;
  const volumes: PriceFile[] = [];
  const metadata: MetadataFile[] = [];
  const scans: GivenScan[] = [];
  for (const input of supplied) {
    if (input.role === 'volumes') volumes.push({ ...(await recordedTable(artifacts, input)), defects: [] });
    else if (input.role === 'metadata') {
      const { symbols } = await loadDocument(artifacts, 'symbol-metadata', input.document);
      metadata.push({ file: input.name, sha256: input.fileSha256, symbols });
    } else {
      const { rows } = await loadDocument(artifacts, 'scan-values', input.document);
      scans.push({ name: input.name, asOf: input.asOf, origin: input.origin, rows });
    }
  }
  return { volumes, metadata, scans };
}

/**
 * The request that a production run answered, from its first event and the artifacts named there: every artifact is read through its
 * hash. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function rebuildSleeveRun(artifacts: Artifacts, opened: SleeveRunOpened): Promise<SleeveRunRequest> {
  const { sleeve, options, correction, rules } = opened;
  const resolved = await loadDocument(artifacts, 'resolved-profile', opened.definition);
  const files = await recordedPrices(artifacts, opened.inputs);
  const supply = await recordedSupply(artifacts, opened.inputs);
  return { sleeve, resolved, options, correction, rules, files, leftOut: namedAndLeftOut(resolved, options), supply };
}
