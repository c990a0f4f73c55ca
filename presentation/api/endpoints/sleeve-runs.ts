import { z } from 'zod';
import { nameSchema } from '../../../domain/manifest/values.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { archivedRun } from '../../../handlers/intake/run-directory/archived-run.ts';
import type { ApiAnswer, ApiRequest } from '../../ports/ports.ts';
import { portfoliosBeside, type SleeveRunResult, sleeveRunResult } from '../answers/intake.ts';
import { envelope } from '../answering.ts';
import type { Identity } from '../identity.ts';
import { inputOf } from '../input.ts';
import { guarded, type Offered } from '../offered.ts';
import { answerSchema, jsonSchema, parameterOf, problem } from '../openapi.ts';
import { queryText } from '../parameters.ts';
import { jsonText, plainHeaders } from '../problem.ts';
import { standingAfter, waitParameter } from '../reaction.ts';
import type { ApiService } from '../service.ts';

const path = '/v1/sleeve-runs';
const roles = ['sender'] as const;
const tag = 'intake';
const verb = ['sleeve', 'import'] as const;

/** What stands for the archive where a refusal names a file. */
const shownAs = 'run.zip';

const parameters = [
  queryText('profile', 'Sleeve to file the run under (default: the profile that its manifest names).', nameSchema),
  queryText('map', '`engine=NAME,simulator=NAME`: decides ambiguous file names.'),
  queryText(
    'correction',
    'Correction number of the same as-of date: the newest recorded and 1 more (default: 0).',
    z.string().regex(/^\d{1,9}$/),
  ),
] as const;

function requireZip({ headers }: ApiRequest): void {
  const mediaType = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType !== 'application/zip')
    throw new LedgerError('RequestInvalid', 'a run directory is sent as application/zip', { at: { path: 'content-type' } });
}

function operation(): object {
  const answer = answerSchema({ verb, result: sleeveRunResult }) as { readonly properties: object };
  return {
    operationId: 'sendSleeveRun',
    tags: [tag],
    summary: 'Takes a run directory in, packed as ZIP.',
    description:
      'Read, judged and recorded like a run directory on the disk; the same files sent again change nothing. Recorded under the name of ' +
      `whoever is authenticated. For the role ${roles.join(', ')}. The same at the command line: \`sleeve-ledger ${verb.join(' ')}\`.`,
    security: [{ bearer: [] }],
    'x-roles': roles,
    'x-verb': verb.join(' '),
    parameters: [...parameters.map(parameterOf), waitParameter, { $ref: '#/components/parameters/IdempotencyKey' }],
    requestBody: {
      required: true,
      content: {
        'application/zip': {
          schema: { type: 'string', format: 'binary', description: 'The directory, or one folder that is the directory, packed as ZIP.' },
        },
      },
    },
    responses: {
      200: {
        description: 'Recorded, or recorded before (`already`); `ok` is false for a run that is not eligible, which is recorded too.',
        content: {
          'application/json': {
            schema: { ...answer, properties: { ...answer.properties, portfolios: jsonSchema(portfoliosBeside, 'output') } },
          },
        },
      },
      default: problem,
    },
  };
}

/** Run directories, from those who share no folder with the ledger. */
export function sleeveRuns(service: ApiService): Offered {
  const answer = async (request: ApiRequest, identity: Identity): Promise<ApiAnswer> => {
    requireZip(request);
    const input = inputOf({ parameters }, request);
    const context = service.contextFor(identity, request);
    const directory = archivedRun(await context.tools.archives.open(request.body), shownAs);
    const runDirectories = { ...context.tools.runDirectories, open: async () => directory };
    const { run } = await service.verb(verb);
    const outcome = await run(
      { ...context, tools: { ...context.tools, runDirectories } },
      { ...input, flags: { ...input.flags, run: shownAs } },
    );
    service.sealSoon();
    const { session } = service;
    const { runId } = outcome.result as SleeveRunResult;
    const portfolios = await standingAfter(service, request, runId);
    const position = await session.ports.store.head();
    const told = { ...envelope({ verb }, outcome, session.ledger.ledgerId, position), portfolios };
    return {
      status: 200,
      headers: { ...plainHeaders, 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
      body: jsonText(told),
    };
  };
  return {
    endpoint: guarded({ method: 'POST', path, roles, bodyBytesMax: limits.runArchiveBytesMax, records: 'messages' }, service, answer),
    access: roles,
    tag,
    operation: operation(),
  };
}
