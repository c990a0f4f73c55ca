import { scannerPathsOf } from '../../../domain/manifest/scanner-paths.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { recordScans, type RecordScans, type ScanSourceAsked } from '../../../handlers/commands/record-scans.ts';
import { recordedScanConfig, scanConfig as configOf } from '../../../handlers/queries/scan-config.ts';
import { scanFunnel as funnelOf } from '../../../handlers/queries/scan-funnel.ts';
import { amountFlag, dateFlag, isSet, listFlag, textFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { categoryMapFlag, requestFlag, requiredDate, responseFlag, scannersFlag, scannersFolder } from '../scan-flags.ts';
import { configOutcome, funnelOutcome, scansOutcome } from '../scan-result.ts';
import { asOfFlag, type FlagValues, type VerbCode, type VerbContext, type VerbInput } from '../verb.ts';

export const scanConfig: VerbCode = {
  flags: [
    scannersFlag,
    { flags: '--recorded', summary: 'of the scan that is recorded, the newest or that of --as-of, instead of the files' },
    asOfFlag,
  ],
  examples: [
    'sleeve-ledger scan config etf_equity_momentum --scanners examples/scanners',
    'sleeve-ledger scan config etf_equity_momentum --recorded',
  ],
  writes: false,
  run: async (context, { args, flags }) => {
    const [name, asOf] = [args[0]!, dateFlag(flags, 'asOf')];
    if (isSet(flags, 'recorded')) return configOutcome(await recordedScanConfig((await context.reading()).ports, name, asOf));
    if (asOf !== null) throw new LedgerError('Usage', '--as-of goes with --recorded', { at: { path: '--as-of' } });
    return configOutcome(await configOf(context.tools, scannersFolder(flags), name));
  },
};

function sourceOf(flags: FlagValues): ScanSourceAsked {
  const [file, url] = [textFlag(flags, 'response'), textFlag(flags, 'live')];
  if ((file === null) === (url === null))
    throw new LedgerError('Usage', 'give a saved response with --response, or a server with --live', { at: { path: '--response' } });
  const droppedColumns = listFlag(flags, 'dropColumn');
  if (file !== null) {
    if (droppedColumns.length > 0)
      throw new LedgerError('Usage', '--drop-column leaves columns out of a request: give it with --live', {
        at: { path: '--drop-column' },
      });
    return { kind: 'saved', file, requestFile: textFlag(flags, 'request') };
  }
  if (textFlag(flags, 'request') !== null)
    throw new LedgerError('Usage', '--request belongs to a saved response', { at: { path: '--request' } });
  return { kind: 'live', url: url!, timeoutSeconds: amountFlag(flags, 'timeout') ?? 10, droppedColumns };
}

/** The scanners that are asked for, in one of three ways. */
async function namesOf(context: VerbContext, { args, flags }: VerbInput): Promise<RecordScans['names']> {
  const [profile, all] = [textFlag(flags, 'profile'), isSet(flags, 'all')];
  const ways = [args.length > 0, profile !== null, all].filter(Boolean).length;
  if (ways !== 1) throw new LedgerError('Usage', 'name scanners, or give --profile, or --all', { at: { path: '<scanner>' } });
  if (profile === null) return all ? 'all' : args;
  const paths = scannerPathsOf(await readManifest(context), profile);
  if (paths.length > 0) return paths;
  throw new LedgerError('Usage', `the profile ${profile} names no scanners in discovery.strategies`, { at: { path: '--profile' } });
}

export const scanRun: VerbCode = {
  flags: [
    { flags: '--profile <name>', summary: 'the scanners that discovery.strategies of this profile names' },
    { flags: '--all', summary: 'every scanner of the folder' },
    scannersFlag,
    { flags: '--as-of <date>', summary: 'date of the last bar in the rows', required: true },
    { ...responseFlag, summary: `${responseFlag.summary}; or a folder with <id>.json for each scanner` },
    requestFlag,
    { flags: '--live <url>', summary: 'a server of the scan protocol, such as https://scanner.example.com; nothing is asked without it' },
    { flags: '--timeout <seconds>', summary: 'of each request (default: 10)' },
    { flags: '--drop-column <list...>', summary: 'columns to leave out of the request, because the server does not know them' },
    categoryMapFlag,
    { flags: '-o, --output <folder>', summary: 'where the export of each scan goes, as <id>.json' },
  ],
  examples: [
    'sleeve-ledger scan run etf_equity_momentum --response response.json --as-of 2026-05-01 --scanners examples/scanners -o exports',
    'sleeve-ledger scan run --all --live http://127.0.0.1:8080 --as-of 2026-05-01 --scanners examples/scanners',
  ],
  writes: true,
  makesLedger: 'always',
  run: async (context, input) => {
    const { flags } = input;
    const asked: RecordScans = {
      scanners: scannersFolder(flags),
      names: await namesOf(context, input),
      asOf: requiredDate(flags, 'asOf'),
      source: sourceOf(flags),
      categoryMapFile: textFlag(flags, 'categoryMap'),
      output: textFlag(flags, 'output'),
    };
    return scansOutcome(await recordScans(context.tools, context.writing, asked, context.signal));
  },
};

export const scanFunnel: VerbCode = {
  flags: [asOfFlag],
  examples: ['sleeve-ledger scan funnel etf_equity_momentum', 'sleeve-ledger scan funnel etf_equity_momentum --as-of 2026-05-01'],
  writes: false,
  run: async (context, { args, flags }) => {
    const { ports } = await context.reading();
    return funnelOutcome(await funnelOf(ports, { scanner: args[0]!, asOf: dateFlag(flags, 'asOf') }));
  },
};
