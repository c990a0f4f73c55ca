import { leafHash, merkleHashBytes, rootOf } from '../domain/audit/merkle.ts';
import { tileWidth } from '../domain/audit/tiles.ts';
import { fromHex, type Sha256, toHex } from '../domain/shared/hashing.ts';
import { type Leaf, type LeafProjection, type Row, type Rows, sortable } from './projection.ts';

const hexChars = 2 * merkleHashBytes;

/** Hashes side by side, in hexadecimal. In tier 0 they are leaf hashes, above it the roots of the tiles of the tier below. */
type TileHashes = string;

/** `tile/<tier>/<number>`: a whole tile. Tier 0 has 16 leaves, each tier above it 16 tiles of the one below. */
export interface TileRow {
  readonly hashes: TileHashes;
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

export type OpenTile = Pick<TileRow, 'hashes' | 'after'>;

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

/** The hashes [from, from + count) of a tile; fewer where it has fewer. */
export function hashesIn(hashes: TileHashes, from: number, count: number): Uint8Array[] {
  const bytes = fromHex(hashes.slice(from * hexChars, (from + count) * hexChars));
  return Array.from({ length: Math.floor(bytes.length / merkleHashBytes) }, (_, index) =>
    bytes.subarray(index * merkleHashBytes, (index + 1) * merkleHashBytes),
  );
}

function apply(leaf: Leaf, rows: Rows, sha256: Sha256): readonly Row[] {
  const before = (rows(openTilesKey) as OpenTilesRow | null) ?? nothing;
  const recordedAt = leaf.recordedAt > before.recordedAt ? leaf.recordedAt : before.recordedAt;
  const tiers = [...before.tiers];
  const whole: Row[] = [];
  let node = leafHash(sha256, fromHex(leaf.hash));
  for (let tier = 0; ; tier++) {
    const open = tiers[tier] ?? { after: tier === 0 ? before.last : null, hashes: '' };
    const hashes = open.hashes + toHex(node);
    if (hashes.length < tileWidth * hexChars) {
      tiers[tier] = { after: open.after, hashes };
      break;
    }
    node = rootOf(sha256, hashesIn(hashes, 0, tileWidth));
    const tile = Math.floor(before.size / tileWidth ** (tier + 1));
    whole.push({ key: tileKey(tier, tile), value: { hashes, after: open.after, last: leaf.position, recordedAt } satisfies TileRow });
    tiers[tier] = { after: leaf.position, hashes: '' };
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
