/**
 * How often a server is asked for one result, and for one publication. On a real one each costs a millisecond or two and some processor
 * time: these numbers bound the rate. Whoever changes one of them has made a storm faster or slower.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { type DeskLedger, deskOn } from '../../support/desk/ledger.ts';
import { DeskMarket } from '../../support/desk/market.ts';
import { type FakeSubject, fakeSubject } from '../../support/fake-eventstoredb/subject.ts';
import { memorySession } from '../../support/imported-run.ts';

describe('a worker on a server', () => {
  const market = new DeskMarket({ sleeves: 30, sessions: 8, seed: 5, nested: false });
  let subject: FakeSubject;
  let desk: Pick<DeskLedger, 'session' | 'deliver'>;
  let inputs: RecordedInputs;
  let session = 0;

  interface Asked {
    readonly appends: number;
    readonly reads: number;
  }

  async function asked(work: () => Promise<unknown>): Promise<Asked> {
    const { fake } = subject;
    const before = fake.counted();
    await work();
    const after = fake.counted();
    return { appends: after.append + after.batched - before.append - before.batched, reads: after.read - before.read };
  }
  const deliver = (sleeve: number): Promise<void> => desk.deliver(market.message({ sleeve, session, correction: 0 }));
  const sleeves = market.sleevesOf(0);

  beforeAll(async () => {
    // A busy machine is slow, and no append is looked at for that.
    subject = await fakeSubject({ hedgeMs: 60_000 });
    const { store, artifacts } = subject;
    const base = memorySession();
    desk = await deskOn({ ...base, ports: { ...base.ports, store, artifacts } }, market.manifest(), () => ({}));
    inputs = new RecordedInputs(desk.session.ports, desk.session.recent);
    // Until it has appended so often that it is told what is stored.
    for (let sleeve = 0; sleeve < 30; sleeve++) await deliver(sleeve);
    for (session = 1; session < 3; session++) {
      for (const sleeve of sleeves) await deliver(sleeve);
      await reallocate(desk.session, inputs, market.portfolios[0]!);
    }
  });
  afterAll(async () => {
    await subject.dispose();
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
