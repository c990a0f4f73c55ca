import type { Checkpoint } from '../../domain/audit/checkpoint.ts';
import { leafHash, nodeHash, rootOf, verifyConsistency, verifyInclusion } from '../../domain/audit/merkle.ts';
import { consistencyNodes, inclusionNodes, type ProofNode, type Subtree, tileNodesOf, tileWidth } from '../../domain/audit/tiles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex } from '../../domain/shared/hashing.ts';
import { leafKey, type LeafRow, openTilesKey, type OpenTilesRow, tileKey, tileRoots, type TileRow } from '../../projections/tile-roots.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { catchUp, rebuild } from './projector.ts';
import { damageIn } from '../runtime/damage.ts';
import { someLeavesAfter } from './leaves.ts';

type Reader = Pick<Ports, 'store' | 'readModels' | 'crypto'>;
/** Whoever asks the tiles may find them damaged, and says so in the log. */
export type TilePorts = Reader & Pick<Ports, 'log'>;

/** A leaf read from its tile. */
interface TileLeaf {
  readonly event: Pick<StoredEvent, 'id' | 'position' | 'recordedAt'>;
  readonly hash: Uint8Array;
}

/** Where an event stands in the tree, with its audit path under a checkpoint. */
export interface Place {
  readonly leafIndex: number;
  /** Null for an event that the checkpoint does not cover. */
  readonly proof: readonly Uint8Array[] | null;
}

/**
 * Proofs from the tiles of this node. Whoever asks gives them away only once they lead to a signed root: these methods answer null where
 * they do not.
 */
export class TileReader {
  readonly #ports: Reader;
  readonly #leaves = new Map<number, readonly TileLeaf[]>();
  /** Of tiles side by side, by the keys of the first and the last. */
  readonly #roots = new Map<string, Uint8Array>();

  constructor(ports: Reader) {
    this.#ports = ports;
  }

  /** The place of an event, proven under the checkpoint where that covers it. */
  async place(event: StoredEvent, checkpoint: Checkpoint | null): Promise<Place | null> {
    const row = await this.#row<LeafRow>(leafKey(event.id));
    if (row === null || row.stream !== event.stream || row.revision !== Number(event.revision)) return null;
    const { leaf: index } = row;
    if (checkpoint === null || index >= checkpoint.size) {
      const there = (await this.leavesOf(Math.floor(index / tileWidth)))[index % tileWidth];
      return there?.event.id === event.id && there.event.position === event.position ? { leafIndex: index, proof: null } : null;
    }
    const { sha256 } = this.#ports.crypto;
    const { size, root } = checkpoint;
    const proof = await this.#hashesOf(inclusionNodes(index, size));
    const proven = verifyInclusion(sha256, { index, size, leafHash: leafHash(sha256, sha256(event.bytes)), root }, proof);
    return proven ? { leafIndex: index, proof } : null;
  }

  /** A proof that one tree extends the other. */
  async consistency(from: Checkpoint, to: Checkpoint): Promise<readonly Uint8Array[] | null> {
    const proof = await this.#hashesOf(consistencyNodes(from.size, to.size));
    return verifyConsistency(this.#ports.crypto.sha256, { from: from.size, to: to.size, fromRoot: from.root, toRoot: to.root }, proof)
      ? proof
      : null;
  }

  async open(): Promise<OpenTilesRow | null> {
    return this.#row<OpenTilesRow>(openTilesKey);
  }

  async tile(tier: number, number: number): Promise<TileRow | null> {
    return this.#row<TileRow>(tileKey(tier, number));
  }

  /** The leaves of a tile, as far as they are recorded. */
  async leavesOf(tile: number): Promise<readonly TileLeaf[]> {
    const known = this.#leaves.get(tile);
    if (known !== undefined) return known;
    const { crypto, store } = this.#ports;
    const whole = await this.tile(0, tile);
    const open = whole === null ? await this.open() : null;
    if (whole === null && (open === null || Math.floor(open.size / tileWidth) !== tile)) throw missing(0, tile);
    const events = await someLeavesAfter(store, whole === null ? open!.tiers[0]!.after : whole.after, tileWidth);
    const leaves = events.map(({ id, position, recordedAt, bytes }) => ({
      event: { id, position, recordedAt },
      hash: leafHash(crypto.sha256, crypto.sha256(bytes)),
    }));
    this.#leaves.set(tile, leaves);
    return leaves;
  }

  async #row<T>(key: string): Promise<T | null> {
    return (await this.#ports.readModels.row(tileRoots, key, null)) as T | null;
  }

  async #hashesOf(nodes: readonly ProofNode[]): Promise<Uint8Array[]> {
    const { sha256 } = this.#ports.crypto;
    const hashes: Uint8Array[] = [];
    for (const node of nodes) {
      let hash: Uint8Array | null = null;
      for (const subtree of node.toReversed()) {
        const left = await this.#subtree(subtree);
        hash = hash === null ? left : nodeHash(sha256, left, hash);
      }
      hashes.push(hash!);
    }
    return hashes;
  }

  async #subtree(subtree: Subtree): Promise<Uint8Array> {
    const { tier, tile, from, count } = tileNodesOf(subtree);
    if (tier > 0) return this.#rootOfTiles(tier - 1, tile * tileWidth + from, count);
    const leaves = (await this.leavesOf(tile)).slice(from, from + count);
    if (leaves.length !== count) throw missing(tier, tile);
    return rootOf(
      this.#ports.crypto.sha256,
      leaves.map(({ hash }) => hash),
    );
  }

  /** The root of tiles side by side: their rows are read in one go, as there are up to 128 of them. */
  async #rootOfTiles(tier: number, first: number, count: number): Promise<Uint8Array> {
    const [from, to] = [tileKey(tier, first), tileKey(tier, first + count - 1)];
    const known = this.#roots.get(`${from}-${to}`);
    if (known !== undefined) return known;
    const rows = await this.#ports.readModels.rows(tileRoots, {
      prefix: 'tile/',
      from,
      to,
      after: null,
      limit: count,
      direction: 'forwards',
      at: null,
    });
    const lacking = Array.from({ length: count }, (_, index) => index).find((index) => rows[index]?.key !== tileKey(tier, first + index));
    if (lacking !== undefined) throw missing(tier, first + lacking);
    const root = rootOf(
      this.#ports.crypto.sha256,
      rows.map(({ value }) => fromHex((value as unknown as TileRow).root)),
    );
    this.#roots.set(`${from}-${to}`, root);
    return root;
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
      await bring(ports, tileRoots);
      const answer = await ask(new TileReader(ports));
      if (answer !== null) return answer;
    } catch (error) {
      why = damageIn(error);
    }
    if (bring === catchUp) ports.log.warn({ what, why }, 'the tiles of the tree gave no proof: they are folded anew');
  }
  throw new LedgerError('ChainBroken', `${what} is not proven by what is stored: ${why}`, { evidence: { what, why } });
}
