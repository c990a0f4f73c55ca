import { listScans } from '../../../handlers/queries/scans.ts';
import { dateFlag, integerFlag, ledgerTimeFlag, textFlag } from '../flags.ts';
import { asOfFlag, history, knownAtFlag, lines, type VerbCode } from '../verb.ts';

export const scanList: VerbCode = {
  flags: [
    { flags: '--scanner <id>', summary: 'only scans of this scanner' },
    { flags: '--after <position>', summary: 'scans after this position; each answer names the next one' },
    { flags: '--limit <n>', summary: 'scans on a page (default: 100)' },
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger scan list', 'sleeve-ledger scan list --scanner etf_equity_momentum --limit 10'],
  writes: false,
  run: async (context, { flags }) => {
    const { ports } = await context.reading();
    const { scans, next } = await listScans(ports, {
      scanner: textFlag(flags, 'scanner'),
      asOf: dateFlag(flags, 'asOf'),
      knownAt: ledgerTimeFlag(flags),
      after: textFlag(flags, 'after'),
      maxCount: integerFlag(flags, 'limit', 100),
    });
    return {
      result: { scans, next },
      people: [
        history(
          ['scan', '#', 'recorded at', 'verdict', 'fetched', 'selected'],
          scans.map(({ name, number, recordedAt, verdict, fetched, selected }) => [
            name,
            String(number),
            recordedAt,
            verdict,
            String(fetched),
            String(selected),
          ]),
        ),
        ...(next === null ? [] : [lines(`More behind --after ${next}.`)]),
      ],
    };
  },
};
