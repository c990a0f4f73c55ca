import { z } from 'zod';
import { readers } from '../../../domain/people/api-roles.ts';
import { counterfactualResult, runDifferenceResult } from '../answers/comparisons.ts';
import { runsResult, timelineResult } from '../answers/runs.ts';
import { runFactsResult } from '../answers/facts.ts';
import { replayResult } from '../answers/replay.ts';
import { approvalResult, rejectionResult } from '../answers/decisions.ts';
import { robustnessResult } from '../answers/robustness.ts';
import { seriesResult } from '../answers/series.ts';
import type { Resource } from '../endpoint.ts';
import { asOf, knownAt, newestFirst, pageLimit, pathArgument, queryList, queryText, risk, runName, why } from '../parameters.ts';

const run = pathArgument('run', 'Id of a run.', runName);
const naming = [
  queryText('meta', 'Of which portfolio, where the run is named by a word.'),
  queryText('sleeve', 'Of which sleeve, where the run is named by a word.'),
  queryText('book', 'Of which book, where the run is named by a word.'),
  queryText('kind', 'Kind of run, where it is named by a word.'),
];

export const runs: Resource = {
  name: 'runs',
  description: 'Runs of every kind: sleeve runs, meta runs, backtests, combinations, tournaments.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/runs',
      operationId: 'listRuns',
      summary: 'Every run in ledger order, and what became of it.',
      roles: readers,
      verb: ['runs'],
      parameters: [
        queryText('name', 'Only of this sleeve, meta portfolio or book.'),
        queryText('kind', 'Only runs of this kind.'),
        newestFirst,
        queryText('after', 'The page behind this run.', runName),
        pageLimit,
        asOf,
        knownAt,
      ],
      result: runsResult,
    },
    {
      does: 'asks',
      path: '/v1/runs/{run}',
      operationId: 'oneRun',
      summary: 'Everything that a run recorded, whatever its kind: settings, results, tables by their address.',
      roles: readers,
      verb: ['show'],
      parameters: [run, ...naming, asOf, knownAt],
      result: runFactsResult,
    },
    {
      does: 'asks',
      path: '/v1/runs/{run}/series',
      operationId: 'listSeries',
      summary: 'What tables there are behind a run.',
      roles: readers,
      verb: ['export', 'series'],
      parameters: [run, ...naming, queryText('risk', 'Risk profile; a combination and a tournament have none.'), asOf, knownAt],
      result: seriesResult,
    },
    {
      does: 'asks',
      path: '/v1/runs/{run}/robustness',
      operationId: 'backtestRobustness',
      summary: 'How much of a backtest is luck: trials before it, resampled histories, other starts, other splits.',
      roles: readers,
      verb: ['backtest', 'robustness'],
      parameters: [
        run,
        naming[0]!,
        queryList('checks', 'Which checks; may be repeated (default: all).'),
        queryList('risk', 'Risk profiles; may be repeated (default: those that were tested).'),
        queryText('seed', 'Of the bootstrap: the same seed draws the same rows.', z.string().regex(/^\d{1,20}$/, 'a whole number')),
        queryText('repetitions', 'Replicates of the bootstrap.', z.string().regex(/^\d{1,5}$/, 'a whole number up to 99999')),
      ],
      result: robustnessResult,
    },
    {
      does: 'asks',
      path: '/v1/runs/{run}/timeline',
      operationId: 'runTimeline',
      summary: 'The events of a run, in order, and what was decided about it.',
      roles: readers,
      verb: ['timeline'],
      parameters: [run, ...naming, asOf, knownAt],
      result: timelineResult,
    },
    {
      does: 'asks',
      path: '/v1/runs/{run}/recomputation',
      operationId: 'recomputeRun',
      summary: 'Recomputes a run from the ledger alone, with this build, and compares it with what was recorded.',
      heavy: true,
      roles: readers,
      verb: ['replay'],
      parameters: [run, ...naming, asOf, knownAt],
      body: z.strictObject({ strict: z.boolean().optional().describe('Whether a difference within 1e-12 counts as one.') }),
      result: replayResult,
    },
    {
      does: 'asks',
      path: '/v1/runs/{before}/changes/{after}',
      operationId: 'compareRuns',
      summary: 'Why the weights of two meta runs differ: sleeve results, covariance, bounds, definition.',
      roles: readers,
      verb: ['diff'],
      parameters: [
        pathArgument('before', 'Id of the earlier meta run.', runName),
        pathArgument('after', 'Id of the later meta run.', runName),
        risk,
      ],
      result: runDifferenceResult,
    },
    {
      does: 'asks',
      path: '/v1/runs/{run}/counterfactual',
      operationId: 'counterfactual',
      summary: 'What a meta run would have allocated, or a backtest given, under other settings; nothing is recorded.',
      heavy: true,
      roles: readers,
      verb: ['counterfactual'],
      parameters: [run, ...naming.slice(0, 1), ...naming.slice(3), asOf, knownAt],
      body: z.strictObject({
        set: z.array(z.string().min(3).max(500)).max(100).optional().describe('Settings as `path=value`.'),
        risk: z.array(z.string().min(1).max(80)).max(50).optional().describe('Risk profiles (default: those of the run).'),
        join: z.string().max(40).optional().describe('How returns are joined: compound or drop.'),
        projection: z.string().max(40).optional().describe('How weights are brought within bounds: euclidean or proportional.'),
        dropSleeve: z.array(z.string().min(1).max(80)).max(100).optional().describe('Sleeves that are left out.'),
      }),
      result: counterfactualResult,
    },
    {
      does: 'records',
      path: '/v1/runs/{run}/approve',
      operationId: 'approveRebalance',
      summary: 'Approves a rebalance that waits: its allocation is published.',
      roles: ['approver'],
      verb: ['approve'],
      parameters: [run, naming[0]!],
      body: z.strictObject({ why }),
      result: approvalResult,
    },
    {
      does: 'records',
      path: '/v1/runs/{run}/reject',
      operationId: 'rejectRebalance',
      summary: 'Rejects a rebalance that waits.',
      roles: ['approver'],
      verb: ['reject'],
      parameters: [run, naming[0]!],
      body: z.strictObject({ why }),
      result: rejectionResult,
    },
  ],
};
