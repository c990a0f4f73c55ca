import { type CashAsset, cashAssetIn, cashLine } from '../../domain/allocation/cash.ts';
import { portfolioStream } from '../../domain/allocation/node.ts';
import type { MetaRunOpened } from '../../domain/meta-run/events.ts';
import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { clusterTree } from '../../domain/risk/cluster-tree.ts';
import { hrpDetailSchema } from '../../domain/risk/schemas.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import type { MetaRunFacts, RecordedAllocation } from '../runs/meta-run-facts.ts';
import { assetRecord, bySize, cashMember, settingsPath, treeDocument, type TreeEntry } from './entries.ts';

/** Where the tree of a consumed run stands below that of the meta run. */
export function sleeveFolder(path: readonly string[]): string {
  return `sleeves/${path.join('/')}`;
}

/** Which runs were joined, and where they stand. */
function manifestOf({ profile, consumed }: MetaRunOpened, risk: string): object {
  const sleeves = consumed.map(({ path, profile: own, runId }) => ({
    id: path.join('/'),
    profile: own,
    run_id: runId,
    run_path: sleeveFolder(path),
  }));
  return { meta_profile: profile, risk_profile: risk, sleeves };
}

function optimised({ profile, runId }: MetaRunOpened, { risk, optimised: solved, guarded }: RecordedAllocation): object {
  const metadata = {
    source: 'sleeve-ledger',
    meta_profile: profile,
    engine: solved.params.engine,
    profile: risk,
    n_sleeves: solved.params.n_sleeves,
    run_id: runId,
  };
  const weights = bySize(Object.entries(guarded.weights).map(([symbol, weight]) => ({ symbol, weight })));
  return { metadata, weights: weights.map(assetRecord) };
}

function flattened({ profile }: MetaRunOpened, { risk, guarded, flattened: portfolio }: RecordedAllocation, asset: CashAsset): object {
  const cash = cashLine(portfolio.gross, asset);
  const contributors = new Map(portfolio.assets.map(({ symbol, contributors: from }) => [symbol, from]));
  const weights = bySize(portfolio.assets.map(({ symbol, weight }) => ({ symbol, weight })));
  return {
    metadata: { meta_profile: profile, risk_profile: risk, sleeve_weights: guarded.weights, ...(cash === null ? {} : { cash }) },
    weights: weights.map((held) => ({
      ...assetRecord(held),
      Contributors: [...new Set(contributors.get(held.symbol)!.map(({ sleeve }) => sleeve))],
    })),
  };
}

/** The files of one risk profile. */
async function filesOf(
  artifacts: Artifacts,
  opened: MetaRunOpened,
  allocation: RecordedAllocation,
  asset: CashAsset,
): Promise<TreeEntry[]> {
  const { risk, joined, optimised: solved, guarded } = allocation;
  const name = (what: string): string => `data/${what}_${opened.profile}_${risk}`;
  const table = await loadTable(artifacts, joined.matrix);
  const matrix = tableAsMatrix(table);
  const stream = portfolioStream(
    matrix,
    matrix.columns.map((id) => guarded.weights[id]!),
  );
  const detail = hrpDetailSchema.safeParse(solved.solve.detail);
  const tree = detail.success ? treeDocument(clusterTree(matrix, solved.parameters.hrp, detail.data)) : null;
  return [
    { path: `data/returns/${risk}.parquet`, table: { dates: stream.dates, columns: ['returns'], values: [stream.values] } },
    { path: `${name('meta_returns')}.parquet`, table },
    { path: `${name('meta_manifest')}.json`, json: manifestOf(opened, risk) },
    { path: `${name('meta_optimized')}.json`, json: optimised(opened, allocation) },
    { path: `${name('portfolio_optimized_meta')}.json`, json: flattened(opened, allocation, asset) },
    ...(tree === null ? [] : [{ path: `${name('meta_cluster_tree')}.json`, json: tree }]),
  ];
}

/**
 * What a Python run directory would hold of a meta run: for each allocated profile the joined returns, what was joined, the weights of
 * sleeves and assets and the tree of HRP; and, so that the portfolio can be a sleeve elsewhere, its own stream and positions. Errors:
 * ArtifactMissing, ArtifactDamaged.
 */
export async function metaTree(artifacts: Artifacts, { opened, allocations, asOf }: MetaRunFacts): Promise<TreeEntry[]> {
  const definition = await loadDocument(artifacts, 'meta-portfolio', opened.definition);
  const { blocks, currency } = definition;
  const asset = cashAssetIn(definition);
  const entries: TreeEntry[] = [{ path: settingsPath, json: { ...blocks, profile: opened.profile, currency } }];
  for (const allocation of allocations) entries.push(...(await filesOf(artifacts, opened, allocation, asset)));
  const assets = allocations.map(({ risk, flattened: { assets: held } }) => [
    risk,
    { assets: bySize(held.map(({ symbol, weight }) => ({ symbol, weight }))).map(assetRecord) },
  ]);
  const cash = cashMember(Object.fromEntries(allocations.map(({ risk, flattened: { gross } }) => [risk, cashLine(gross, asset)])));
  entries.push({
    path: 'data/portfolio_flattened.json',
    json: { profiles: Object.fromEntries(assets), metadata: { as_of: asOf, flattened: true, ...cash } },
  });
  const [first] = allocations;
  if (first === undefined) return entries;
  return [
    ...entries,
    { path: 'data/meta_manifest.json', json: manifestOf(opened, first.risk) },
    { path: 'data/portfolio_optimized_meta.json', json: flattened(opened, first, asset) },
  ];
}
