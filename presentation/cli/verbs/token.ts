import { apiRoleMeanings, type ApiRole, apiRoles } from '../../../domain/people/api-roles.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { suggestion } from '../../../domain/shared/suggest.ts';
import { createToken, tokenDaysByDefault, tokenDaysMax } from '../../../handlers/commands/create-token.ts';
import { revokeToken } from '../../../handlers/commands/revoke-token.ts';
import { listTokens } from '../../../handlers/queries/tokens.ts';
import { integerFlag, ledgerTimeFlag, listFlag, requiredFlag } from '../flags.ts';
import { type FlagValues, knownAtFlag, lines, table, type VerbCode } from '../verb.ts';

function rolesFlag(flags: FlagValues): ApiRole[] {
  const names = listFlag(flags, 'role');
  const unknown = names.find((name) => !(apiRoles as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new LedgerError('Usage', `--role: there is no role ${unknown}${suggestion(unknown, apiRoles)}`, { at: { path: '--role' } });
  if (names.length === 0) throw new LedgerError('Usage', `--role is needed: ${apiRoles.join(', ')}`, { at: { path: '--role' } });
  return apiRoles.filter((role) => names.includes(role));
}

export const tokenCreate: VerbCode = {
  flags: [
    { flags: '--holder <name>', summary: 'who is recorded for what the token does', required: true },
    {
      flags: '--role <list...>',
      summary: `what its bearer may do: ${apiRoles.map((role) => `${role} (${apiRoleMeanings[role]})`).join('; ')}`,
      required: true,
    },
    { flags: '--days <n>', summary: `days until it expires (default ${tokenDaysByDefault}, at most ${tokenDaysMax})` },
  ],
  examples: [
    'sleeve-ledger token create --holder cio --role approver',
    'sleeve-ledger token create --holder desk-etfs --role sender --days 365',
  ],
  writes: true,
  run: async (context, { flags }) => {
    const asked = { holder: requiredFlag(flags, 'holder'), roles: rolesFlag(flags), days: integerFlag(flags, 'days', tokenDaysByDefault) };
    const result = await createToken(await context.writing(), asked);
    const { tokenId, token, holder, roles, expiresAt } = result;
    return {
      result,
      people: [
        lines(`Token ${tokenId} of ${holder} (${roles.join(', ')}), until ${expiresAt}. It is shown this once and kept nowhere:`),
        { kind: 'commands', lines: [token] },
      ],
    };
  },
};

export const tokenList: VerbCode = {
  flags: [knownAtFlag],
  examples: ['sleeve-ledger token list'],
  writes: false,
  run: async (context, { flags }) => {
    const { tokens, lastUsesUnknown, position } = await listTokens((await context.reading()).ports, ledgerTimeFlag(flags));
    return {
      result: { tokens },
      position,
      warnings: lastUsesUnknown === null ? [] : [`when tokens were last used is not known: ${lastUsesUnknown}`],
      people: [
        table(
          ['token', 'holder', 'roles', 'made', 'by', 'until', 'standing', 'last used in the hour from'],
          tokens.map(({ tokenId, holder, roles, createdAt, createdBy, expiresAt, standing, lastUsedHour }) => [
            tokenId,
            holder,
            roles.join(' '),
            createdAt,
            createdBy,
            expiresAt,
            standing ?? 'unknown',
            lastUsedHour ?? '-',
          ]),
        ),
      ],
    };
  },
};

export const tokenRevoke: VerbCode = {
  flags: [{ flags: '--why <text>', summary: 'the reason, recorded', required: true }],
  examples: ['sleeve-ledger token revoke 0123456789abcdef --why "its bearer has left"'],
  writes: true,
  run: async (context, { args, flags }) => {
    const result = await revokeToken(await context.writing(), args[0]!, requiredFlag(flags, 'why'));
    return { result, people: [lines(`Token ${result.tokenId} of ${result.holder} is ${result.already ? 'already ' : ''}revoked.`)] };
  },
};
