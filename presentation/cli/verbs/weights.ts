import { directionalExposure } from '../../../domain/allocation/flatten.ts';
import { dataEndText } from '../../../domain/run/data-end.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { currentAllocation } from '../../../handlers/queries/allocations.ts';
import { isSet } from '../flags.ts';
import { allocationQuery, ofRunFlag, publishedQuery } from '../portfolio-question.ts';
import { asOfFlag, heading, knownAtFlag, lines, metaFlag, percent, riskFlag, table, type VerbCode } from '../verb.ts';

export const weights: VerbCode = {
  flags: [
    metaFlag,
    riskFlag,
    { flags: '--published', summary: 'the publication in force, or the one that was on --as-of, whatever has been allocated since' },
    ofRunFlag,
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger weights --meta meta_production', 'sleeve-ledger weights --meta meta_production --published'],
  writes: false,
  run: async (context, { flags }) => {
    const published = isSet(flags, 'published');
    const query = published ? await publishedQuery(context, flags) : await allocationQuery(context, flags);
    const { ports } = await context.reading();
    const allocation = await currentAllocation(ports, { ...query, published });
    const sleeves = Object.entries(allocation.sleeves)
      .toSorted(([left], [right]) => byCodeUnits(left, right))
      .map(([id, { raw, bounded }]) => ({ id, raw, bounded }));
    const assets = allocation.assets.map(({ symbol, weight, contributors }) => ({
      symbol,
      weight,
      contributors: contributors.map(({ path, sleeve, amount }) => ({ path, sleeve, amount })),
    }));
    const { grossLong, grossShort } = directionalExposure(allocation.assets);
    const sides = grossShort > 0 ? `: long ${percent(grossLong)}, short ${percent(grossShort)}` : '';
    const verdicts = allocation.acceptance?.verdicts ?? [];
    const failed = verdicts.filter(({ status }) => status === 'failed' || status === 'warned');
    return {
      result: {
        runId: allocation.runId,
        meta: allocation.meta,
        risk: allocation.risk,
        state: allocation.publication === null ? 'recorded' : 'published',
        publication: allocation.publication,
        grade: allocation.acceptance?.grade ?? null,
        asOf: allocation.asOf,
        dataEnd: allocation.dataEnd,
        recordedAt: allocation.recordedAt,
        sleeves,
        assets,
        ...(allocation.cash === null ? {} : { cash: allocation.cash }),
        gross: allocation.gross,
        net: allocation.net,
        acceptance: verdicts,
      },
      position: allocation.position,
      people: [
        heading(
          `${allocation.meta}, ${allocation.risk}, as of ${allocation.asOf} (run ` +
            `${allocation.runId}${allocation.publication === null ? '' : `, publication ${allocation.publication}`})`,
        ),
        ...(allocation.dataEnd === null ? [] : [lines(dataEndText(allocation.dataEnd), '')]),
        table(
          ['sleeve', 'optimised', 'allocated'],
          sleeves.map(({ id, raw, bounded }) => [id, percent(raw), percent(bounded)]),
        ),
        lines(''),
        table(
          ['asset', 'weight', 'through'],
          assets
            .toSorted((left, right) => Math.abs(right.weight) - Math.abs(left.weight) || byCodeUnits(left.symbol, right.symbol))
            .map(({ symbol, weight, contributors }) => [
              symbol,
              percent(weight),
              contributors.map(({ path, amount }) => `${path.join('/')} ${percent(amount)}`).join(', '),
            ]),
        ),
        lines(
          ...(allocation.acceptance?.grade === 'DEGRADED' ? ['DEGRADED: not every solve and stream is the one asked for.'] : []),
          ...(allocation.cash === null ? [] : [`Cash ${percent(allocation.cash.weight)} in ${allocation.cash.asset}.`]),
          `Gross ${percent(allocation.gross)}, net ${percent(allocation.net)}${sides}.`,
          ...failed.map(({ check, status, message }) => `${status}: ${check}: ${message}`),
        ),
      ],
    };
  },
};
