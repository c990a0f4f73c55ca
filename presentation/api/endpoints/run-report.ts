import type { RunQuestion } from '../../../handlers/runs/run-of.ts';
import { readers } from '../../../domain/people/api-roles.ts';
import { type RunKind, runKinds } from '../../../domain/run/run-kind.ts';
import { reportDocument } from '../../report/write-report.ts';
import type { ApiAnswer, ApiRequest } from '../../ports/ports.ts';
import { reportResult } from '../answers/run-report.ts';
import { entityTag, isHeld } from '../conditional.ts';
import type { DeclaredQuestion } from '../endpoint.ts';
import { inputOf } from '../input.ts';
import { guarded, type Offered } from '../offered.ts';
import { operationOf } from '../openapi.ts';
import { asOf, knownAt, pathArgument, querySwitch, queryText, runName } from '../parameters.ts';
import { jsonText, plainHeaders } from '../problem.ts';
import { RecentAnswers } from '../recent-answers.ts';
import type { ApiService } from '../service.ts';
import { z } from 'zod';

const declared: DeclaredQuestion = {
  does: 'asks',
  path: '/v1/runs/{run}/report',
  operationId: 'runReport',
  summary: 'The report of a run as sections of tables and charts with their numbers: what the page draws.',
  roles: readers,
  verb: ['report'],
  parameters: [
    pathArgument('run', 'Id of a run.', runName),
    queryText('meta', 'Of which portfolio, where the run is named by a word.'),
    queryText('sleeve', 'Of which sleeve, where the run is named by a word.'),
    queryText('book', 'Of which book, where the run is named by a word.'),
    queryText('kind', 'Kind of run, where it is named by a word.', z.enum(runKinds)),
    querySwitch('all-holdings', 'Of a meta run, every asset of each profile (default: the ten largest).'),
    asOf,
    knownAt,
  ],
  result: reportResult,
};

function askedOf(request: ApiRequest): { readonly question: RunQuestion; readonly holdings: 'all' | 'top' } {
  const { args, flags } = inputOf(declared, request);
  const text = (name: string): string | null => (flags[name] as string | undefined) ?? null;
  return {
    question: {
      runId: args[0]!,
      meta: text('meta'),
      sleeve: text('sleeve'),
      book: text('book'),
      kind: text('kind') as RunKind | null,
      asOf: text('asOf'),
      knownAt: text('knownAt'),
    },
    holdings: flags['allHoldings'] === true ? 'all' : 'top',
  };
}

/** The document that the verb `report` writes, before it is markdown or HTML: by itself, as every answer that is a file. */
export function runReportEndpoint(service: ApiService): Offered {
  const { session } = service;
  const recent = new RecentAnswers();
  const computed = async (request: ApiRequest, position: string | null): Promise<ApiAnswer> => {
    const { question, holdings } = askedOf(request);
    const headers = { ...plainHeaders, 'content-type': 'application/json; charset=utf-8', etag: entityTag(position) };
    return { status: 200, headers, body: jsonText(await reportDocument(session, question, holdings)) };
  };
  const answer = async (request: ApiRequest): Promise<ApiAnswer> => {
    const head = await session.ports.store.head();
    const given = await recent.answer(request.target, head, request.signal, () => computed(request, head));
    return isHeld(request, given.headers['etag']!) ? { status: 304, headers: given.headers, body: '' } : given;
  };
  return {
    endpoint: guarded({ method: 'GET', path: declared.path, roles: declared.roles, bodyBytesMax: 0 }, service, answer),
    access: declared.roles,
    tag: 'runs',
    operation: operationOf(declared, 'runs'),
  };
}
