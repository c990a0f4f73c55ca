import { readers } from '../../../domain/people/api-roles.ts';
import { backtestFactsResult } from '../answers/facts.ts';
import { runsResult } from '../answers/runs.ts';
import type { Resource } from '../endpoint.ts';
import { asOf, knownAt, newestFirst, ofMeta, pageLimit, pathArgument, queryText, runName } from '../parameters.ts';

export const backtests: Resource = {
  name: 'backtests',
  description: 'Backtests of portfolios: what they were asked, decided and earned.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/backtests',
      operationId: 'listBacktests',
      summary: 'Every backtest, and what became of it.',
      roles: readers,
      verb: ['runs'],
      always: { kind: 'backtest' },
      parameters: [
        queryText('name', 'Only of this portfolio.'),
        newestFirst,
        queryText('after', 'The page behind this backtest.', runName),
        pageLimit,
        asOf,
        knownAt,
      ],
      result: runsResult,
    },
    {
      does: 'asks',
      path: '/v1/backtests/{run}',
      operationId: 'oneBacktest',
      summary: 'Everything that a backtest recorded: settings, decisions, figures of each profile beside its baselines.',
      roles: readers,
      verb: ['show'],
      always: { kind: 'backtest' },
      parameters: [pathArgument('run', 'Id of a backtest.', runName), ofMeta, asOf, knownAt],
      result: backtestFactsResult,
    },
  ],
};
