/** A violation planted into recorded events, with sound hashes and chains: `backtest verify` finds it and fails. */
import { beforeAll, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { draftBacktest } from '../../../domain/backtest-run/slice.ts';
import { domainEvent } from '../../../domain/catalogue.ts';
import { decodeEnvelope, type DraftEvent } from '../../../domain/shared/envelope.ts';
import { recordNewStream } from '../../../handlers/runtime/record.ts';
import { createDeliveries } from '../../../handlers/runtime/deliveries.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
let recorded = '';

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
  const answer = await bench.json(['backtest', 'run', '--meta', 'pair', '--no-seal']);
  if (answer.error !== undefined) throw new Error(answer.error.message);
  recorded = answer.result['runId'] as string;
}, 60_000);

/** The recorded backtest once more under another id, with one decision that read the first date that it earns. */
async function plant(runId: string): Promise<void> {
  const own = (await bench.events()).filter(({ stream }) => stream === `backtest-${recorded}`);
  let planted = false;
  const drafts = own.map((stored): DraftEvent => {
    const event = domainEvent(decodeEnvelope(stored.bytes), stored.position);
    if (event.type === 'BacktestStarted') return draftBacktest('BacktestStarted', { ...event.data, runId });
    if (event.type === 'BacktestCompleted') return draftBacktest('BacktestCompleted', { ...event.data, runId });
    if (event.type !== 'WindowAllocated') throw new Error(event.type);
    if (planted || event.data.index !== 2) return draftBacktest('WindowAllocated', event.data);
    planted = true;
    return draftBacktest('WindowAllocated', { ...event.data, newestRead: event.data.first });
  });
  const { ledgerId } = await bench.json(['ledger', 'verify']);
  const sqlite = openSqlite(bench.store, { access: 'write', create: false });
  try {
    const ports = { ...createTools({ logLevel: 'silent', isTerminal: false }), ...sqlite, deliveries: createDeliveries(sqlite.store) };
    await recordNewStream(ports, ledgerId!, 'somebody', {
      stream: `backtest-${runId}`,
      drafts,
      command: ['Plant', runId],
      correlation: runId,
    });
  } finally {
    sqlite.close();
  }
}

test('is found by its run, its portfolio and its decision, and ends with exit status 1', async () => {
  await plant('planted');
  const answer = await bench.json(['backtest', 'verify']);
  expect(answer).toMatchObject({ ok: false, exit: 1, error: { code: 'ChecksFailed' }, result: { checked: 2 } });
  const faults = answer.result['faults'] as { runId: string; risk: string; index: number; what: string }[];
  expect(new Set(faults.map(({ runId }) => runId))).toEqual(new Set(['planted']));
  expect(faults.find(({ index, what }) => index === 2 && what.startsWith('it read '))).toMatchObject({ risk: 'hrp' });
  const said = await bench.run(['backtest', 'verify', 'planted']);
  expect(said.exit).toBe(1);
  expect(said.stdout).toContain('and earns from');
  expect(await bench.json(['backtest', 'verify', recorded])).toMatchObject({ exit: 0, result: { faults: [] } });
});

test('is something else than what the inputs give: replay differs there as well', async () => {
  const answer = await bench.json(['replay', 'planted']);
  expect(answer).toMatchObject({ exit: 1, error: { code: 'ReplayDiffers' } });
});
