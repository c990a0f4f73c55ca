/** Answers about the selections of sleeve runs. */
import { z } from 'zod';
import { components } from '../../../domain/selection/components.ts';
import { streamFeatures } from '../../../domain/selection/features.ts';
import { directionSchema, selectionRecordSchema, vetoCodeSchema, vetoCountSchema } from '../../../domain/selection/record.ts';
import { selectionModeSchema } from '../../../domain/selection/settings.ts';
import { decision, selection } from './runs.ts';
import { count, date, json, runId, sleeve, symbol, weight, worded } from './values.ts';

const record = selectionRecordSchema.shape;
const component = z.enum(components);
const score = z.number().describe('Product of its factors.');
const direction = directionSchema.describe('Side on which its stream is held.');
const isCashLike = z.boolean().describe('Whether it hardly moves, so that it is like cash.');
const passesGate = z.boolean().describe('Whether its recent return passes the gate.');
const vetoes = z.array(vetoCodeSchema).describe('Vetoes that it meets.');
const rank = z.int().positive().describe('1 for the best score of all symbols.');

const ofDecision = { runId, sleeve, decision };

const plainStandings = [
  z.strictObject({
    kind: z.literal('won').describe('It won its place.'),
    stage: count.describe('In which stage, from 1.'),
    isQuotaWaived: z.boolean().describe('Whether its quota was lifted.'),
    isWalkover: z.boolean().describe('Whether it was alone in its cluster.'),
  }),
  z.strictObject({ kind: z.literal('benchmark').describe('It takes part in every cross-section, and is no candidate.') }),
  z.strictObject({
    kind: z.literal('excluded').describe('A setting keeps it out before the first stage.'),
    because: z.enum(['cash_like', 'score_rank']).describe('It hardly moves, or its score is too low.'),
  }),
  z.strictObject({ kind: z.literal('vetoed').describe('It met a veto that no stage lifted.') }),
  z.strictObject({ kind: z.literal('gated').describe('The recent return of its stream is below the gate.') }),
] as const;

const identityTaken = z.literal('identity_taken').describe('A better one of the same identity won.');
const outscored = z.literal('outscored').describe('Better scores used up the quota of its cluster.');

const namedStanding = z
  .discriminatedUnion('kind', [
    ...plainStandings,
    z.strictObject({ kind: identityTaken, by: symbol.describe('The one that won, as EXCHANGE:SYMBOL.') }),
    z.strictObject({ kind: outscored, by: z.array(symbol).describe('Those that won, best score first.') }),
  ])
  .meta({ id: 'NamedStanding', description: 'Why a symbol won, or did not.' });

const placedStanding = z
  .discriminatedUnion('kind', [
    ...plainStandings,
    z.strictObject({ kind: identityTaken, by: count.describe('Place among the symbols.') }),
    z.strictObject({ kind: outscored, by: z.array(count).describe('Places among the symbols.') }),
  ])
  .meta({ id: 'PlacedStanding', description: 'Why a symbol won, or did not; others by their places among the symbols.' });

const reach = z
  .strictObject({
    setting: z.string().describe('Path of the setting.'),
    status: z.enum(['cannot_act', 'rejects_all', 'left_out']).describe('What becomes of it.'),
    value: z.union([z.number(), z.array(z.number())]).describe('Its value.'),
    reachable: z.number().nullable().describe('What the quantity can be at most; null where that is not the reason.'),
    why: z.string().describe('In words.'),
  })
  .meta({ id: 'SelectionReach', description: 'A setting that cannot act on so many rows.' });

