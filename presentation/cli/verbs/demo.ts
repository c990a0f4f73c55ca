import { LedgerError } from '../../../domain/shared/errors.ts';
import type { MadeToken } from '../../../handlers/commands/create-token.ts';
import { leaveToDecide } from '../../demo/left-to-decide.ts';
import { runDemo } from '../../demo/run-demo.ts';
import { demoOutcome } from '../demo-result.ts';
import { csvAsked, csvFlags } from '../csv-flags.ts';
import { readingWarnings } from '../price-warnings.ts';
import { dateFlag, integerFlag, textFlag } from '../flags.ts';
import { type Block, commands, type FlagValues, heading, lines, type VerbCode } from '../verb.ts';
import { served, standardPort } from './serve.ts';

function outputOf(flags: FlagValues): string {
  return (textFlag(flags, 'output') ?? 'demo-output').replace(/(?<=.)\/+$/, '');
}

function signInBlocks({ holder, token }: MadeToken): Block[] {
  return [
    heading('The page'),
    lines(
      'Open the address below in a browser. Whoever can connect on this machine may read it.',
      `What waits there for approval, ${holder} may approve: sign in with this token, which is good for a day.`,
    ),
    commands(token),
  ];
}

export const demo: VerbCode = {
  flags: [
    { flags: '-o, --output <directory>', summary: 'folder for prices, manifest, ledger and report (default: demo-output)' },
    {
      flags: '--prices <directory>',
      summary: 'real prices instead: equities.csv, etfs.csv and crypto.csv, or else every price file there, one sleeve each',
    },
    { flags: '--as-of <date>', summary: 'last price row to use (default: the last date on which every symbol has a price)' },
    {
      flags: '--serve [port]',
      summary: `then serve it with its page on this machine until Ctrl-C, at 127.0.0.1 and this port (default ${standardPort})`,
    },
    ...csvFlags,
  ],
  examples: [
    'sleeve-ledger demo',
    'sleeve-ledger demo --serve',
    'sleeve-ledger demo --prices prices --as-of 2023-08-31 --output demo-real',
  ],
  writes: true,
  makesLedger: 'always',
  ownsOutput: true,
  // A demonstration keeps to its own folder, whatever ledger and key the environment names.
  settings: (flags) => {
    const output = outputOf(flags);
    return {
      store: `${output}/ledger.sqlite`,
      manifest: `${output}/manifest.json`,
      key: `${output}/ledger.sqlite.key`,
      witness: `${output}/witness`,
      origin: 'sleeve-ledger.local/demo',
    };
  },
  run: async (context, { flags }) => {
    const { settings, tools, signal, note } = context;
    const output = outputOf(flags);
    const address = `127.0.0.1:${integerFlag(flags, 'serve', standardPort)}`;
    if (output === '-') throw new LedgerError('Usage', '--output names a folder, not standard output', { at: { path: '--output' } });
    // Without a ledger of an earlier demonstration the folder is somebody's.
    const audit = `${output}/audit.jsonl`;
    if (!(await tools.files.exists(settings.store)) && (await tools.files.exists(audit)))
      throw new LedgerError('OutputExists', `${audit} is there, and is of no demonstration`, { at: { file: audit } });
    await tools.files.makeFolder(output);
    const session = await context.writing();
    const run = await runDemo(session, settings, {
      output,
      prices: textFlag(flags, 'prices'),
      asOf: dateFlag(flags, 'asOf'),
      csv: csvAsked(flags),
      signal,
      note,
      charts: (await context.presentation()).charts,
      examine: context.examining,
    });
    const outcome = demoOutcome(run, settings, output);
    const read = run.inputs.sleeves.flatMap(({ prices }) => prices);
    const answered = { ...outcome, warnings: [...new Set(readingWarnings(read)), ...(outcome.warnings ?? [])] };
    if (flags['serve'] === undefined) return answered;
    const approver = await leaveToDecide(session, run.inputs.manifest);
    return {
      ...answered,
      result: { ...answered.result, approver },
      people: [...answered.people, ...signInBlocks(approver)],
      afterwards: () => served(context, { address, hosts: [], tls: null, proxies: [], anybodyReads: true }),
    };
  },
};
