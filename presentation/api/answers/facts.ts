/** Everything that a run recorded: the schemas are those of its events. */
import { z } from 'zod';
import { backtestSlice } from '../../../domain/backtest-run/slice.ts';
import { combinationSlice } from '../../../domain/combination/slice.ts';
import { metaRunSlice } from '../../../domain/meta-run/slice.ts';
import type { Slice } from '../../../domain/shared/slice.ts';
import { sleeveRunSlice } from '../../../domain/sleeve-run/slice.ts';
import { tournamentSlice } from '../../../domain/tournament-run/slice.ts';
import { run } from './runs.ts';
import { count, dataEnd, person, time } from './values.ts';

function factOf(type: string, { schema, retained, meaning }: Slice[string]): z.ZodObject {
  const versions = [schema, ...Object.values(retained ?? {})];
  return z
    .strictObject({
      type: z.literal(type).describe('Type of the event.'),
      revision: count.describe('Its place in the stream of the run, from 0.'),
      recordedAt: time.describe('When it was recorded, in UTC.'),
      actor: person.describe('Whoever is recorded as its author.'),
      data: versions.length === 1 ? schema : z.union(versions as [z.ZodType, z.ZodType, ...z.ZodType[]]),
    })
    .meta({ id: `${type}Fact`, description: meaning });
}

const factsOf = new Map<string, z.ZodObject>();

function fact(type: string, kind: Slice[string]): z.ZodObject {
  const known = factsOf.get(type) ?? factOf(type, kind);
  factsOf.set(type, known);
  return known;
}

function resultOf(id: string, description: string, ...slices: readonly Slice[]): z.ZodType {
  const all = Object.assign({}, ...slices) as Slice;
  const facts = Object.entries(all).map(([type, kind]) => fact(type, kind));
  return z
    .strictObject({
      run,
      dataEnd: dataEnd.nullable().describe('Where the data of a sleeve run end; null for any other run, and where it does not say.'),
      facts: z
        .array(z.discriminatedUnion('type', facts as unknown as [z.ZodObject<{ type: z.ZodLiteral }>, z.ZodObject<{ type: z.ZodLiteral }>]))
        .describe('In the order in which they were recorded; older versions as the newest has them.'),
    })
    .meta({ id, description });
}

const everySlice: readonly Slice[] = [sleeveRunSlice, metaRunSlice, backtestSlice, combinationSlice, tournamentSlice];

export const runFactsResult = resultOf('RunFacts', 'Everything that a run of any kind recorded.', ...everySlice);
export const backtestFactsResult = resultOf('BacktestFacts', 'Everything that a backtest recorded.', backtestSlice);
export const tournamentFactsResult = resultOf('TournamentFacts', 'Everything that a tournament recorded.', tournamentSlice);
export const combinationFactsResult = resultOf('CombinationFacts', 'Everything that a combination recorded.', combinationSlice);
