import { z } from 'zod';
import { nameSchema } from '../../../domain/manifest/values.ts';
import { readers } from '../../../domain/people/api-roles.ts';
import { definitionDecisionResult, letterDecisionResult, quarantineResult } from '../answers/decisions.ts';
import { deadLettersResult, statusResult, workersResult } from '../answers/operations.ts';
import type { Resource } from '../endpoint.ts';
import { knownAt, pathArgument, queryText, querySwitch, why } from '../parameters.ts';

const letter = pathArgument('letter', 'Id of the letter.');
const sleeve = pathArgument('sleeve', 'Sleeve profile, as its runs were requested.', nameSchema);
const proposal = pathArgument('proposal', 'Number of the proposal.');

export const operations: Resource = {
  name: 'operations',
  description: 'Where everything stands, dead letters, sleeves and definitions that wait.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/status',
      operationId: 'status',
      summary: 'Where every portfolio and sleeve stands, and what waits for what.',
      roles: readers,
      verb: ['status'],
      parameters: [queryText('meta', 'Only this portfolio with its sleeves.'), knownAt],
      result: statusResult,
    },
    {
      does: 'asks',
      path: '/v1/workers',
      operationId: 'workers',
      summary: 'How every worker stands, by what it says itself: its roles, and how far behind they are.',
      roles: readers,
      verb: ['workers'],
      parameters: [],
      result: workersResult,
    },
    {
      does: 'asks',
      path: '/v1/dead-letters',
      operationId: 'listDeadLetters',
      summary: 'Messages that were refused, page by page: `next` of an answer is the `after` of the next page.',
      roles: readers,
      verb: ['dlq', 'list'],
      parameters: [
        queryText('sleeve', 'Only of this sleeve.'),
        querySwitch('all', 'Also those that were resolved.'),
        queryText('after', 'The page behind this letter.'),
        queryText('limit', 'Letters of a page.'),
        knownAt,
      ],
      result: deadLettersResult,
    },
    {
      does: 'records',
      path: '/v1/dead-letters/{letter}/retry',
      operationId: 'retryDeadLetter',
      summary: 'Judges a refused message again.',
      roles: ['operator'],
      verb: ['dlq', 'retry'],
      parameters: [letter],
      body: z.strictObject({ why }),
      result: letterDecisionResult,
    },
    {
      does: 'records',
      path: '/v1/dead-letters/{letter}/discard',
      operationId: 'discardDeadLetter',
      summary: 'Gives a refused message up: what waits behind it goes on.',
      roles: ['operator'],
      verb: ['dlq', 'discard'],
      parameters: [letter],
      body: z.strictObject({ why }),
      result: letterDecisionResult,
    },
    {
      does: 'records',
      path: '/v1/sleeves/{sleeve}/quarantine',
      operationId: 'quarantineSleeve',
      summary: 'Keeps the results of a sleeve out of every portfolio.',
      roles: ['operator'],
      verb: ['sleeve', 'quarantine'],
      parameters: [sleeve],
      body: z.strictObject({ why }),
      result: quarantineResult,
    },
    {
      does: 'records',
      path: '/v1/sleeves/{sleeve}/reinstate',
      operationId: 'reinstateSleeve',
      summary: 'Lets a sleeve that was in quarantine count again.',
      roles: ['operator'],
      verb: ['sleeve', 'reinstate'],
      parameters: [sleeve],
      body: z.strictObject({ why }),
      result: quarantineResult,
    },
    {
      does: 'records',
      path: '/v1/proposals/{proposal}/approve',
      operationId: 'approveDefinition',
      summary: 'Puts a proposed definition in force.',
      roles: ['approver'],
      verb: ['manifest', 'approve'],
      parameters: [proposal],
      body: z.strictObject({ why }),
      result: definitionDecisionResult,
    },
    {
      does: 'records',
      path: '/v1/proposals/{proposal}/reject',
      operationId: 'rejectDefinition',
      summary: 'Refuses a proposed definition.',
      roles: ['approver'],
      verb: ['manifest', 'reject'],
      parameters: [proposal],
      body: z.strictObject({ why }),
      result: definitionDecisionResult,
    },
  ],
};
