import type { DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import type { ApiRole } from '../domain/people/api-roles.ts';
import type { Projection, Row, Rows } from './projection.ts';

/** `token/<tokenId>`: a token without its hash. */
export interface TokenRow {
  readonly tokenId: string;
  readonly holder: string;
  readonly roles: readonly ApiRole[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  /** Null while it was not revoked. */
  readonly revoked: { readonly at: string; readonly by: string; readonly why: string } | null;
}

export function tokenKey(tokenId: string): string {
  return `token/${tokenId}`;
}

function tokenIdOf(event: DomainEvent): string {
  return (event.data as { tokenId: string }).tokenId;
}

function apply({ type, data, envelope }: DomainEvent, rows: Rows): readonly Row[] {
  const { recordedAt, actor } = envelope;
  switch (type) {
    case 'TokenCreated': {
      const { tokenId, holder, roles, expiresAt } = data;
      return [
        { key: tokenKey(tokenId), value: { tokenId, holder, roles, createdAt: recordedAt, createdBy: actor, expiresAt, revoked: null } },
      ];
    }
    case 'TokenRevoked': {
      const key = tokenKey(data.tokenId);
      return [{ key, value: { ...(rows(key) as JsonObject), revoked: { at: recordedAt, by: actor, why: data.why } } }];
    }
    default:
      return [];
  }
}

/** Every token of the HTTP API, for people: who may do something is decided on the token's own stream. */
export const tokenDirectory: Projection = {
  name: 'token-directory',
  version: 1,
  types: ['TokenCreated', 'TokenRevoked'],
  keysFor: (event) => [tokenKey(tokenIdOf(event))],
  apply,
};
