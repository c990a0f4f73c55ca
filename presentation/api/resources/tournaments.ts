import { readers } from '../../../domain/people/api-roles.ts';
import { tournamentFactsResult } from '../answers/facts.ts';
import { runsResult } from '../answers/runs.ts';
import type { Resource } from '../endpoint.ts';
import { asOf, knownAt, newestFirst, ofSleeve, pageLimit, pathArgument, queryText, runName } from '../parameters.ts';

export const tournaments: Resource = {
  name: 'tournaments',
  description: 'Tournaments of sleeves: ranks, and how much of the order is luck.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/tournaments',
      operationId: 'listTournaments',
      summary: 'Every tournament, and what became of it.',
      roles: readers,
      verb: ['runs'],
      always: { kind: 'tournament' },
      parameters: [
        queryText('name', 'Only of this sleeve.'),
        newestFirst,
        queryText('after', 'The page behind this tournament.', runName),
        pageLimit,
        asOf,
        knownAt,
      ],
      result: runsResult,
    },
    {
      does: 'asks',
      path: '/v1/tournaments/{run}',
      operationId: 'oneTournament',
      summary: 'Everything that a tournament recorded: axes, ranks, pairs, figures of each entrant.',
      roles: readers,
      verb: ['show'],
      always: { kind: 'tournament' },
      parameters: [pathArgument('run', 'Id of a tournament.', runName), ofSleeve, asOf, knownAt],
      result: tournamentFactsResult,
    },
  ],
};
