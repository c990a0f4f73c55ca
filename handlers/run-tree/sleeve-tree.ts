import { type Cash, type CashAsset, cashLine, grossOf } from '../../domain/allocation/cash.ts';
import type { DomainEvent, EventData } from '../../domain/catalogue.ts';
import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { treeOfSolve } from '../../domain/risk/cluster-tree.ts';
import { flattenAtoms } from '../../domain/selection/atoms.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { isImportedInput, type SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { belongsTo } from '../../domain/shared/slice.ts';
import { evidenceIn } from '../../domain/sleeve-run/recorded.ts';
import { sleeveRunSlice } from '../../domain/sleeve-run/slice.ts';
import { streamsNamed } from '../../domain/sleeve-selection/streams.ts';
import { cashAssetOfRun } from '../runs/cash-asset.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { assetRecord, blocksOf, cashMember, settingsPath, treeDocument, type TreeEntry } from './entries.ts';

/** The settings as a Python run directory has them: profile and blocks. */
async function settingsOf(
  artifacts: Artifacts,
  { source, definition, profile, currency, currencyTreatment }: SleeveRunOpened,
): Promise<object> {
  const about = { profile, currency, ...(currencyTreatment === null ? {} : { currency_treatment: currencyTreatment }) };
  if (source === 'message') return { ...blocksOf((await loadDocument(artifacts, 'told-definition', definition)).leaves), ...about };
  const { blocks, asWritten } = await loadDocument(artifacts, 'resolved-profile', definition);
  const written = asWritten['features.selection_mode'];
  const features = written === undefined || written === null ? {} : { features: { ...blocks.features, selection_mode: written } };
  return { ...blocks, ...features, ...about };
}

/** The tree of the last solve, from the rows that it was given. */
async function treesOf(artifacts: Artifacts, events: readonly DomainEvent[]): Promise<TreeEntry[]> {
  const [universe] = dataOf(events, 'UniverseFormed');
  const solved = dataOf(events, 'SleeveProfileSolved').find(({ risk }) => risk === 'hrp');
  if (universe === undefined || solved === undefined) return [];
  const { dates, columns, values } = await loadTable(artifacts, universe.returns);
  const from = Math.max(0, dates.length - solved.walkForward.trainWindow);
  const rows = tableAsMatrix({ dates: dates.slice(from), columns, values: values.map((column) => column.subarray(from)) });
  const given = solved.weights.map(({ symbol }) => symbol);
  const training = streamsNamed(rows, given);
  invariant(training !== null, 'a solved symbol or atom that is not in the universe of its run', { given });
  const tree = treeOfSolve(training, solved.parameters.hrp, solved.solve);
  return tree === null ? [] : [{ path: 'data/cluster_tree_hrp.json', json: treeDocument(tree) }];
}

type Delivered = EventData<'SleeveProfileSolved'> | EventData<'SleeveProfileImported'>;

/** What the files of positions say of themselves. */
interface Positions {
  readonly as_of: string;
  /** By profile, where some is held or a cash asset is named. */
  readonly cash?: Readonly<Record<string, Cash>>;
}

function positionsOf(profiles: readonly Delivered[], asOf: string, asset: CashAsset): Positions {
  const cash = profiles.map(({ risk, weights }) => [risk, weights === null ? null : cashLine(grossOf(weights), asset)] as const);
  return { as_of: asOf, ...cashMember(Object.fromEntries(cash)) };
}

/** Positions of each profile; one without positions is named with an empty list. */
function portfolio(profiles: readonly Delivered[], metadata: Positions): TreeEntry {
  const assets = profiles.map(({ risk, weights }) => [risk, { assets: (weights ?? []).map(assetRecord) }]);
  return { path: 'data/portfolio_optimized_v2.json', json: { profiles: Object.fromEntries(assets), metadata } };
}

/** The positions of a sleeve with directions as symbols, a short one below zero; its atoms stand in the file beside it. */
function flattenedFile(profiles: readonly EventData<'SleeveProfileSolved'>[], metadata: Positions): TreeEntry[] {
  const flattened = profiles.map(({ risk, weights }) => {
    const { assets, malformed } = flattenAtoms(new Map(weights.map(({ symbol, weight }) => [symbol, weight])));
    const whole = weights.filter(({ symbol }) => malformed.includes(symbol)).map(assetRecord);
    const held = assets.map(({ symbol, net, gross }) => ({ ...assetRecord({ symbol, weight: net }), Gross_Weight: gross }));
    return { risk, assets: [...held, ...whole], hasAtoms: assets.length > 0 };
  });
  if (!flattened.some(({ hasAtoms }) => hasAtoms)) return [];
  const byRisk = Object.fromEntries(flattened.map(({ risk, assets }) => [risk, { assets }]));
  return [{ path: 'data/portfolio_flattened.json', json: { profiles: byRisk, metadata: { ...metadata, flattened: true } } }];
}

/**
 * The sign test of a sleeve with directions, as its Python programs write it; its findings are in the words of the grade. A sleeve whose
 * streams are all as they are has none.
 */
function signTestFile(events: readonly DomainEvent[], { source }: SleeveRunOpened): TreeEntry[] {
  const tested = evidenceIn(events.filter((event) => belongsTo(sleeveRunSlice, event))).find(({ check }) => check === 'sign_test');
  // What a sender told of its own test is a claim, and no file of its test.
  if (source !== 'production' || (tested?.status !== 'passed' && tested?.status !== 'failed')) return [];
  const { status, detail } = tested;
  const findings = status === 'failed' ? [{ level: 'error', code: 'SIGNTEST', message: detail }] : [];
  return [{ path: 'data/directional_sign_test.json', json: { errors: findings.length, warnings: 0, findings } }];
}

/**
 * What a Python run directory would hold of a sleeve run: settings, returns and positions of each profile, the tree of HRP. A run that was
 * imported is given back as it came. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function sleeveTree(artifacts: Artifacts, events: readonly DomainEvent[]): Promise<TreeEntry[]> {
  const [opened] = dataOf(events, 'SleeveRunOpened');
  invariant(opened !== undefined, 'a sleeve run without its opening');
  const entries: TreeEntry[] = [];
  if (opened.source === 'import') {
    for (const input of opened.inputs)
      if (isImportedInput(input)) entries.push({ path: input.name, bytes: await artifacts.get(input.document.sha256) });
    return entries;
  }
  entries.push({ path: settingsPath, json: await settingsOf(artifacts, opened) });
  const profiles = [...dataOf(events, 'SleeveProfileSolved'), ...dataOf(events, 'SleeveProfileImported')];
  for (const { risk, outOfSample } of profiles) {
    const table = await loadTable(artifacts, outOfSample.returns);
    entries.push({ path: `data/returns/${risk}.parquet`, table: { ...table, columns: ['returns'] } });
  }
  const metadata = positionsOf(profiles, opened.asOf, await cashAssetOfRun(artifacts, events));
  entries.push(...flattenedFile(dataOf(events, 'SleeveProfileSolved'), metadata), ...signTestFile(events, opened));
  return [...entries, portfolio(profiles, metadata), ...(await treesOf(artifacts, events))];
}
