/** Backtests that take long enough to be disturbed, in ledgers of one id, so that undisturbed ones have the same bytes. */
import { createHash } from 'node:crypto';
import { cpSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { addressesIn } from '../artifact-addresses.ts';
import { Workbench } from '../cli.ts';
import { smallSleeves, type SmallSleeve, writePrices } from '../small-market.ts';

const span = { first: '2020-07-01', last: '2022-12-30' };

/** A portfolio of three sleeves whose decisions are made at every row: some 500 of each of three profiles. */
export function slowDesk(below: string): Workbench {
  return new Workbench(below, ({ defaults }) => {
    defaults['backtest'] = {
      ...defaults['backtest'],
      profiles: 'hrp,min_variance,equal_weight',
      train_window: 40,
      test_window: 1,
      step_size: 1,
    };
  });
}

/** Another desk with a copy of a ledger as it stands. */
export function twinOf(bench: Workbench, below: string): Workbench {
  const twin = slowDesk(below);
  const name = basename(bench.store);
  for (const file of readdirSync(dirname(bench.store)))
    if (file.startsWith(name)) cpSync(join(bench.directory, file), join(twin.directory, file), { recursive: true });
  return twin;
}

/** The command line of the backtest, with its prices written. */
export function backtestWords(on: Workbench, ...flags: readonly string[]): string[] {
  const sleeves = Object.keys(smallSleeves) as SmallSleeve[];
  const named = sleeves.map((sleeve) => `${sleeve}=${writePrices(on.directory, sleeve, span)}`);
  const run = ['backtest', 'run', '--meta', 'whole', '--risk', 'hrp,min_variance,equal_weight', '--no-seal', '--from', span.first];
  return [...run, ...flags, '--prices', ...named];
}

/** Hashes of the bytes of a backtest's facts, without when they were recorded and what only says how they came about. */
export async function backtestBytes(on: Workbench): Promise<string[]> {
  const own = (await on.events()).filter(({ stream, type }) => stream.startsWith('backtest-') && type !== 'CacheUsed');
  return own.map(({ type, bytes }) => {
    const text = canonicalJson({ ...decodeEnvelope(bytes), recordedAt: '', prevHash: '' });
    return `${type} ${createHash('sha256').update(text).digest('hex')}`;
  });
}

/** Addresses of everything that is stored beside the events. */
export async function artifactsOf(on: Workbench): Promise<readonly string[]> {
  const ledger = openSqlite(on.store, { access: 'read', create: false });
  try {
    return await addressesIn(ledger.artifacts);
  } finally {
    ledger.close();
  }
}
