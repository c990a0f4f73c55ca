import type { LintedRule } from '../../../domain/lint/rule.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { lintedProfile } from '../../../handlers/queries/lint-profile.ts';
import { csvFlags } from '../csv-flags.ts';
import { filesFlag, isSet, listFlag, requiredFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { readPriceFiles, renameFlags } from '../price-flags.ts';
import { heading, lines, table, type VerbCode } from '../verb.ts';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function rulesTable(rules: readonly LintedRule[]) {
  return table(
    ['rule', 'status', 'value', 'expected', 'why'],
    rules.map(({ rule, status, value, expected, why }) => [rule, status, shown(value), shown(expected), why]),
  );
}

export const manifestLint: VerbCode = {
  flags: [
    { flags: '--profile <name>', summary: 'sleeve profile or alias', required: true },
    { flags: '--symbols <list...>', summary: 'symbols to judge where the manifest lists none' },
    { flags: '--prices <file...>', summary: 'daily closes: their columns are the symbols, and pegged coins show' },
    { flags: '--strict', summary: 'exit 1 when a rule is broken' },
    ...renameFlags,
    ...csvFlags,
  ],
  examples: ['sleeve-ledger manifest lint --profile crypto', 'sleeve-ledger manifest lint --profile crypto --prices crypto.csv --strict'],
  writes: false,
  run: async (context, { flags }) => {
    const manifest = await readManifest(context);
    const files = await readPriceFiles(context, flags, filesFlag(flags, 'prices'));
    const named = listFlag(flags, 'symbols');
    const lint = lintedProfile({ manifest, profile: requiredFlag(flags, 'profile'), symbols: named.length === 0 ? null : named, files });
    const broken = lint.rules.filter(({ breaks }) => breaks);
    const names = broken.map(({ rule }) => rule).join(', ');
    return {
      result: lint,
      failure:
        broken.length > 0 && isSet(flags, 'strict')
          ? new LedgerError('RulesBroken', `Profile ${lint.profile} breaks ${names}`, {
              evidence: { rules: broken.map(({ rule }) => rule) },
            })
          : null,
      people: [
        heading(`Profile ${lint.profile}${lint.isCrypto ? ', a crypto sleeve' : ''}`),
        rulesTable(lint.rules),
        lines(
          broken.length === 0 ? 'No rule is broken.' : `Broken: ${names}.`,
          ...(lint.stableCoins.length === 0
            ? []
            : [`Stable coins: ${lint.stableCoins.map(({ symbol, because }) => `${symbol} (${because})`).join(', ')}.`]),
        ),
      ],
    };
  },
};
