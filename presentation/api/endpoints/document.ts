import type { ApiEndpoint } from '../../ports/ports.ts';
import { jsonText, plainHeaders } from '../problem.ts';

/** What the API says of itself, to anybody: the document holds nothing of any ledger. */
export function documentEndpoint(document: object): ApiEndpoint {
  const body = jsonText(document);
  return {
    method: 'GET',
    path: '/v1/openapi.json',
    bodyBytesMax: 0,
    answer: async () => ({ status: 200, headers: { ...plainHeaders, 'content-type': 'application/json; charset=utf-8' }, body }),
  };
}
