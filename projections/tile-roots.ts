import { appendNode, type CompactRange, rangeHashes, rangeOf, rangeRoot } from '../domain/audit/compact-range.ts';
import { leafHash } from '../domain/audit/merkle.ts';
import { tileWidth } from '../domain/audit/tiles.ts';
import { invariant } from '../domain/shared/errors.ts';
import { fromHex, type Sha256, toHex } from '../domain/shared/hashing.ts';
import { type Leaf, type LeafProjection, type Row, type Rows, sortable } from './projection.ts';

/** `tile/<tier>/<number>`: a whole tile. Tier 0 has 256 leaves, each tier above 256 tiles of the one below. */
export interface TileRow {
  readonly root: string;
  /** Position behind which its leaves are read; null for the first. */
  readonly after: string | null;
  /** Position of its last leaf. */
  readonly last: string;
  /** The greatest `recordedAt` of all leaves up to its end. */
  readonly recordedAt: string;
}

/** `open`: where the projection stands, and by tier what its tile that is not whole yet consists of. */
export interface OpenTilesRow {
  /** Leaves so far: the index of the next. */
  readonly size: number;
  readonly last: string | null;
  readonly recordedAt: string;
  readonly tiers: readonly OpenTile[];
}

interface OpenTile {
  readonly nodes: number;
  readonly after: string | null;
  readonly range: readonly string[];
}

/** `id/<event id>`: the leaf that an event is, and where it stands. */
export interface LeafRow {
  readonly leaf: number;
  readonly stream: string;
  readonly revision: number;
}

export const openTilesKey = 'open';
export const tileKey = (tier: number, tile: number): string => `tile/${tier}/${sortable(tile)}`;
export const leafKey = (eventId: string): string => `id/${eventId}`;

const nothing: OpenTilesRow = { size: 0, last: null, recordedAt: '', tiers: [] };

function rangeIn({ nodes, range }: OpenTile): CompactRange {
  const read = rangeOf(nodes, range);
  invariant(read !== null, 'an open tile whose hashes are not those of a range', { nodes, hashes: range.length });
  return read;
}

function apply(leaf: Leaf, rows: Rows, sha256: Sha256): readonly Row[] {
  const before = (rows(openTilesKey) as OpenTilesRow | null) ?? nothing;
  const recordedAt = leaf.recordedAt > before.recordedAt ? leaf.recordedAt : before.recordedAt;
  const tiers = [...before.tiers];
  const whole: Row[] = [];
  let node = leafHash(sha256, fromHex(leaf.hash));
  for (let tier = 0; ; tier++) {
    const open = tiers[tier] ?? { nodes: 0, after: tier === 0 ? before.last : null, range: [] };
    const range = appendNode(sha256, rangeIn(open), node);
    if (range.size < tileWidth) {
      tiers[tier] = { nodes: range.size, after: open.after, range: rangeHashes(range) };
      break;
    }
    node = rangeRoot(sha256, range);
    const tile = Math.floor(before.size / tileWidth ** (tier + 1));
    whole.push({
      key: tileKey(tier, tile),
      value: { root: toHex(node), after: open.after, last: leaf.position, recordedAt } satisfies TileRow,
    });
    tiers[tier] = { nodes: 0, after: leaf.position, range: [] };
  }
  const open: OpenTilesRow = { size: before.size + 1, last: leaf.position, recordedAt, tiers };
  return [
    { key: leafKey(leaf.id), value: { leaf: before.size, stream: leaf.stream, revision: leaf.revision } satisfies LeafRow },
    ...whole,
    { key: openTilesKey, value: { ...open, tiers: tiers.map((tile) => ({ ...tile, range: [...tile.range] })) } },
  ];
}

/**
 * Roots of the tiles that the tree of the ledger consists of, so that proofs read a few tiles and not the ledger. Nobody trusts it: every
 * proof is checked.
 */
export const tileRoots: LeafProjection = { kind: 'leaves', name: 'tile-roots', version: 1, keysFor: () => [openTilesKey], apply };
