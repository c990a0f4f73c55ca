import { readers } from '../../../domain/people/api-roles.ts';
import { scanConfigResult, scanFunnelResult, scansResult } from '../answers/scans.ts';
import type { Resource } from '../endpoint.ts';
import { asOf, knownAt, pathArgument, queryText } from '../parameters.ts';

const scanner = pathArgument('scanner', 'Id of the scanner.');

export const scans: Resource = {
  name: 'scans',
  description: 'Recorded scans for funds: what each filter and gate cost.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/scans',
      operationId: 'listScans',
      summary: 'Recorded scans, page by page: `next` of an answer is the `after` of the next page.',
      roles: readers,
      verb: ['scan', 'list'],
      parameters: [
        queryText('scanner', 'Only of this scanner.'),
        queryText('after', 'Behind this position.'),
        queryText('limit', 'Scans of a page.'),
        asOf,
        knownAt,
      ],
      result: scansResult,
    },
    {
      does: 'asks',
      path: '/v1/scans/{scanner}/funnel',
      operationId: 'scanFunnel',
      summary: 'What each filter and gate of a recorded scan cost, and what was not evaluated.',
      roles: readers,
      verb: ['scan', 'funnel'],
      parameters: [scanner, asOf],
      result: scanFunnelResult,
    },
    {
      does: 'asks',
      path: '/v1/scans/{scanner}/config',
      operationId: 'scanConfig',
      summary: 'The configuration that a recorded scan was made under: every leaf, and which file it is of.',
      roles: readers,
      verb: ['scan', 'config'],
      always: { recorded: true },
      parameters: [scanner, asOf],
      result: scanConfigResult,
    },
  ],
};
