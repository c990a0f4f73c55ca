import { z } from 'zod';
import { apiRoles } from '../people/api-roles.ts';
import { sha256Hex } from '../shared/fields.ts';

/** Stream `token-<tokenId>`: one token of the HTTP API, from its making to its end. */

export const tokenIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

export const tokenCreatedSchema = z.strictObject({
  tokenId: tokenIdSchema,
  /** The name that is recorded for what its bearer does. */
  holder: z.string().min(1).max(200),
  roles: z.array(z.enum(apiRoles)).min(1),
  /** Of the whole token as its bearer sends it; the token itself is shown once and kept nowhere. */
  secretSha256: sha256Hex,
  /** From this instant on it is refused. */
  expiresAt: z.iso.datetime({ precision: 3 }),
});
export type TokenCreated = z.infer<typeof tokenCreatedSchema>;

export const tokenRevokedSchema = z.strictObject({ tokenId: tokenIdSchema, why: z.string().min(1).max(1_000) });
