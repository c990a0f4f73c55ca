/** F5 on read models: the disk of a projector is full, and the ledger goes on without it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import { openLedger } from '../../bin/open-ledger.ts';
import { errorKinds } from '../../domain/shared/errors.ts';
import { catchUp } from '../../handlers/read-models/projector.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { everyProjection } from '../../projections/all.ts';
import { EventCount } from '../support/desk/event-count.ts';
import { openDesk } from '../support/desk/ledger.ts';
import { DeskMarket } from '../support/desk/market.ts';
import { endWorkers, startWorker } from '../support/desk/worker.ts';
import { FakeEventStoreDb } from '../support/fake-eventstoredb/fake-server.ts';
import { faultSeed, reportFigures } from '../support/figures.ts';
import { until } from '../support/kafka/ready.ts';
import { needs } from '../support/needs.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
const hour = 3_600_000;
const timeoutMs = 60_000;
const diskBytes = 8_388_608;
const freeBytes = 400_000;
const sleeves = 12;
const sessionsMax = 200;

afterAll(endWorkers);

function smallDisk(): string {
  const folder = join(directory, 'small');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'none', folder]);
  return folder;
}

/** Faults of the ledger with another node's read models. */
async function faultsAt(store: string, key: string): Promise<number> {
  const opened = await openLedger({ store, key, logLevel: 'silent' });
  const { faults } = await opened.verify();
  await opened.close();
  return faults.length;
}

function spaceOn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

needs('small disks').test(
  'a projector whose disk is full ends visibly; allocations go on, and it catches up once there is space',
  async () => {
    const disk = smallDisk();
    const seed = faultSeed();
    const fake = await FakeEventStoreDb.start();
    const market = new DeskMarket({ sleeves, sessions: sessionsMax, seed });
    const place = { store: `${fake.location}&readModels=${join(directory, 'desk.sqlite')}`, key: join(directory, 'desk.key') };
    const desk = await openDesk(place, market);
    const { store } = desk.session.ports;
    const published = new EventCount(store, 'AllocationPublished');
    const readModels = join(disk, 'read-models.sqlite');
    const filler = join(disk, 'filler');
    const start = (role: string, file: string): ReturnType<typeof startWorker> =>
      startWorker(`${fake.location}&readModels=${file}`, ['--roles', role, '--key', place.key]);
    const sessions = Array.from({ length: sessionsMax }, (_, session) => session);
    const deliverSession = async (): Promise<void> => {
      const session = sessions.shift()!;
      for (let sleeve = 0; sleeve < sleeves; sleeve++) await desk.deliver(market.message({ sleeve, session, correction: 0 }));
    };
    try {
      const reacting = await start('react', join(directory, 'react.sqlite'));
      const projecting = await start('project', readModels);
      await Promise.all([reacting.ready(), projecting.ready()]);
      writeFileSync(filler, Buffer.alloc(spaceOn(disk) - freeBytes));
      while (projecting.process.exitCode === null && sessions.length > 10) await deliverSession();
      const { code } = await projecting.ended;
      expect(code).toBe(errorKinds.StoreFull.exit);
      expect(projecting.said()).toContain('StoreFull');

      const before = await published.now();
      for (let turn = 0; turn < 3; turn++) await deliverSession();
      await until('allocations go on', async () => (await published.now()) >= before + market.portfolios.length, timeoutMs);
      const whileFull = (await published.now()) - before;
      expect(reacting.process.exitCode).toBeNull();

      rmSync(filler);
      const again = await start('project', readModels);
      await again.ready();
      // Of two nodes that have caught up, each projection stands at the same place.
      for (const projection of everyProjection) await catchUp(desk.session.ports, projection);
      const behind = async (): Promise<number> => {
        const ledger = openSqlite(readModels, { access: 'read', create: false });
        const places = await Promise.all(
          everyProjection.map(async (id) => [await ledger.readModels.checkpoint(id), await desk.session.ports.readModels.checkpoint(id)]),
        );
        ledger.close();
        return places.filter(([there, here]) => there !== here).length;
      };
      await until('the projector has caught up', async () => (await behind()) === 0, timeoutMs);
      expect((await again.kill('SIGTERM')).code).toBe(0);
      expect((await reacting.kill('SIGTERM')).code).toBe(0);
      const faults = (await desk.faults()) + (await faultsAt(`${fake.location}&readModels=${readModels}`, place.key));
      reportFigures({
        test: 'F5 disk full under a projector',
        seed,
        trials: 1,
        results: sleeves * (sessionsMax - sessions.length),
        exitCode: code,
        publishedWhileFull: whileFull,
        projectionsBehindAfterwards: await behind(),
        faults,
      });
      expect(faults).toBe(0);
    } finally {
      await endWorkers();
      await desk.close();
      await fake.stop();
      spawnSync('umount', ['-l', disk]);
    }
  },
  hour,
);
