import type { RunQuestion } from '../../../handlers/runs/run-of.ts';
import { readers } from '../../../domain/people/api-roles.ts';
import { type RunKind, runKinds } from '../../../domain/run/run-kind.ts';
import { reportDocument } from '../../report/write-report.ts';
import type { ApiAnswer, ApiRequest } from '../../ports/ports.ts';
import { reportDocumentResult } from '../answers/report-document.ts';
import { entityTag, isHeld } from '../conditional.ts';
import type { DeclaredQuestion } from '../endpoint.ts';
import { inputOf } from '../input.ts';
import { guarded, type Offered } from '../offered.ts';
import { operationOf } from '../openapi.ts';
import { asOf, knownAt, pathArgument, queryText, runName } from '../parameters.ts';
import { jsonText, plainHeaders } from '../problem.ts';
import { RecentAnswers } from '../recent-answers.ts';
import type { ApiService } from '../service.ts';
import { z } from 'zod';

const declared: DeclaredQuestion = {
  does: 'asks',
  path: '/v1/runs/{run}/document',
  operationId: 'reportDocument',
  summary: 'The report of a run as sections of tables and charts with their numbers: what the page draws.',
  roles: readers,
  verb: ['report'],
  parameters: [
    pathArgument('run', 'Id of a run.', runName),
    queryText('meta', 'Of which portfolio, where the run is named by a word.'),
    queryText('sleeve', 'Of which sleeve, where the run is named by a word.'),
    queryText('book', 'Of which book, where the run is named by a word.'),
    queryText('kind', 'Kind of run, where it is named by a word.', z.enum(runKinds)),
    asOf,
    knownAt,
  ],
  result: reportDocumentResult,
};

function questionOf(request: ApiRequest): RunQuestion {
  const { args, flags } = inputOf(declared, request);
  const text = (name: string): string | null => (flags[name] as string | undefined) ?? null;
  return {
    runId: args[0]!,
    meta: text('meta'),
    sleeve: text('sleeve'),
    book: text('book'),
    kind: text('kind') as RunKind | null,
    asOf: text('asOf'),
    knownAt: text('knownAt'),
  };
}

/** The document that the verb `report` writes, before it is markdown or HTML. */
export function reportDocumentEndpoint(service: ApiService): Offered {
  const { session } = service;
  const recent = new RecentAnswers();
  const computed = async (request: ApiRequest, position: string | null): Promise<ApiAnswer> => {
    const result = await reportDocument(session, questionOf(request), 'all');
    const { ledgerId } = session.ledger;
    return {
      status: 200,
      headers: { ...plainHeaders, 'content-type': 'application/json; charset=utf-8', etag: entityTag(position) },
      body: jsonText({ ok: true, command: 'report', ledgerId, position, result, warnings: [] }),
    };
  };
  const answer = async (request: ApiRequest): Promise<ApiAnswer> => {
    const head = await session.ports.store.head();
    const given = await recent.answer(request.target, head, () => computed(request, head));
    return isHeld(request, given.headers['etag']!) ? { status: 304, headers: given.headers, body: '' } : given;
  };
  return {
    endpoint: guarded({ method: 'GET', path: declared.path, roles: declared.roles, bodyBytesMax: 0 }, service, answer),
    access: declared.roles,
    tag: 'runs',
    operation: operationOf(declared, 'runs'),
  };
}
