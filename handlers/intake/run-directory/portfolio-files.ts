import { z } from 'zod';
import { admittedSymbol, doublyInverted, twiceAs } from '../../../domain/allocation/imported/admission.ts';
import type { ImportedPortfolio, ImportedStream } from '../../../domain/allocation/imported/profile.ts';
import { isObject } from '../../../domain/manifest/values.ts';
import { physicalSymbol } from '../../../domain/allocation/flatten.ts';
import type { SymbolWeight } from '../../../domain/returns/series.ts';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { sortedBy } from '../../../domain/shared/order.ts';
import { parseJsonDocument, refuseRunFile } from './json-document.ts';
import { portfolioPaths, type RunFile, shownPath } from './run-files.ts';

const assetSchema = z.looseObject({
  Symbol: z.string().min(1).max(200),
  Weight: z.number().optional(),
  Net_Weight: z.number().optional(),
  Gross_Weight: z.number().optional(),
  Direction: z.enum(['LONG', 'SHORT', 'FLAT']).optional(),
});
type Asset = z.infer<typeof assetSchema>;

const winnerSchema = z.looseObject({ engine: z.string(), profile: z.string(), weights: z.array(z.unknown()) });

/**
 * The signed weight of an asset, `Net_Weight ?? Weight`. A short atom stands inside its sleeve as a long position in a turned stream, so no
 * atom is negative; a physical symbol carries its sign itself. Anything that contradicts its own direction is refused: read the other way
 * it would be a position turned round.
 */
function signedWeight(asset: Asset, refuse: (why: string) => never): number {
  const { Symbol: symbol, Weight, Net_Weight, Direction } = asset;
  const weight = Net_Weight ?? Weight ?? refuse(`${symbol} has neither Weight nor Net_Weight`);
  const turned = doublyInverted({ symbol, weight });
  if (turned !== null) refuse(turned);
  const isAtom = physicalSymbol(symbol).symbol !== symbol;
  if (!isAtom && Direction === 'SHORT' && weight > 0) refuse(`${symbol} is SHORT with the weight ${weight}`);
  if (!isAtom && Direction === 'LONG' && weight < 0) refuse(`${symbol} is LONG with the weight ${weight}`);
  return weight;
}

/** A portfolio file, named as in the run directory, and the rules under which it is read. */
interface PortfolioFile {
  readonly path: string;
  readonly root: string;
  readonly rules: number;
}

function portfolioOf(records: readonly unknown[], { path, root, rules }: PortfolioFile, place: string): ImportedPortfolio | null {
  const file = shownPath(root, path);
  const weights: SymbolWeight[] = [];
  const written = new Map<string, string>();
  let grossSum = 0;
  for (const [index, record] of records.entries()) {
    const at = `${place}[${index}]`;
    const parsed = assetSchema.safeParse(record);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      return refuseRunFile(file, `${[at, ...issue.path].join('.')}: ${issue.message}`, at);
    }
    const symbol = admittedSymbol(parsed.data.Symbol, rules);
    const asset = { ...parsed.data, Symbol: symbol };
    const weight = signedWeight(asset, (why) => refuseRunFile(file, why, at));
    const other = written.get(symbol);
    if (other !== undefined) refuseRunFile(file, `${symbol} appears twice${twiceAs(symbol, [other, parsed.data.Symbol])}`, at);
    written.set(symbol, parsed.data.Symbol);
    weights.push({ symbol, weight });
    grossSum += Math.abs(asset.Gross_Weight ?? asset.Weight ?? weight);
  }
  return weights.length === 0 ? null : { path, weights: sortedBy(weights, ({ symbol }) => symbol), grossSum };
}

