/** Valid facts of a token's life. */
import type { EventData } from '../../domain/catalogue.ts';

type Created = EventData<'TokenCreated'>;

export const tokenFacts = {
  /** `digits` are the first of the hash, and so the id. */
  created: (holder: string, { digits = '0123456789abcdef', ...change }: Partial<Created> & { readonly digits?: string } = {}): Created => ({
    tokenId: digits,
    holder,
    roles: ['operator'],
    secretSha256: digits.padEnd(64, '5'),
    expiresAt: '2026-04-02T03:04:05.678Z',
    ...change,
  }),
};
