import type { LinkageRow } from '../../domain/risk/schemas.ts';

export interface Drawn {
  readonly linkage: readonly LinkageRow[];
  /** What each leaf is called. */
  readonly leaves: readonly string[];
  /** The cluster of each leaf. */
  readonly clusterOf: (leaf: number) => string;
}

interface Task {
  readonly node: number;
  /** What stands in front of the node, and of what is below it. */
  readonly lead: string;
  readonly below: string;
  /** Cluster that the nodes above lie in; null above the cut. */
  readonly cluster: string | null;
}

const indentMax = 24;

/** The cluster of each node, null where it joins several. */
function clustersOf({ linkage, leaves, clusterOf }: Drawn): (string | null)[] {
  const clusters: (string | null)[] = leaves.map((_, leaf) => clusterOf(leaf));
  for (const [left, right] of linkage) clusters.push(clusters[left] === clusters[right] ? clusters[left]! : null);
  return clusters;
}

/**
 * A tree of text: where clusters of streams merge, with the distance, and each leaf by its name. What is behind the indentation of 24
 * levels stands at it.
 */
export function drawnDendrogram(drawn: Drawn): string[] {
  const { linkage, leaves } = drawn;
  if (leaves.length === 0) return [];
  const clusters = clustersOf(drawn);
  const lines: string[] = [];
  const tasks: Task[] = [{ node: leaves.length + linkage.length - 1, lead: '', below: '', cluster: null }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const { node, lead, below, cluster } = task;
    const own = clusters[node]!;
    const named = own !== null && own !== cluster ? `  [${own}]` : '';
    if (node < leaves.length) {
      lines.push(`${lead} ${leaves[node]!}${named}`);
      continue;
    }
    const [left, right, distance] = linkage[node - leaves.length]!;
    lines.push(`${lead}┐ ${distance.toFixed(4)}${named}`);
    const inner = below.length >= 2 * indentMax ? below : null;
    tasks.push({ node: right, lead: `${inner ?? below}└─`, below: inner ?? `${below}  `, cluster: own });
    tasks.push({ node: left, lead: `${inner ?? below}├─`, below: inner ?? `${below}│ `, cluster: own });
  }
  return lines;
}
