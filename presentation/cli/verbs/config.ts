import { redacted } from '../../../handlers/runtime/settings.ts';
import { table, type VerbCode } from '../verb.ts';

export const configShow: VerbCode = {
  flags: [],
  examples: ['sleeve-ledger config show'],
  writes: false,
  run: async ({ settings, settingsFrom }) => {
    const shown = Object.entries(settings).map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? redacted(value) : value,
      from: settingsFrom[name as keyof typeof settings],
    }));
    return {
      result: { settings: shown },
      people: [
        table(
          ['setting', 'value', 'from'],
          shown.map(({ name, value, from }) => [
            name,
            typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
            from,
          ]),
        ),
      ],
    };
  },
};