const account = z
  .strictObject({
    symbol,
    direction,
    asOf: date.describe('Last session that was read.'),
    rows: count.describe('Sessions that were read.'),
    mode: selectionModeSchema.describe('Mode of the selection.'),
    quadrant: record.quadrant.describe('State of the market.'),
    symbols: count.describe('Symbols of the cross-section.'),
    candidates: count.describe('Symbols that could win.'),
    features: z
      .array(
        z.strictObject({
          feature: z.enum(streamFeatures).describe('Name of the feature (docs/explanation/selection.md).'),
          value: z.number().nullable().describe('Null where it cannot be evaluated.'),
          rank: z.int().positive().nullable().describe('1 for the largest value.'),
          of: count.describe('Symbols that have it.'),
        }),
      )
      .describe('Measured of its stream.'),
    factors: z
      .array(
        z.strictObject({
          component: component.describe('Component of the score (docs/explanation/selection.md).'),
          value: z.number().nullable().describe('Before it is mapped; null where it cannot be evaluated.'),
          probability: z.number().describe('In (0, 1].'),
          weight: z.number().describe('Of the component.'),
          factor: z.number().describe('The probability to the power of the weight.'),
          isAbsent: z.boolean().describe('Whether it is not known, and stands at one half.'),
        }),
      )
      .describe('Together with the multiplier they multiply to the score.'),
    multiplier: z.number().describe('Of the score.'),
    score,
    rank,
    absentEverywhere: z.array(component).describe('Components that nobody has.'),
    absent: z.array(z.string()).describe('Components that others have and this symbol lacks.'),
    vetoes: z
      .array(
        z.strictObject({
          code: vetoCodeSchema.describe('Which veto.'),
          outcome: z
            .enum(['met', 'passed', 'not evaluated', 'not asked', 'cannot act'])
            .describe('What came of it; `cannot act` where no data of so many rows can reach its threshold.'),
          values: z.array(z.number()).describe('What was measured.'),
          thresholds: z.array(z.number()).describe('What it was held against.'),
          missing: z.array(z.string()).describe('Fields of the metadata that are missing.'),
        }),
      )
      .describe('Every veto in the order in which they are asked.'),
    gate: z
      .strictObject({
        value: z.number().describe('Compounded return of its stream over the last 60 sessions, as a decimal fraction.'),
        least: z.number().describe('The least that passes, as a decimal fraction.'),
        passes: z.boolean().describe('Whether it does.'),
      })
      .describe('Recent return of its stream.'),
    passesGate,
    entropyBand: z.enum(['below', 'inside', 'above', 'not evaluated']).nullable().describe('Null where no band is set.'),
    cluster: z.string().describe('Its cluster, such as s1.'),
    quota: z
      .strictObject({
        winnersMax: count.describe('How many may win.'),
        meanCorrelation: z.number().nullable().describe('Within the cluster; null for one alone.'),
      })
      .describe('Of its cluster.'),
    opponents: z
      .array(z.strictObject({ symbol, direction, score, standing: namedStanding }))
      .describe('The other members of its cluster, best score first.'),
    isCashLike,
    clippedOn: z.array(date).describe('Sessions on which its short stream lost everything.'),
    standing: namedStanding,
    reach: z.array(reach).describe('Settings that cannot act on so many rows.'),
  })
  .meta({ id: 'SelectionAccount', description: 'Everything that a selection knows of a symbol.' });

export const selectionExplanationResult = z
  .strictObject({ ...ofDecision, account })
  .meta({ id: 'SelectionExplanation', description: 'Why a symbol won or did not.' });

const recordedClusters = record.clusters.shape;

const clusters = worded(
  'SelectionClusters',
  'Where the dendrogram was cut, and its rows.',
  record.clusters.extend({
    cut: worded('ClusterCut', 'Where a dendrogram was cut.', recordedClusters.cut, {
      criterion: 'Whether it was cut at a height (`distance`), or for so many clusters at most (`maxclust`).',
      value: 'The height, or the number of clusters.',
      height: 'Height at which it was cut; null where there was nothing to cut.',
    }),
    lookbacks: worded('ClusterLookbacks', 'Over which sessions distances were averaged.', recordedClusters.lookbacks, {
      used: 'Lookbacks that were used, in sessions.',
      leftOut: 'Lookbacks for which there are too few sessions.',
    }),
  }),
  {
    cut: 'Where it was cut.',
    labels: 'Number of the cluster of each symbol.',
    count: 'How many clusters there are.',
    lookbacks: 'Over which sessions distances were averaged.',
    linkage: 'Rows of the dendrogram, lowest first.',
  },
);

