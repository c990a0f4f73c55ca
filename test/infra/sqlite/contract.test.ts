import { join } from 'node:path';
import { limits } from '../../../domain/shared/limits.ts';
import { createDeliveries } from '../../../handlers/runtime/deliveries.ts';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { artifactsContract } from '../../contract/artifacts.contract.ts';
import { checkpointsContract } from '../../contract/checkpoints.contract.ts';
import { deliveriesContract } from '../../contract/deliveries.contract.ts';
import { eventStoreContract } from '../../contract/event-store.contract.ts';
import { readModelsContract } from '../../contract/read-models.contract.ts';
import { contentCells, flipCell, tamper } from '../../support/flip-bytes.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { readModelVersionsContract } from '../../contract/read-model-versions.contract.ts';

const directory = scratchDirectory();
let files = 0;

function fresh(): { file: string; ledger: SqliteLedger } {
  const file = join(directory, `${files++}.sqlite`);
  return { file, ledger: openSqlite(file, { access: 'write', create: true, pollMs: 10 }) };
}

eventStoreContract(
  'SQLite',
  async () => {
    const { file, ledger } = fresh();
    const others: SqliteLedger[] = [];
    return {
      store: ledger.store,
      hooks: {
        truncateStream: async (stream) => tamper(file, 'DELETE FROM events WHERE stream = ? AND revision = 0', stream),
        secondStore: async () => {
          const other = openSqlite(file, { access: 'write', create: false });
          others.push(other);
          return other.store;
        },
      },
      dispose: async () => {
        for (const each of [ledger, ...others]) each.close();
      },
    };
  },
  { truncate: true, delete: false, second: true },
);

artifactsContract('SQLite', async () => {
  const { file, ledger } = fresh();
  return {
    artifacts: ledger.artifacts,
    damage: async (sha256, byteIndex) => {
      const seq = Math.floor(byteIndex / limits.artifactChunkBytesMax);
      const cells = contentCells(file, ['artifact_chunks']).filter((cell) => cell.column === 'stored');
      // The chunks of the damaged artifact are the last ones stored.
      const [cell] = cells.slice(1 + seq);
      if (cells.length !== 3 || sha256.length !== 64) throw new Error('the test expects one small artifact, then one of two chunks');
      flipCell(file, cell!, byteIndex % limits.artifactChunkBytesMax, 1);
    },
    dispose: async () => ledger.close(),
  };
});

readModelVersionsContract('SQLite', async () => {
  const { ledger } = fresh();
  return { readModels: ledger.readModels, dispose: async () => ledger.close() };
});

readModelsContract('SQLite', async () => {
  const { ledger } = fresh();
  return { readModels: ledger.readModels, dispose: async () => ledger.close() };
});

checkpointsContract('SQLite', async () => {
  const { file, ledger } = fresh();
  const others: SqliteLedger[] = [];
  return {
    checkpoints: ledger.checkpoints,
    store: ledger.store,
    again: async () => {
      const other = openSqlite(file, { access: 'write', create: false });
      others.push(other);
      return other.checkpoints;
    },
    dispose: async () => {
      for (const each of [ledger, ...others]) each.close();
    },
  };
});

deliveriesContract(
  'SQLite',
  async () => {
    const { file, ledger } = fresh();
    const opened = [ledger];
    return {
      store: ledger.store,
      deliveries: createDeliveries(ledger.store, 20),
      another: async () => {
        const other = openSqlite(file, { access: 'write', create: false, pollMs: 10 });
        opened.push(other);
        return { store: other.store, deliveries: createDeliveries(other.store, 20) };
      },
      dispose: async () => opened.forEach((each) => each.close()),
    };
  },
  { groups: false },
);
