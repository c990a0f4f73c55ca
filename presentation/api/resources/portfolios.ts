import { z } from 'zod';
import { readers } from '../../../domain/people/api-roles.ts';
import { comparisonResult } from '../answers/comparisons.ts';
import { explanationResult, parityResult, publicationsResult, weightsResult } from '../answers/portfolios.ts';
import { waiverResult, revocationResult, switchResult } from '../answers/decisions.ts';
import type { Resource } from '../endpoint.ts';
import { asOf, dateText, knownAt, metaInPath, pathArgument, queryText, querySwitch, risk } from '../parameters.ts';

const symbol = pathArgument('symbol', 'EXCHANGE:SYMBOL, with the colon as it is.');
const why = z.string().min(1).max(1_000).describe('The reason, recorded.');

export const portfolios: Resource = {
  name: 'portfolios',
  description: 'Meta portfolios: what is held, through which sleeves, why, and what changed.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/portfolios/{meta}/weights',
      operationId: 'portfolioWeights',
      summary: 'Sleeve and asset weights: what is held, and through which sleeves.',
      roles: readers,
      verb: ['weights'],
      parameters: [
        metaInPath,
        risk,
        querySwitch('published', 'The publication in force, or the one that was on as-of, whatever has been allocated since.'),
        asOf,
        knownAt,
      ],
      result: weightsResult,
    },
    {
      does: 'asks',
      path: '/v1/portfolios/{meta}/assets/{symbol}/explanation',
      operationId: 'explainWeight',
      summary: 'Why an asset has its weight: which sleeve gave how much, from which run, under which bounds.',
      roles: readers,
      verb: ['explain'],
      parameters: [metaInPath, symbol, risk, asOf, knownAt],
      result: explanationResult,
    },
    {
      does: 'asks',
      path: '/v1/portfolios/{meta}/publications',
      operationId: 'portfolioPublications',
      summary: 'Every publication, with who approved it and what it changed.',
      roles: readers,
      verb: ['publications'],
      parameters: [metaInPath, asOf, knownAt],
      result: publicationsResult,
    },
    {
      does: 'asks',
      path: '/v1/portfolios/{meta}/changes',
      operationId: 'portfolioChanges',
      summary: 'Why the weights differ from those of a date: sleeve results, covariance, bounds, definition.',
      roles: readers,
      verb: ['diff'],
      parameters: [
        metaInPath,
        queryText('since', 'The portfolio of this session is compared with that of now (default: the two newest runs).', dateText),
        risk,
        asOf,
        knownAt,
      ],
      result: comparisonResult,
    },
    {
      does: 'asks',
      path: '/v1/portfolios/{meta}/parity',
      operationId: 'portfolioParity',
      summary: 'Whether the sleeves are comparable, leaf by leaf; nothing is recorded.',
      roles: readers,
      verb: ['parity', 'check'],
      parameters: [metaInPath, asOf, knownAt],
      result: parityResult,
    },
    {
      does: 'records',
      path: '/v1/portfolios/{meta}/halt',
      operationId: 'haltPublication',
      summary: 'Halts publication: allocations are recorded, and none is published.',
      roles: ['operator'],
      verb: ['halt'],
      parameters: [metaInPath],
      body: z.strictObject({ why }),
      result: switchResult,
    },
    {
      does: 'records',
      path: '/v1/portfolios/{meta}/resume',
      operationId: 'resumePublication',
      summary: 'Resumes publication.',
      roles: ['operator'],
      verb: ['resume'],
      parameters: [metaInPath],
      body: z.strictObject({ why }),
      result: switchResult,
    },
    {
      does: 'records',
      path: '/v1/portfolios/{meta}/waivers',
      operationId: 'waiveParity',
      summary: 'Excepts differences between sleeves from parity until a date.',
      roles: ['approver'],
      verb: ['parity', 'waive'],
      parameters: [metaInPath],
      body: z.strictObject({
        paths: z.array(z.string().min(1).max(500)).min(1).max(100).describe('Leaves of the definitions that may differ.'),
        until: dateText.describe('The last day on which it holds.'),
        why,
      }),
      result: waiverResult,
    },
    {
      does: 'records',
      path: '/v1/portfolios/{meta}/waivers/{waiver}/revoke',
      operationId: 'revokeWaiver',
      summary: 'Ends an exception from parity.',
      roles: ['approver'],
      verb: ['parity', 'revoke'],
      parameters: [metaInPath, pathArgument('waiver', 'Id of the waiver.')],
      body: z.strictObject({ why }),
      result: revocationResult,
    },
  ],
};
