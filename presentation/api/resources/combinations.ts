import { readers } from '../../../domain/people/api-roles.ts';
import { combinationFactsResult } from '../answers/facts.ts';
import { runsResult } from '../answers/runs.ts';
import type { Resource } from '../endpoint.ts';
import { asOf, knownAt, newestFirst, ofBook, pageLimit, pathArgument, queryText, runName } from '../parameters.ts';

export const combinations: Resource = {
  name: 'combinations',
  description: 'Combinations of positions by risk budgets.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/combinations',
      operationId: 'listCombinations',
      summary: 'Every combination, and what became of it.',
      roles: readers,
      verb: ['runs'],
      always: { kind: 'combination' },
      parameters: [
        queryText('name', 'Only of this book.'),
        newestFirst,
        queryText('after', 'The page behind this combination.', runName),
        pageLimit,
        asOf,
        knownAt,
      ],
      result: runsResult,
    },
    {
      does: 'asks',
      path: '/v1/combinations/{run}',
      operationId: 'oneCombination',
      summary: 'Everything that a combination recorded, or why it was refused.',
      roles: readers,
      verb: ['show'],
      always: { kind: 'combination' },
      parameters: [pathArgument('run', 'Id of a combination.', runName), ofBook, asOf, knownAt],
      result: combinationFactsResult,
    },
  ],
};
