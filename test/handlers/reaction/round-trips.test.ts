/**
 * How often a server is asked for one result, and for one publication. On a real one each costs a millisecond or two and some processor
 * time: these numbers bound the rate. Whoever changes one of them has made a storm faster or slower.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { type DeskLedger, openDesk } from '../../support/desk/ledger.ts';
import { DeskMarket } from '../../support/desk/market.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();

describe('a worker on a server', () => {
  const market = new DeskMarket({ sleeves: 30, sessions: 8, seed: 5, nested: false });
  let fake: FakeEventStoreDb;
  let desk: DeskLedger;
  let inputs: RecordedInputs;
  let session = 0;

  interface Asked {
    readonly appends: number;
    readonly reads: number;
  }

  async function asked(work: () => Promise<unknown>): Promise<Asked> {
    const before = fake.counted();
    await work();
    const after = fake.counted();
    return { appends: after.append + after.batched - before.append - before.batched, reads: after.read - before.read };
  }
  const deliver = (sleeve: number): Promise<void> => desk.deliver(market.message({ sleeve, session, correction: 0 }));
  const sleeves = market.sleevesOf(0);

  beforeAll(async () => {
    fake = await FakeEventStoreDb.start();
    const store = `${fake.location}&readModels=${encodeURIComponent(join(scratch, 'node.sqlite'))}`;
    desk = await openDesk({ store, key: join(scratch, 'signing.key') }, market);
    inputs = new RecordedInputs(desk.session.ports, desk.session.recent);
    // Until it has appended so often that it is told what is stored.
    for (let sleeve = 0; sleeve < 30; sleeve++) await deliver(sleeve);
    for (session = 1; session < 3; session++) {
      for (const sleeve of sleeves) await deliver(sleeve);
      await reallocate(desk.session, inputs, market.portfolios[0]!);
    }
  });
  afterAll(async () => {
    await desk.close();
    await fake.stop();
  });

  test('asks 8 times for a result: its artifacts, its run and its acceptance are appended, its sleeve and its run looked for', async () => {
    for (; session < 5; session++)
      for (const sleeve of sleeves) expect(await asked(() => deliver(sleeve))).toEqual({ appends: 6, reads: 2 });
  });

  test('asks for a publication as often as its portfolio has sleeves, and 7 times more', async () => {
    await reallocate(desk.session, inputs, market.portfolios[0]!);
    for (const sleeve of sleeves) await deliver(sleeve);
    const look = (): Promise<unknown> => reallocate(desk.session, inputs, market.portfolios[0]!);
    expect(await asked(look)).toEqual({ appends: 5, reads: 2 + sleeves.length });
    // Nothing to do: the portfolio and its sleeves are read, and nothing else.
    expect(await asked(look)).toEqual({ appends: 0, reads: 1 + sleeves.length });
  });

  test('asks for a result that came before only what its sleeve says', async () => {
    expect(await asked(() => deliver(sleeves[0]!))).toEqual({ appends: 0, reads: 1 });
  });
});
