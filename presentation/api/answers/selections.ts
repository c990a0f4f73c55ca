/** Answers about the selections of sleeve runs. */
import { z } from 'zod';
import { components } from '../../../domain/selection/components.ts';
import { streamFeatures } from '../../../domain/selection/features.ts';
import { directionSchema, selectionRecordSchema, vetoCodeSchema, vetoCountSchema } from '../../../domain/selection/record.ts';
import { selectionModeSchema } from '../../../domain/selection/settings.ts';
import { decision, selection } from './runs.ts';
import { count, date, json, runId, sleeve, symbol, weight } from './values.ts';

const record = selectionRecordSchema.shape;
const component = z.enum(components);
const score = z.number().describe('Product of its factors.');
const direction = directionSchema.describe('Side on which its stream is held.');
const rank = z.int().positive().describe('1 for the best score of all symbols.');

const ofDecision = { runId, sleeve, decision };

const plainStandings = [
  z.strictObject({
    kind: z.literal('won'),
    stage: count.describe('In which stage, from 1.'),
    isQuotaWaived: z.boolean().describe('Whether its quota was lifted.'),
    isWalkover: z.boolean().describe('Whether it was alone in its cluster.'),
  }),
  z.strictObject({ kind: z.literal('benchmark') }),
  z.strictObject({ kind: z.literal('excluded'), because: z.enum(['cash_like', 'score_rank']) }),
  z.strictObject({ kind: z.literal('vetoed') }),
  z.strictObject({ kind: z.literal('gated') }),
] as const;

const namedStanding = z
  .discriminatedUnion('kind', [
    ...plainStandings,
    z.strictObject({ kind: z.literal('identity_taken'), by: symbol }),
    z.strictObject({ kind: z.literal('outscored'), by: z.array(symbol) }),
  ])
  .meta({ id: 'NamedStanding', description: 'Why a symbol won, or did not.' });

const placedStanding = z
  .discriminatedUnion('kind', [
    ...plainStandings,
    z.strictObject({ kind: z.literal('identity_taken'), by: count.describe('Place among the symbols.') }),
    z.strictObject({ kind: z.literal('outscored'), by: z.array(count).describe('Places among the symbols.') }),
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
          feature: z.enum(streamFeatures),
          value: z.number().nullable().describe('Null where it cannot be evaluated.'),
          rank: z.int().positive().nullable().describe('1 for the largest value.'),
          of: count.describe('Symbols that have it.'),
        }),
      )
      .describe('Measured of its stream.'),
    factors: z
      .array(
        z.strictObject({
          component,
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
          code: vetoCodeSchema,
          outcome: z.enum(['met', 'passed', 'not evaluated', 'not asked', 'cannot act']),
          values: z.array(z.number()).describe('What was measured.'),
          thresholds: z.array(z.number()).describe('What it was held against.'),
          missing: z.array(z.string()).describe('Fields of the metadata that are missing.'),
        }),
      )
      .describe('Every veto in the order in which they are asked.'),
    gate: z.strictObject({ value: z.number(), least: z.number(), passes: z.boolean() }).describe('Recent return of its stream.'),
    passesGate: z.boolean(),
    entropyBand: z.enum(['below', 'inside', 'above', 'not evaluated']).nullable().describe('Null where no band is set.'),
    cluster: z.string().describe('Its cluster, such as s1.'),
    quota: z.strictObject({ winnersMax: count, meanCorrelation: z.number().nullable() }).describe('Of its cluster.'),
    opponents: z
      .array(z.strictObject({ symbol, direction, score, standing: namedStanding }))
      .describe('The other members of its cluster, best score first.'),
    isCashLike: z.boolean(),
    clippedOn: z.array(date).describe('Sessions on which its short stream lost everything.'),
    standing: namedStanding,
    reach: z.array(reach),
  })
  .meta({ id: 'SelectionAccount', description: 'Everything that a selection knows of a symbol.' });

export const selectionExplanationResult = z
  .strictObject({ ...ofDecision, account })
  .meta({ id: 'SelectionExplanation', description: 'Why a symbol won or did not.' });

const battle = z.strictObject({
  id: z.string().describe('Cluster, such as s1.'),
  winnersMax: count.describe('How many may win.'),
  meanCorrelation: z.number().nullable().describe('Within the cluster; null for one alone.'),
  isWalkover: z.boolean().describe('Whether it is a cluster of one.'),
  contenders: z
    .array(z.strictObject({ symbol, direction, score, isCashLike: z.boolean(), standing: placedStanding }))
    .describe('Best score first.'),
});

export const selectionBattlesResult = z
  .strictObject({
    ...ofDecision,
    battles: z.array(battle),
    clusters: record.clusters.describe('Where the dendrogram was cut, and its rows.'),
    symbols: z.array(symbol).describe('What the leaves of the dendrogram stand for.'),
  })
  .meta({ id: 'SelectionBattles', description: 'Every cluster of a selection, and who won in it.' });

export const selectionFunnelResult = z
  .strictObject({
    ...ofDecision,
    funnel: z.strictObject({
      candidates: count,
      excluded: count.describe('Kept out by a setting.'),
      vetoed: vetoCountSchema.shape.histogram.describe('First veto of each vetoed candidate, counted.'),
      gated: count.describe('Without a veto and below the gate.'),
      admittedByStage: z.array(count).describe('Winners that each stage added.'),
      winners: count,
    }),
    absentEverywhere: z.array(component).describe('Components that nobody has.'),
    reach: z.array(reach),
    run: selection.describe('Every decision of the run.'),
  })
  .meta({ id: 'SelectionFunnel', description: 'How many symbols are left after each step of a selection.' });

const side = z.strictObject({
  direction,
  score,
  rank,
  passesGate: z.boolean(),
  vetoes: z.array(vetoCodeSchema),
  cluster: z.string(),
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
          factor: z.enum([...components, 'multiplier']),
          before: z.number(),
          after: z.number(),
          logChange: z.number().describe('They sum to the change of the logarithm of the score.'),
        }),
      )
      .describe('Largest change first.'),
    logScoreChange: z.number().nullable(),
    vetoesCame: z.array(vetoCodeSchema),
    vetoesLeft: z.array(vetoCodeSchema),
    clusterCame: z.array(symbol),
    clusterLeft: z.array(symbol),
  })
  .meta({ id: 'MovedSymbol', description: 'A symbol in two selections.' });

const compared = z.strictObject(ofDecision);

export const selectionDifferenceResult = z
  .strictObject({
    before: compared,
    after: compared,
    settings: z.array(z.strictObject({ path: z.string(), before: json, after: json })).describe('Settings that differ.'),
    jaccard: weight.describe('Winners in common, as a share of all winners of either.'),
    kept: z.array(symbol),
    came: z.array(moved),
    left: z.array(moved),
    turned: z.array(moved).describe('Winners of both, with the other direction.'),
  })
  .meta({ id: 'SelectionDifference', description: 'Who came and who left between two selections, and what moved them.' });
