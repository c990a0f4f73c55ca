import { isDomainStream } from '../../domain/audit/chain.ts';
import { createMerkleTree, type MerkleTree } from '../../domain/audit/merkle.ts';
import { fromHex } from '../../domain/shared/hashing.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { eventsUntil } from '../views.ts';

/** Every domain event in global order: the leaves of the tree, whatever the store's positions are. */
export async function* leavesOf(ports: Ports): AsyncGenerator<StoredEvent> {
  for await (const event of eventsUntil(ports.store, null, null)) {
    if (isDomainStream(event.stream)) yield event;
  }
}

/** The tree over all events now; `visit` sees each leaf with its index. */
export async function treeOf(ports: Ports, visit: (event: StoredEvent, leafIndex: number) => void = () => undefined): Promise<MerkleTree> {
  const tree = createMerkleTree(ports.crypto.sha256);
  for await (const event of leavesOf(ports)) {
    visit(event, tree.size);
    tree.append(fromHex(event.hash));
  }
  return tree;
}