/** `{profiles: {hrp: {assets: [...]}}}`: the form of both portfolio files today. */
function fromProfiles(
  profiles: Readonly<Record<string, unknown>>,
  { risk }: ImportedStream,
  source: PortfolioFile,
): ImportedPortfolio | null {
  const { path, root } = source;
  if (!Object.hasOwn(profiles, risk)) return null;
  const entry = profiles[risk];
  if (!isObject(entry) || !Array.isArray(entry['assets']))
    return refuseRunFile(shownPath(root, path), `profiles.${risk} has no list of assets`, `profiles.${risk}.assets`);
  return portfolioOf(entry['assets'], source, `profiles.${risk}.assets`);
}

/** `{winners: [{engine, profile, weights}]}`: of several engines for one profile, the engine of the stream decides, or none. */
function fromWinners(winners: readonly unknown[], { risk, engine }: ImportedStream, source: PortfolioFile): ImportedPortfolio | null {
  const { path, root } = source;
  const file = shownPath(root, path);
  const ofRisk = winners.flatMap((winner, index) => {
    const parsed = winnerSchema.safeParse(winner);
    if (!parsed.success) return refuseRunFile(file, `winners[${index}] is not an object {engine, profile, weights}`, `winners[${index}]`);
    return parsed.data.profile === risk ? [{ ...parsed.data, index }] : [];
  });
  if (ofRisk.length === 0) return null;
  const fitting = ofRisk.length === 1 ? ofRisk : ofRisk.filter((winner) => winner.engine === engine);
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) {
    const flags = ofRisk.map((winner) => `--map engine=${winner.engine}`);
    throw new LedgerError(
      'ReturnsNameAmbiguous',
      `${file}: portfolios of several engines for ${risk}, and the returns do not say whose they are: give ${flags.join(' or ')}`,
      { evidence: { risk, flags }, at: { file } },
    );
  }
  return portfolioOf(only.weights, source, `winners[${only.index}].weights`);
}

/** What one portfolio file holds for a stream; null when it holds nothing for its profile. */
function portfolioIn(
  { path, bytes }: RunFile,
  stream: ImportedStream,
  streams: readonly ImportedStream[],
  ownRisk: string | null,
  { root, rules }: Pick<PortfolioFile, 'root' | 'rules'>,
): ImportedPortfolio | null {
  const source = { path, root, rules };
  const file = shownPath(root, path);
  const document = parseJsonDocument(bytes, file);
  if (Array.isArray(document)) {
    // A bare list does not name its profile: that of the run's own settings, or the only one with returns.
    const owner = ownRisk ?? (streams.length === 1 ? stream.risk : null);
    if (owner === null)
      return refuseRunFile(file, 'a bare list of assets, and neither risk.profile nor the return files say for which profile');
    return owner === stream.risk ? portfolioOf(document, source, '') : null;
  }
  if (isObject(document) && isObject(document['profiles'])) return fromProfiles(document['profiles'], stream, source);
  if (isObject(document) && Array.isArray(document['winners'])) return fromWinners(document['winners'], stream, source);
  return refuseRunFile(file, 'no portfolio: neither profiles, winners nor a list of assets');
}

/**
 * What the run holds under the profile of each stream: of the files in the documents' order, the first that has assets for it. The
 * `top_assets` of tournament results are never taken for a portfolio. Errors: RunDirectoryInvalid, ReturnsNameAmbiguous.
 */
export function importedPortfolios(
  files: readonly RunFile[],
  streams: readonly ImportedStream[],
  ownRisk: string | null,
  place: Pick<PortfolioFile, 'root' | 'rules'>,
): ReadonlyMap<RiskProfile, ImportedPortfolio> {
  const inOrder = portfolioPaths.flatMap((path) => files.filter((file) => file.role === 'portfolio' && file.path === path));
  const portfolios = new Map<RiskProfile, ImportedPortfolio>();
  for (const stream of streams) {
    for (const file of inOrder) {
      const portfolio = portfolioIn(file, stream, streams, ownRisk, place);
      if (portfolio === null) continue;
      portfolios.set(stream.risk, portfolio);
      break;
    }
  }
  return portfolios;
}
