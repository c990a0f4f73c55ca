import { passKeys } from '../../../domain/scan/gates.ts';
import type { FoundBy } from '../../../handlers/scans/found-by.ts';
import type { LetIn } from '../../../handlers/runs/let-in.ts';
import { explainWeight } from '../../../handlers/queries/explain-weight.ts';
import { allocationQuery, ofRunFlag } from '../portfolio-question.ts';
import { figure, stageInWords } from '../../report/model/selection-words.ts';
import { asOfFlag, heading, knownAtFlag, lines, metaFlag, percent, riskFlag, table, type VerbCode } from '../verb.ts';

/** Which scan let an asset in, and by which gates. */
function foundWords({ scanner, asOf, rank, selected, passes, verdict, file }: FoundBy): string {
  const passed = passKeys.filter((gate) => passes?.[gate] === true && gate !== 'all' && gate !== 'trend_combined');
  const gates = passes === null ? 'its gates are not said' : passed.length === 0 ? 'no gate was evaluated' : `passed ${passed.join(', ')}`;
  const from = file === undefined ? '' : `, exported to ${file}`;
  return `  ${scanner}@${asOf} (${verdict}${from}): rank ${rank} of ${selected}, ${gates}`;
}

/** Which selection let an asset in, and by what. */
function letInWords(runId: string, { scope, mode, asOf, direction, stage, cluster, score, place, won, candidates, ...how }: LetIn): string {
  const beside = `${how.isWalkover ? ', a walkover' : ''}${how.isQuotaWaived ? ', above the quota of its cluster' : ''}`;
  return (
    `  selected ${direction} by ${mode} (${scope}, ${asOf}): ${stageInWords(stage)}, cluster ${cluster}${beside}, ` +
    `score ${figure(score)}, ${place} of ${won} winners among ${candidates} candidates (select explain ${runId})`
  );
}

export const explain: VerbCode = {
  flags: [metaFlag, riskFlag, ofRunFlag, asOfFlag, knownAtFlag],
  examples: ['sleeve-ledger explain NASDAQ:AAPL --meta meta_production'],
  writes: false,
  run: async (context, { args, flags }) => {
    const query = await allocationQuery(context, flags);
    const { position, meta, ...result } = await explainWeight((await context.reading()).ports, query, args[0]!);
    const { symbol, weight, risk, asOf, contributions } = result;
    return {
      result,
      position,
      people: [
        heading(`${symbol}: ${percent(weight)} of ${meta} (${risk}, as of ${asOf})`),
        table(
          ['sleeve', 'sleeve weight', 'x asset weight', '= amount', 'sleeve run'],
          contributions.map((item) => [
            item.path.join('/'),
            percent(item.sleeveWeight),
            percent(item.assetWeight),
            percent(item.amount),
            item.runId,
          ]),
        ),
        ...contributions.map((item) =>
          lines(
            ...item.bounds.map(
              (bound) =>
                `  ${bound.id}: optimised ${percent(bound.raw)}, bounds ${percent(bound.lower)} to ${percent(bound.upper)}, ` +
                `allocated ${percent(bound.bounded)}`,
            ),
            ...(item.letIn === undefined ? [] : [letInWords(item.runId, item.letIn)]),
            ...(item.foundBy ?? []).map(foundWords),
          ),
        ),
      ],
    };
  },
};
