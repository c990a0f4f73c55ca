import { flowProduction as produce, type ProduceSleeveRun } from '../../../handlers/commands/flow-production.ts';
import { profileRanking } from '../../../handlers/queries/profile-ranking.ts';
import { cashAssetIn } from '../../../domain/allocation/cash.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { choiceFlag, dateFlag, filesFlag, integerFlag, isSet, listFlag, requiredFlag } from '../flags.ts';
import { readPriceFiles, renameFlags } from '../price-flags.ts';
import { readingWarnings, spellingWarnings } from '../price-warnings.ts';
import { csvFlags } from '../csv-flags.ts';
import { readManifest } from '../manifest-input.ts';
import { supplyAsked, supplyFlags, supplyWarnings } from '../supply-flags.ts';
import { sleeveRunOutcome } from '../sleeve-result.ts';
import { lazyLedger, type VerbCode, workersFlag } from '../verb.ts';

export const flowProduction: VerbCode = {
  flags: [
    { flags: '--profile <name>', summary: 'sleeve profile or alias', required: true },
    {
      flags: '--prices <file...>',
      summary: 'daily closes, CSV or parquet: first column a date, then one per EXCHANGE:SYMBOL',
      required: true,
    },
    ...supplyFlags,
    { flags: '--from <date>', summary: 'first price row to use; lookback_days is then recorded and not applied' },
    { flags: '--as-of <date>', summary: 'last price row to use' },
    { flags: '--symbols <list...>', summary: 'universe, instead of every column that is not a benchmark' },
    {
      flags: '--universe <scan...>',
      summary: 'symbols of scans: scan:<id>, the newest up to the as-of date, scan:<id>@<date>, or the file of an export, <name>.json',
    },
    { flags: '--strict-scan', summary: 'refuse a scan in which something was not evaluated or not returned' },
    { flags: '--exclude <list...>', summary: 'symbols to leave out' },
    { flags: '--repair <how>', summary: 'drop-off-calendar: drop and list rows on non-sessions, which are errors otherwise' },
    { flags: '--correction <number>', summary: 'correction number of the same as-of date: the newest recorded and 1 more (default: 0)' },
    ...renameFlags,
    ...csvFlags,
    workersFlag,
    { flags: '--cache <folder>', summary: 'take what was computed before from here, and keep what is computed (default: neither)' },
  ],
  examples: [
    'sleeve-ledger flow production --profile etfs --prices etfs.csv --volumes etfs_volume.csv --metadata etfs_metadata.csv',
    'sleeve-ledger flow production --profile production --prices equities.csv --as-of 2023-08-31',
    'sleeve-ledger flow production --profile etfs --prices etfs.csv --universe scan:etf_equity_momentum scan:etf_yield_alpha',
    'sleeve-ledger flow production --profile crypto --prices crypto.csv --rename CRYPTO:BTCUSD=BINANCE:BTCUSDT',
  ],
  writes: true,
  makesLedger: 'always',
  run: async (context, { flags }) => {
    const manifest = await readManifest(context);
    const files = await readPriceFiles(context, flags, filesFlag(flags, 'prices'));
    context.tools.log.info(
      { files: files.map(({ file, table }) => ({ file, rows: table.dates.length, symbols: table.symbols.length })) },
      'read the prices',
    );
    const supply = await supplyAsked(context, flags);
    const symbols = listFlag(flags, 'symbols');
    const references = listFlag(flags, 'universe');
    if (references.length > 0 && symbols.length > 0)
      throw new LedgerError('Usage', '--universe and --symbols: give one of them', { at: { path: '--universe' } });
    const command: ProduceSleeveRun = {
      manifest,
      profile: requiredFlag(flags, 'profile'),
      files,
      supply,
      correction: integerFlag(flags, 'correction', 0),
      universe: references.length === 0 ? null : { references, strict: isSet(flags, 'strictScan') },
      options: {
        from: dateFlag(flags, 'from'),
        asOf: dateFlag(flags, 'asOf'),
        symbols: symbols.length === 0 ? null : symbols.toSorted(),
        exclude: listFlag(flags, 'exclude').toSorted(),
        repair: choiceFlag(flags, 'repair', ['none', 'drop-off-calendar'], 'none'),
        map: {},
      },
    };
    const options = { signal: context.signal, cached: context.settings.cache !== null };
    const ledger = lazyLedger(context);
    const answer = await produce(context.tools, ledger, command, options);
    const ranking = await profileRanking((await ledger.writing()).ports, answer.drafts);
    const outcome = sleeveRunOutcome({ ...answer, ranking }, cashAssetIn(resolveProfile(manifest, command.profile)));
    return {
      ...outcome,
      warnings: [
        ...readingWarnings(files),
        ...supplyWarnings(supply, files, dateFlag(flags, 'asOf')),
        ...spellingWarnings(symbols),
        ...(outcome.warnings ?? []),
      ],
    };
  },
};
