import { type PortfolioDrift, portfolioDrift } from '../../../handlers/queries/drift.ts';
import { dateFlag, ledgerTimeFlag, requiredFlag } from '../flags.ts';
import { asOfFlag, type Block, heading, knownAtFlag, lines, metaFlag, percent, table, type VerbCode } from '../verb.ts';

function peopleOf({ meta, number, runId, asOf, to, driftTwoSided, unknownBecause, sleeves, assets }: PortfolioDrift): Block[] {
  const published = heading(`${meta}, publication ${number}, as of ${asOf} (run ${runId})`);
  if (driftTwoSided === null) return [published, lines(`The drift is not known: ${unknownBecause}.`)];
  const since =
    to === asOf
      ? `No sleeve has returns after ${asOf} yet: nothing is known to have drifted.`
      : `By the returns of its sleeves from ${asOf} to ${to}: ${percent(driftTwoSided)} in all, two-sided.`;
  return [
    published,
    lines(since, ''),
    table(
      ['sleeve', 'published', 'grew by', 'drifted', 'run'],
      sleeves.map((sleeve) => [
        sleeve.path.join('/'),
        percent(sleeve.published),
        percent(sleeve.growth - 1),
        percent(sleeve.drifted),
        sleeve.runId,
      ]),
    ),
    lines(''),
    table(
      ['asset', 'published', 'drifted', 'drift'],
      assets.map((asset) => [asset.symbol, percent(asset.published), percent(asset.drifted), percent(asset.drifted - asset.published)]),
    ),
  ];
}

export const drift: VerbCode = {
  flags: [metaFlag, asOfFlag, knownAtFlag],
  examples: ['sleeve-ledger drift --meta meta_production'],
  writes: false,
  run: async (context, { flags }) => {
    const question = { meta: requiredFlag(flags, 'meta'), asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
    const { position, ...result } = await portfolioDrift((await context.reading()).ports, question);
    return { result, position, people: peopleOf({ ...result, position }) };
  },
};
