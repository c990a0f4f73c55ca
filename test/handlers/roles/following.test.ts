/** Read models kept up to date, and seals made, while others record. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { allProjections } from '../../../projections/all.ts';
import { type PortfolioRow, portfolioDirectory } from '../../../projections/portfolio-directory.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { lastSeal } from '../../../handlers/ledger/last-seal.ts';
import type { Sealer } from '../../../handlers/ledger/sealer.ts';
import { catchUp } from '../../../handlers/read-models/projector.ts';
import type { ReadModels } from '../../../handlers/ports/ports.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import { projecting, sealing } from '../../../handlers/roles/following.ts';
import type { Role } from '../../../handlers/roles/role.ts';
import { deliverAll, type Desk, openDesk, until } from '../reaction/desk.ts';

const running: { readonly abort: AbortController; readonly done: Promise<void> }[] = [];
afterEach(async () => {
  for (const { abort, done } of running.splice(0)) {
    abort.abort();
    await done.catch(() => undefined);
  }
});

function start(role: Role): Promise<void> {
  const abort = new AbortController();
  const done = role.run(abort.signal);
  running.push({ abort, done });
  return done;
}

async function publishOnce(desk: Desk): Promise<void> {
  await deliverAll(desk, '2022-12-15');
  await reallocate(desk.session, new RecordedInputs(desk.session.ports), 'whole');
}

describe('the projector', () => {
  test('folds what was there, then what is appended, without being asked', async () => {
    const desk = await openDesk();
    const role = projecting(desk.session, { pauseMs: 5, lagEventsMax: 10 });
    expect(role.state()).toEqual({ ok: false, detail: 'catching up' });
    void start(role);
    await until('it caught up', () => role.state().ok);
    await publishOnce(desk);
    const publishedRow = async (): Promise<PortfolioRow | null> =>
      (await desk.session.ports.readModels.row(portfolioDirectory, 'meta/whole', null)) as PortfolioRow | null;
    await until('the publication is in the rows', async () => (await publishedRow())?.publications === 1);
    await until('nothing is behind', () => role.state().detail === '0 events behind');
    for (const projection of allProjections) {
      const last = (await desk.session.ports.store.readAll({ after: null, maxCount: 1000, types: projection.types })).at(-1);
      const checkpoint = await desk.session.ports.readModels.checkpoint(projection);
      expect([projection.name, checkpoint]).toEqual([projection.name, last?.position ?? null]);
    }
  });

  test('ends the process when its rows cannot be written: the ledger itself goes on, and nothing is skipped', async () => {
    const desk = await openDesk();
    const { readModels } = desk.session.ports;
    const full: ReadModels = {
      checkpoint: (id) => readModels.checkpoint(id),
      row: (...given) => readModels.row(...given),
      rows: (...given) => readModels.rows(...given),
      versions: (...given) => readModels.versions(...given),
      reset: (id) => readModels.reset(id),
      projections: () => readModels.projections(),
      commit: () => Promise.reject(new LedgerError('StoreFull', 'no space')),
    };
    const done = start(
      projecting({ ...desk.session, ports: { ...desk.session.ports, readModels: full } }, { pauseMs: 5, lagEventsMax: 10 }),
    );
    await expect(done).rejects.toMatchObject({ code: 'StoreFull' });
    await publishOnce(desk);
    const again = projecting(desk.session, { pauseMs: 5, lagEventsMax: 10 });
    void start(again);
    await until(
      'it caught up',
      async () => ((await readModels.row(portfolioDirectory, 'meta/whole', null)) as PortfolioRow | null)?.publications === 1,
    );
  });
});

test('the projector that is asked to stop folds no further page, and the next process goes on from there', async () => {
  const desk = await openDesk();
  await publishOnce(desk);
  const { ports } = desk.session;
  expect(await catchUp(ports, portfolioDirectory, AbortSignal.abort())).toBeNull();
  expect(await ports.readModels.checkpoint(portfolioDirectory)).toBeNull();
  expect(await catchUp(ports, portfolioDirectory)).not.toBeNull();
});

function counting(): Sealer & { seals: number } {
  const sealer = {
    seals: 0,
    seal: async () => ({
      treeSize: ++sealer.seals,
      root: '',
      checkpoint: '',
      already: false,
      witnessFile: '',
      witnesses: [],
      quorum: null,
    }),
  };
  return sealer;
}

describe('the sealing role', () => {
  test('seals when it starts, and again after so many events', async () => {
    const desk = await openDesk();
    const sealer = counting();
    const role = sealing(desk.session, sealer, { everyEvents: 5, everySeconds: 3600 });
    void start(role);
    await until('it sealed at the start', () => sealer.seals === 1);
    await publishOnce(desk);
    await until('it sealed what was appended', () => sealer.seals >= 2);
    await until('nothing worth sealing is left', () => Number(/^\d+/.exec(role.state().detail)) < 5);
  });

  test('seals a few events after so long', async () => {
    const desk = await openDesk();
    const sealer = counting();
    void start(sealing(desk.session, sealer, { everyEvents: 1_000_000, everySeconds: 0.3 }));
    await until('it sealed at the start', () => sealer.seals === 1);
    await publishOnce(desk);
    await until('it sealed what was appended', () => sealer.seals >= 2);
  });

  test('that is asked to stop while it reads what is unsealed ends at once, without a fault', async () => {
    const desk = await openDesk();
    const stop = new AbortController();
    const role = sealing(desk.session, endless, { everyEvents: 5, everySeconds: 3600 });
    const done = role.run(stop.signal);
    stop.abort();
    await expect(done).resolves.toBeUndefined();
  });
});

/** Reads for ever, until it is told to stop. */
const endless: Sealer = {
  seal: (signal) =>
    new Promise((_, reject) => {
      const stopped = (): void => reject(new LedgerError('Interrupted', 'interrupted before all was read that is to be sealed'));
      if (signal?.aborted === true) stopped();
      else signal?.addEventListener('abort', stopped);
    }),
};

describe('the last seal of a process', () => {
  test('takes no longer than there is time, and says that the next process has to make it', async () => {
    const said: string[] = [];
    const log = {
      debug: () => undefined,
      info: () => undefined,
      error: () => undefined,
      warn: (_: object, text: string) => void said.push(text),
    };
    expect(await lastSeal(endless, log, 20)).toBeNull();
    expect(said).toEqual([expect.stringContaining('sealed by the next process')]);
  });

  test('that fails otherwise ends the process with its error', async () => {
    const failing: Sealer = { seal: async () => Promise.reject(new LedgerError('ChainBroken', 'an event was changed')) };
    const desk = await openDesk();
    await expect(lastSeal(failing, desk.session.ports.log)).rejects.toMatchObject({ code: 'ChainBroken' });
  });
});
