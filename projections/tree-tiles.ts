import { leafHash, merkleHashBytes, nodeHash } from '../domain/audit/merkle.ts';
import { tileLevels, tileWidth } from '../domain/audit/tiles.ts';
import { fromHex, type Sha256, toHex } from '../domain/shared/hashing.ts';
import { type Leaf, type LeafProjection, type Row, type Rows, sortable } from './projection.ts';

const hexChars = 2 * merkleHashBytes;

/** What a tile consists of: hashes by level, those of a level side by side in hexadecimal. */
export interface Tile {
  /**
   * At the bottom leaf hashes, in tiers above 0 the roots of the tiles of the tier below; on each level above it the hashes over two of the
   * level below, as far as both are there. The root of a whole tile is left out: it stands in the tier above.
   */
  readonly levels: readonly string[];
  /** Position behind which its leaves are read; null for the first. */
  readonly after: string | null;
}

/** `tile/<tier>/<number>`: a whole tile. Tier 0 has 16 leaves, each tier above it 16 tiles of the one below. */
export interface TileRow extends Tile {
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
  readonly tiers: readonly Tile[];
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

/** A node of a tile by its level and its index there; null where the tile has none. */
export function nodeOf({ levels }: Tile, level: number, index: number): Uint8Array | null {
  const hash = levels[level]?.slice(index * hexChars, (index + 1) * hexChars) ?? '';
  return hash.length === hexChars ? fromHex(hash) : null;
}

/** A tile with one more hash at its bottom, and its root when that makes it whole. */
function grown(sha256: Sha256, { levels, after }: Tile, hash: Uint8Array): { readonly tile: Tile; readonly root: Uint8Array | null } {
  const next = [...levels];
  let node = hash;
  for (let level = 0; level < tileLevels; level++) {
    const hashes = (next[level] ?? '') + toHex(node);
    next[level] = hashes;
    if (hashes.length % (2 * hexChars) !== 0) return { tile: { levels: next, after }, root: null };
    node = nodeHash(sha256, fromHex(hashes.slice(-2 * hexChars, -hexChars)), node);
  }
  return { tile: { levels: next, after }, root: node };
}

function apply(leaf: Leaf, rows: Rows, sha256: Sha256): readonly Row[] {
  const before = (rows(openTilesKey) as OpenTilesRow | null) ?? nothing;
  const recordedAt = leaf.recordedAt > before.recordedAt ? leaf.recordedAt : before.recordedAt;
  const tiers = [...before.tiers];
  const whole: Row[] = [];
  let node = leafHash(sha256, fromHex(leaf.hash));
  for (let tier = 0; ; tier++) {
    const { tile, root } = grown(sha256, tiers[tier] ?? { levels: [], after: tier === 0 ? before.last : null }, node);
    if (root === null) {
      tiers[tier] = tile;
      break;
    }
    const number = Math.floor(before.size / tileWidth ** (tier + 1));
    whole.push({ key: tileKey(tier, number), value: { ...tile, last: leaf.position, recordedAt } satisfies TileRow });
    tiers[tier] = { levels: [], after: leaf.position };
    node = root;
  }
  const open: OpenTilesRow = { size: before.size + 1, last: leaf.position, recordedAt, tiers };
  return [
    { key: leafKey(leaf.id), value: { leaf: before.size, stream: leaf.stream, revision: leaf.revision } satisfies LeafRow },
    ...whole,
    { key: openTilesKey, value: { ...open, tiers: tiers.map((tile) => ({ ...tile })) } },
  ];
}

/**
 * The tiles that the tree of the ledger consists of, with their hashes, so that a proof reads one row a tier and not the ledger. They are
 * not trusted: every proof is checked.
 */
export const treeTiles: LeafProjection = { kind: 'leaves', name: 'tree-tiles', version: 1, keysFor: () => [openTilesKey], apply };
