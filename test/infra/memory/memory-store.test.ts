import { createDeliveries } from '../../../handlers/runtime/deliveries.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { artifactsContract } from '../../contract/artifacts.contract.ts';
import { checkpointsContract } from '../../contract/checkpoints.contract.ts';
import { deliveriesContract } from '../../contract/deliveries.contract.ts';
import { eventStoreContract } from '../../contract/event-store.contract.ts';
import { readModelsContract } from '../../contract/read-models.contract.ts';
import { tokenUsesContract } from '../../contract/token-uses.contract.ts';
import { flipLowestBit } from '../../support/flip-bytes.ts';
import { readModelVersionsContract } from '../../contract/read-model-versions.contract.ts';

eventStoreContract(
  'memory',
  async () => {
    const cut = new Map<string, 'StreamTruncated' | 'StreamDeleted'>();
    const { store } = createMemoryStore({ artifacts: new Map(), cut });
    return {
      store,
      hooks: {
        truncateStream: async (stream) => void cut.set(stream, 'StreamTruncated'),
        deleteStream: async (stream) => void cut.set(stream, 'StreamDeleted'),
      },
      dispose: () => store.close(),
    };
  },
  { truncate: true, delete: true, second: false },
);

artifactsContract('memory', async () => {
  const held = new Map<string, Uint8Array>();
  const { artifacts } = createMemoryStore({ artifacts: held, cut: new Map() });
  return { artifacts, damage: async (sha256, byteIndex) => flipLowestBit(held, sha256, byteIndex), dispose: async () => {} };
});

readModelVersionsContract('memory', async () => ({ readModels: createMemoryStore().readModels, dispose: async () => {} }));
readModelsContract('memory', async () => ({ readModels: createMemoryStore().readModels, dispose: async () => {} }));

tokenUsesContract('memory', () => createMemoryStore().tokenUses);

checkpointsContract('memory', async () => {
  const { checkpoints, store } = createMemoryStore();
  return { checkpoints, store, again: async () => checkpoints, dispose: () => store.close() };
});

deliveriesContract(
  'memory',
  async () => {
    const { store } = createMemoryStore();
    const subject = { store, deliveries: createDeliveries(store, 20) };
    return { ...subject, another: async () => subject, dispose: () => store.close() };
  },
  { groups: false },
);
