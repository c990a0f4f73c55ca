import { offeredOf } from './answering.ts';
import { sessionEndpoints, sessionResource } from './endpoints/session.ts';
import { streamEndpoint } from './endpoints/stream.ts';
import { fileQuestions } from './endpoints/files.ts';
import { offeredFile } from './file-question.ts';
import { sleeveResults } from './endpoints/sleeve-results.ts';
import { sleeveRuns } from './endpoints/sleeve-runs.ts';
import type { Offered } from './offered.ts';
import { openApiDocument } from './openapi.ts';
import type { ApiDocument } from './reference.ts';
import { resources } from './resources/all.ts';
import type { ApiService } from './service.ts';

/** Everything that is offered of a ledger, each with the rule that guards it. What is not declared in `resources` joins here. */
export function offeredEndpoints(service: ApiService): readonly Offered[] {
  const declared = resources.flatMap(({ name, endpoints }) => endpoints.map((endpoint) => offeredOf(endpoint, name, service)));
  const files = fileQuestions.map((question) => offeredFile(question, service));
  const intake = [sleeveResults(service), sleeveRuns(service)];
  return [...declared, ...files, ...intake, ...sessionEndpoints(service), streamEndpoint(service)];
}

/** The OpenAPI document of it. */
export function apiDocument(offered: readonly Offered[], version: string): ApiDocument {
  return openApiDocument(offered, [...resources, sessionResource], version) as ApiDocument;
}
