import { exchangeWarnings } from '../../../domain/shared/symbol.ts';
import { writeStarterManifest } from '../../../handlers/commands/write-starter-manifest.ts';
import { csvAsked, csvFlags } from '../csv-flags.ts';
import { readingWarnings } from '../price-warnings.ts';
import { filesFlag } from '../flags.ts';
import { commands as commandLines, lines, type VerbCode } from '../verb.ts';

export const init: VerbCode = {
  flags: [
    { flags: '--prices <file...>', summary: 'price files, CSV or parquet', required: true },
    { flags: '--force', summary: 'replace a manifest that is there; never a ledger, a log of one, a key or a checkpoint' },
    ...csvFlags,
  ],
  examples: ['sleeve-ledger init --prices equities.csv etfs.csv crypto.csv'],
  writes: false,
  run: async ({ settings, tools }, { flags }) => {
    const file = settings.manifest;
    const given = { files: filesFlag(flags, 'prices'), asked: csvAsked(flags) };
    const starter = await writeStarterManifest(tools, file, given);
    const commands = starter.profiles.map(
      ({ profile, file: prices }) => `sleeve-ledger flow production --profile ${profile} --prices ${prices}`,
    );
    if (starter.metaProfile !== null) commands.push(`sleeve-ledger flow meta --profile ${starter.metaProfile}`);
    return {
      result: { manifest: file, profiles: starter.profiles, metaProfile: starter.metaProfile, notes: starter.notes, next: commands },
      warnings: [...readingWarnings(starter.read), ...exchangeWarnings(starter.read.flatMap(({ table }) => table.symbols))],
      people: [
        lines(
          `Wrote ${file} with ${starter.profiles.length} sleeve ` +
            `profiles${starter.metaProfile === null ? '' : ` and the meta profile ${starter.metaProfile}`}.`,
          ...starter.notes,
          'Next:',
        ),
        commandLines(...commands.map((command) => `  ${command}`)),
      ],
    };
  },
};
