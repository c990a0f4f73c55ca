import { nameSchema } from '../../../domain/manifest/values.ts';
import { readers } from '../../../domain/people/api-roles.ts';
import { sleeveResult, sleevesResult } from '../answers/standing.ts';
import type { Resource } from '../endpoint.ts';
import { knownAt, pathArgument } from '../parameters.ts';

export const sleeves: Resource = {
  name: 'sleeves',
  description: 'Sleeves: their newest results, what is overdue, and who has them.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/sleeves',
      operationId: 'listSleeves',
      summary: 'Every sleeve: its newest run, what is overdue, dead letters, quarantine.',
      roles: readers,
      verb: ['sleeve', 'list'],
      parameters: [knownAt],
      result: sleevesResult,
    },
    {
      does: 'asks',
      path: '/v1/sleeves/{sleeve}',
      operationId: 'oneSleeve',
      summary: 'One sleeve, and the portfolios that have it.',
      roles: readers,
      verb: ['sleeve', 'show'],
      parameters: [pathArgument('sleeve', 'Sleeve profile, as its runs were requested.', nameSchema), knownAt],
      result: sleeveResult,
    },
  ],
};