const battle = z.strictObject({
  id: z.string().describe('Cluster, such as s1.'),
  winnersMax: count.describe('How many may win.'),
  meanCorrelation: z.number().nullable().describe('Within the cluster; null for one alone.'),
  isWalkover: z.boolean().describe('Whether it is a cluster of one.'),
  contenders: z.array(z.strictObject({ symbol, direction, score, isCashLike, standing: placedStanding })).describe('Best score first.'),
});

export const selectionBattlesResult = z
  .strictObject({
    ...ofDecision,
    battles: z.array(battle).describe('By cluster.'),
    clusters,
    symbols: z.array(symbol).describe('What the leaves of the dendrogram stand for.'),
  })
  .meta({ id: 'SelectionBattles', description: 'Every cluster of a selection, and who won in it.' });

const vetoCount = worded('VetoCount', 'How often a veto was met first.', vetoCountSchema.shape.histogram.element, {
  code: 'Which veto.',
  count: 'Symbols that met it first.',
});

export const selectionFunnelResult = z
  .strictObject({
    ...ofDecision,
    funnel: z
      .strictObject({
        candidates: count.describe('Symbols that could win.'),
        excluded: count.describe('Kept out by a setting.'),
        vetoed: z.array(vetoCount).describe('First veto of each vetoed candidate, counted.'),
        gated: count.describe('Without a veto and below the gate.'),
        admittedByStage: z.array(count).describe('Winners that each stage added.'),
        winners: count.describe('Symbols that won.'),
      })
      .describe('Candidates at each step.'),
    absentEverywhere: z.array(component).describe('Components that nobody has.'),
    reach: z.array(reach).describe('Settings that cannot act on so many rows.'),
    run: selection.describe('Every decision of the run.'),
  })
  .meta({ id: 'SelectionFunnel', description: 'How many symbols are left after each step of a selection.' });

const side = z.strictObject({
  direction,
  score,
  rank,
  passesGate,
  vetoes,
  cluster: z.string().describe('Its cluster, such as s1.'),
  members: z.array(symbol).describe('Of its cluster.'),
  standing: namedStanding,
});

const moved = z
  .strictObject({
    symbol,
    before: side.nullable().describe('Null where it was not in the pool.'),
    after: side.nullable().describe('Null where it was not in the pool.'),
    factors: z
      .array(
        z.strictObject({
          factor: z.enum([...components, 'multiplier']).describe('A component of the score, or its multiplier.'),
          before: z.number().describe('Factor before; 1 for what took no part.'),
          after: z.number().describe('Factor after; 1 for what takes no part.'),
          logChange: z.number().describe('They sum to the change of the logarithm of the score.'),
        }),
      )
      .describe('Largest change first.'),
    logScoreChange: z.number().nullable().describe('Change of the natural logarithm of its score; null where it is in one pool only.'),
    vetoesCame: z.array(vetoCodeSchema).describe('Vetoes that it meets after and did not before.'),
    vetoesLeft: z.array(vetoCodeSchema).describe('Vetoes that it met before and does not after.'),
    clusterCame: z.array(symbol).describe('Symbols that came into its cluster.'),
    clusterLeft: z.array(symbol).describe('Symbols that left its cluster.'),
  })
  .meta({ id: 'MovedSymbol', description: 'A symbol in two selections.' });

const compared = z.strictObject(ofDecision);

export const selectionDifferenceResult = z
  .strictObject({
    before: compared.describe('The first selection.'),
    after: compared.describe('The second selection.'),
    settings: z
      .array(
        z.strictObject({
          path: z.string().describe('Path of the setting.'),
          before: json.describe('Of the first selection.'),
          after: json.describe('Of the second selection.'),
        }),
      )
      .describe('Settings that differ.'),
    jaccard: weight.describe('Winners in common, as a share of all winners of either.'),
    kept: z.array(symbol).describe('Winners of both.'),
    came: z.array(moved).describe('Winners of the second alone.'),
    left: z.array(moved).describe('Winners of the first alone.'),
    turned: z.array(moved).describe('Winners of both, with the other direction.'),
  })
  .meta({ id: 'SelectionDifference', description: 'Who came and who left between two selections, and what moved them.' });
