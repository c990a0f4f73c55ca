/** Backtests of small simulated sleeves in a ledger of their own, and their facts as they were recorded. */
import { type BacktestEvent, backtestEventsIn } from '../../domain/backtest-run/slice.ts';
import { domainEvent } from '../../domain/catalogue.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import type { Artifacts } from '../../handlers/ports/ports.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import type { Workbench } from './cli.ts';
import { type LooseManifest, writePrices } from './small-market.ts';

export const recordedAt = '2026-11-21T08:00:00.000Z';

/** Adds the portfolio `crossed`, whose two sleeves share a symbol. */
export function withCrossedSleeves(manifest: LooseManifest): void {
  manifest.profiles['left'] = { data: { symbols: ['NYSE:AAA', 'NYSE:BBB'] } };
  manifest.profiles['right'] = { data: { symbols: ['NYSE:BBB', 'NASDAQ:CCC'] } };
  manifest.profiles['crossed'] = {
    sleeves: [
      { id: 'left', profile: 'left' },
      { id: 'right', profile: 'right' },
    ],
    meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.95 },
  };
}

/** Backtests a portfolio on prices from files; answers the id of the run. */
export async function recordBacktest(bench: Workbench, meta: string, words: readonly string[] = []): Promise<string> {
  const files = (['stocks', 'funds', 'coins'] as const).map((sleeve) => ({ sleeve, file: writePrices(bench.directory, sleeve) }));
  const prices = meta === 'crossed' ? [files[0]!.file] : files.map(({ sleeve, file }) => `${sleeve}=${file}`);
  const argv = ['backtest', 'run', '--meta', meta, '--from', '2022-04-01', '--no-seal', ...words, '--prices', ...prices];
  const answer = await bench.json(argv, { now: recordedAt });
  if (answer.error !== undefined && answer.error.code !== 'ProfilesNotAllocated') throw new Error(answer.error.message);
  return answer.result['runId'] as string;
}

/** The facts of a recorded backtest. */
export async function backtestFacts(bench: Workbench, runId: string): Promise<BacktestEvent[]> {
  const own = (await bench.events()).filter(({ stream }) => stream === `backtest-${runId}`);
  return backtestEventsIn(own.map((stored) => domainEvent(decodeEnvelope(stored.bytes), stored.position)));
}

/** Gives the artifacts of a ledger, which is open as long as they are used. */
export async function withArtifacts<Answer>(bench: Workbench, use: (artifacts: Artifacts) => Promise<Answer>): Promise<Answer> {
  const sqlite = openSqlite(bench.store, { access: 'read', create: false });
  try {
    return await use(sqlite.artifacts);
  } finally {
    sqlite.close();
  }
}
