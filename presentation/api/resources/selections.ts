import { readers } from '../../../domain/people/api-roles.ts';
import {
  selectionBattlesResult,
  selectionDifferenceResult,
  selectionExplanationResult,
  selectionFunnelResult,
} from '../answers/selections.ts';
import type { Resource } from '../endpoint.ts';
import { asOf, knownAt, ofSleeve, pathArgument, querySwitch, queryText, runName, wholeNumber } from '../parameters.ts';

const run = pathArgument('run', 'Id of a sleeve run.', runName);
const which = [
  queryText('window', 'The decision of this window of the walk-forward, counted from 0.', wholeNumber),
  querySwitch('live', 'The decision for the weights to hold from now on (default, where the universe is dynamic).'),
  querySwitch('static', 'The one decision of a static universe (default there).'),
  ofSleeve,
  asOf,
  knownAt,
];

export const selections: Resource = {
  name: 'selections',
  description: 'Who entered a sleeve, by which numbers, and what changed.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/selections/{run}/explain/{symbol}',
      operationId: 'explainSelection',
      summary: 'Why a symbol won or did not: score by its factors, every veto against its threshold, cluster, opponents, stage.',
      roles: readers,
      verb: ['select', 'explain'],
      parameters: [run, pathArgument('symbol', 'EXCHANGE:SYMBOL, with the colon as it is.'), ...which],
      result: selectionExplanationResult,
    },
    {
      does: 'asks',
      path: '/v1/selections/{run}/battles',
      operationId: 'selectionBattles',
      summary: 'Every cluster of a selection: who may win, who did, and the dendrogram behind it.',
      roles: readers,
      verb: ['select', 'battles'],
      parameters: [run, ...which],
      result: selectionBattlesResult,
    },
    {
      does: 'asks',
      path: '/v1/selections/{run}/funnel',
      operationId: 'selectionFunnel',
      summary: 'How many symbols are left after each step of a selection, and how it went on over the windows.',
      roles: readers,
      verb: ['select', 'funnel'],
      parameters: [run, ...which],
      result: selectionFunnelResult,
    },
    {
      does: 'asks',
      path: '/v1/selections/{run}/diff',
      operationId: 'selectionDifference',
      summary: 'Who came and who left between two selections, and which factor, veto or cluster moved them.',
      roles: readers,
      verb: ['select', 'diff'],
      parameters: [
        run,
        { ...queryText('after', 'The run to compare with (default: the same, with `against`).', runName), place: { kind: 'argument' } },
        queryText('against', 'Decision of the later one: a window, live or static (default: the same as of the first).'),
        ...which,
      ],
      result: selectionDifferenceResult,
    },
  ],
};
