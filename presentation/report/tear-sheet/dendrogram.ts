import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import type { ClusterTree } from '../../../domain/risk/cluster-tree.ts';
import { type Block, decimal, paragraph, type TreeBlock } from '../model/document.ts';

/** Names of more leaves are not read. */
const leavesMax = 60;

/** Each cluster of the linkage as a place among the ordered leaves and a height. */
function mergesOf({ leaves, linkage, leafOrder }: ClusterTree): TreeBlock['merges'] {
  const placeOf = new Map(leafOrder.map((leaf, place) => [leaf, place]));
  const nodes = leaves.map((leaf) => ({ place: placeOf.get(leaf)!, height: 0 }));
  return linkage.map(([left, right, height]) => {
    const [upper, lower] = [nodes[left]!, nodes[right]!].toSorted((one, other) => one.place - other.place);
    nodes.push({ place: (upper!.place + lower!.place) / 2, height });
    return { height, branches: [upper!, lower!] as const };
  });
}

/** Members of a cluster that its label names. */
const namedMax = 3;

/** A column by its name, a cluster by its id and its first members. */
function labelOf({ members }: ClusterTree, leaf: string): string {
  const inside = members?.[leaf];
  if (inside === undefined) return leaf;
  const more = inside.length > namedMax ? ` and ${inside.length - namedMax} more` : '';
  return `${leaf}: ${inside.slice(0, namedMax).join(', ')}${more}`;
}

export function dendrogram({ tree }: TearSheet, id: string): Block[] {
  if (tree === null || tree.linkage.length === 0) return [];
  if (tree.leaves.length > leavesMax)
    return [paragraph(`The tree of ${tree.leaves.length} leaves is not drawn: above ${leavesMax} no name would be read.`, 'muted')];
  const last = tree.linkage.at(-1)![2];
  const labels = tree.leafOrder.map((leaf) => labelOf(tree, leaf));
  const inOrder = labels.join(tree.members === undefined ? ', ' : '; ');
  return [
    {
      kind: 'tree',
      id: `tree-${id}`,
      caption: 'What the hierarchy found alike: distances at which clusters merge',
      description: `${tree.leaves.length} leaves in the order ${inOrder}; all of them meet at ${decimal(last, 3)}.`,
      legend: [],
      leaves: labels,
      merges: mergesOf(tree),
    },
  ];
}
