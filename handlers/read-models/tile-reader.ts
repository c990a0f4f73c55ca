import type { Checkpoint } from '../../domain/audit/checkpoint.ts';
import { leafHash, nodeHash, sameBytes, verifyConsistency, verifyInclusion } from '../../domain/audit/merkle.ts';
import {
  consistencyNodes,
  inclusionNodes,
  type ProofNode,
  type TileNode,
  subtreesOf,
  tileNodeOf,
  tileWidth,
} from '../../domain/audit/tiles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import {
  leafKey,
  type LeafRow,
  nodeOf,
  openTilesKey,
  type OpenTilesRow,
  type Tile,
  tileKey,
  type TileRow,
  treeTiles,
} from '../../projections/tree-tiles.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { catchUp, rebuild } from './projector.ts';
import { damageIn } from '../runtime/damage.ts';
import { someLeavesAfter } from './leaves.ts';

type Reader = Pick<Ports, 'store' | 'readModels' | 'crypto'>;
/** Whoever asks the tiles may find them damaged, and says so in the log. */
export type TilePorts = Reader & Pick<Ports, 'log' | 'clock'>;

/** Where an event stands in the tree, with its audit path under a checkpoint. */
export interface Place {
  readonly leafIndex: number;
  /** Null for an event that the checkpoint does not cover. */
  readonly proof: readonly Uint8Array[] | null;
}

/** Proofs from the tiles of this node. A method answers only with a proof that leads to the signed root, and with null otherwise. */
export class TileReader {
  readonly #ports: Reader;
  /** Tiles that were read, by tier and number. */
  readonly #tiersRead: Map<number, Tile>[] = [];
  #open: Promise<OpenTilesRow | null> | null = null;

  constructor(ports: Reader) {
    this.#ports = ports;
  }

  /** The place of an event, proven under the checkpoint where that covers it. */
  async place(event: StoredEvent, checkpoint: Checkpoint | null): Promise<Place | null> {
    const row = await this.#row<LeafRow>(leafKey(event.id));
    if (row === null || row.stream !== event.stream || row.revision !== Number(event.revision)) return null;
    const { leaf: index } = row;
    const { sha256 } = this.#ports.crypto;
    const hash = leafHash(sha256, sha256(event.bytes));
    if (checkpoint === null || index >= checkpoint.size) {
      const there = nodeOf(await this.#tile(0, Math.floor(index / tileWidth)), 0, index % tileWidth);
      return there !== null && sameBytes(there, hash) ? { leafIndex: index, proof: null } : null;
    }
    const { size, root } = checkpoint;
    const proof = await this.#proofOf(inclusionNodes(index, size));
    return verifyInclusion(sha256, { index, size, leafHash: hash, root }, proof) ? { leafIndex: index, proof } : null;
  }

  /** A proof that one tree extends the other. */
  async consistency(from: Checkpoint, to: Checkpoint): Promise<readonly Uint8Array[] | null> {
    const proof = await this.#proofOf(consistencyNodes(from.size, to.size));
    return verifyConsistency(this.#ports.crypto.sha256, { from: from.size, to: to.size, fromRoot: from.root, toRoot: to.root }, proof)
      ? proof
      : null;
  }

  /** A proof that a tree extends the one of its first `from` leaves, whoever has a root of that. */
  async growth(from: number, to: Checkpoint): Promise<readonly Uint8Array[] | null> {
    if (from === 0 || from === to.size) return [];
    const [root] = await this.#proofOf([subtreesOf(0, from)]);
    return this.consistency({ ...to, size: from, root: root! }, to);
  }

  async open(): Promise<OpenTilesRow | null> {
    return (this.#open ??= this.#row<OpenTilesRow>(openTilesKey));
  }

  async tile(tier: number, number: number): Promise<TileRow | null> {
    return this.#row<TileRow>(tileKey(tier, number));
  }

  /** The events of a tile, as far as they are recorded. */
  async eventsOf(number: number): Promise<readonly StoredEvent[]> {
    return someLeavesAfter(this.#ports.store, (await this.#tile(0, number)).after, tileWidth);
  }

  async #row<T>(key: string): Promise<T | null> {
    return (await this.#ports.readModels.row(treeTiles, key, null)) as T | null;
  }

  /** A tile, whole or not. The row of those that are not whole is read already: most proofs end at their nodes. */
  async #tile(tier: number, number: number): Promise<Tile> {
    const tiles = this.#tiersRead[tier] ?? new Map<number, Tile>();
    this.#tiersRead[tier] = tiles;
    const known = tiles.get(number);
    if (known !== undefined) return known;
    const open = await this.open();
    if (open === null) throw missing(tier, number);
    const isWhole = Math.floor(open.size / tileWidth ** (tier + 1)) !== number;
    const tile = isWhole ? await this.tile(tier, number) : open.tiers[tier];
    if (!Array.isArray(tile?.levels)) throw missing(tier, number);
    tiles.set(number, tile);
    return tile;
  }

  async #proofOf(nodes: readonly ProofNode[]): Promise<Uint8Array[]> {
    const placed = nodes.map((node) => node.map(tileNodeOf));
    // Few tiles hold all of them: they are read first, and the proof is then put together without waiting.
    for (const node of placed) {
      for (const { tier, tile } of node) if (this.#tiersRead[tier]?.has(tile) !== true) await this.#tile(tier, tile);
    }
    const { sha256 } = this.#ports.crypto;
    return placed.map((node) => node.map((subtree) => this.#hashAt(subtree)).reduceRight((right, left) => nodeHash(sha256, left, right)));
  }

  #hashAt({ tier, tile, level, index }: TileNode): Uint8Array {
    const read = this.#tiersRead[tier]?.get(tile);
    const hash = read === undefined ? null : nodeOf(read, level, index);
    if (hash === null) throw missing(tier, tile);
    return hash;
  }
}

function missing(tier: number, tile: number): LedgerError {
  return new LedgerError('ChainBroken', `tile ${tile} of tier ${tier} is not there`, { evidence: { tier, tile } });
}

/**
 * Asks the tiles of this node, brought up to date first. Where they give no proof they are folded anew, once: they can be damaged, and the
 * ledger cannot be what is wrong before that has been tried. Errors: ChainBroken when the ledger itself does not lead to the signed root.
 */
export async function throughTiles<T>(ports: TilePorts, what: string, ask: (tiles: TileReader) => Promise<T | null>): Promise<T> {
  let why = 'the proof does not lead to the signed root';
  for (const bring of [catchUp, rebuild]) {
    try {
      await bring(ports, treeTiles);
      const answer = await ask(new TileReader(ports));
      if (answer !== null) return answer;
    } catch (error) {
      why = damageIn(error);
    }
    if (bring === catchUp) ports.log.warn({ what, why }, 'the tiles of the tree gave no proof: they are folded anew');
  }
  throw new LedgerError('ChainBroken', `${what} is not proven by what is stored: ${why}`, { evidence: { what, why } });
}
