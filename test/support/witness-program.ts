import { createMerkleTree, type MerkleTree } from '../../domain/audit/merkle.ts';
import { formatAddCheckpoint } from '../../domain/audit/add-checkpoint.ts';
import { signCheckpoint } from '../../domain/audit/checkpoint.ts';
import { formatVerifierKey, type VerifierKey, verifierKeyOf } from '../../domain/audit/signed-note.ts';
import { crypto, sha256 } from './audit-log.ts';
import { spawnProgram, type Workbench } from './cli.ts';

/** A witness in a process of its own. */
export interface WitnessProcess {
  readonly url: string;
  readonly verifierKey: string;
  readonly logged: () => string;
  readonly exit: () => Promise<number>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const startMsMax = 30_000;

/** Starts `witness serve` on a free port; resolves once it serves. */
export async function startWitness(
  bench: Workbench,
  state: string,
  logs: readonly string[],
  more: readonly string[] = [],
): Promise<WitnessProcess> {
  const argv = ['witness', 'serve', '--state', state, '--http', '127.0.0.1:0', ...logs.flatMap((log) => ['--log', log]), ...more];
  const started = spawnProgram(bench, argv);
  const until = performance.now() + startMsMax;
  let said: RegExpExecArray | null = null;
  while (said === null) {
    said = /Witness \S+ for .* --witness '([^#]+)#([^']+)'\. Stop/.exec(started.logged());
    if (said !== null) break;
    if (started.process.exitCode !== null || performance.now() > until) throw new Error(`the witness did not start: ${started.logged()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: said[1]!,
    verifierKey: said[2]!,
    logged: started.logged,
    exit: async () => (await started.ended).exit,
    stop: async (signal = 'SIGTERM') => {
      started.process.kill(signal);
      await started.ended;
    },
  };
}

/** A log with a key of its own, apart from any ledger: a tree, and others that part from it. */
export class SomeLog {
  readonly #seed: Uint8Array;
  readonly key: VerifierKey;
  readonly vkey: string;

  constructor(origin: string) {
    const { privateSeed, publicKey } = crypto.newKeyPair();
    this.#seed = privateSeed;
    this.key = verifierKeyOf(sha256, origin, publicKey);
    this.vkey = formatVerifierKey(this.key);
  }

  /** Leaves that all branches share, and then those of this one. */
  tree(branch: string, shared: number, own: number): MerkleTree {
    const tree = createMerkleTree(sha256);
    for (let leaf = 0; leaf < shared + own; leaf++)
      tree.append(sha256(new TextEncoder().encode(leaf < shared ? `${leaf}` : `${branch} ${leaf}`)));
    return tree;
  }

  note(tree: MerkleTree, size = tree.size): string {
    return signCheckpoint({ origin: this.key.name, size, root: tree.root(size) }, this.key, (message) => crypto.sign(this.#seed, message));
  }

  request(tree: MerkleTree, old: number, size = tree.size): string {
    return formatAddCheckpoint({ old, proof: tree.consistencyProof(old, size), note: this.note(tree, size) });
  }
}

export async function posted(
  url: string,
  body: string,
): Promise<{ readonly status: number; readonly type: string | null; readonly text: string }> {
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}
