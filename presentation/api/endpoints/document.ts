import type { Crypto } from '../../../handlers/ports/ports.ts';
import type { ApiEndpoint } from '../../ports/ports.ts';
import { jsonText, plainHeaders } from '../problem.ts';
import type { ApiDocument } from '../reference.ts';
import { referencePage, referenceStyle } from '../reference-page.ts';

function told(path: string, headers: Readonly<Record<string, string>>, textOf: () => string): ApiEndpoint {
  let text: string | null = null;
  return {
    method: 'GET',
    path,
    bodyBytesMax: 0,
    answer: async () => ({ status: 200, headers: { ...plainHeaders, ...headers }, body: (text ??= textOf()) }),
  };
}

/** What the API says of itself, to programs and to people. It is for anybody: it holds nothing of any ledger. */
export function documentEndpoints(document: ApiDocument, { sha256 }: Pick<Crypto, 'sha256'>): readonly ApiEndpoint[] {
  const style = Buffer.from(sha256(new TextEncoder().encode(referenceStyle))).toString('base64');
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return [
    told('/v1/openapi.json', { 'content-type': 'application/json; charset=utf-8' }, () => jsonText(document)),
    told('/v1/reference', { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }, () => referencePage(document)),
  ];
}
