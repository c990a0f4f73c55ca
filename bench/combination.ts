/** The allocator at the size of its bar, 5,000 assets by 50 sleeves, beside general solvers on the same projection. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { combinePositions } from '../domain/combine/combine.ts';
import { exactly } from '../domain/combine/exact.ts';
import { type CombineRequest, defaultMethod, type NumberByName } from '../domain/combine/request.ts';
import type { CombinationConstraints } from '../domain/combine/schemas.ts';
import type { Machine } from './machine.ts';
import { measureWithin, type Timing } from './measure.ts';
import { normals } from './returns.ts';

export const combinationSize = { assets: 5000, sleeves: 50 } as const;
const seed = 59;

export const combinationPeers = ['clarabel', 'osqp'] as const;
export type CombinationPeer = (typeof combinationPeers)[number];

export interface CombinationFigures {
  /** From positions by name to weights with their proof. */
  readonly whole: Timing;
  /** The projection alone, its proof included, and the times that it passed over the assets. */
  readonly projection: Timing;
  readonly gap: number;
}

export interface CombinationPeerFigures {
  readonly timing: Timing;
  /** Largest difference of any weight. */
  readonly largestGap: number;
}

/** Measured by `--combinations` alone. */
export interface CombinationRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly own: CombinationFigures;
  readonly peers: Readonly<Record<CombinationPeer, CombinationPeerFigures>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Answers of the solvers may differ by their own tolerances, and no more. */
const agreementMax = 1e-4;

function requestAtSize(): CombineRequest {
  const normal = normals(seed);
  const { assets, sleeves } = combinationSize;
  const names = Array.from({ length: assets }, (_, i) => `X:${String(i).padStart(5, '0')}`);
  const table = (scale: number): NumberByName => Object.fromEntries(names.map((name) => [name, scale * normal()]));
  const positions = Object.fromEntries(Array.from({ length: sleeves }, (_, i) => [`sleeve${i}`, table(0.05)]));
  const budgets = Object.fromEntries(Object.keys(positions).map((sleeve) => [sleeve, 1 / sleeves]));
  const constraints: CombinationConstraints = { lower: -0.01, upper: 0.01, grossCap: 7, netCap: 0.02, turnoverCap: 5 };
  return { positions, budgets, previous: table(0.001), constraints, method: defaultMethod, scale: 1 };
}

/** Times this side, and leaves the projection for the others. */
export function measureCombination(scratch: string): CombinationFigures & { readonly weights: readonly number[] } {
  const request = requestAtSize();
  const { constraints } = request;
  const whole = measureWithin(() => combinePositions(request));
  const found = whole.result;
  if (found.outcome === 'refused') throw new Error('the combination of the benchmark was refused');
  const previous = Float64Array.from(found.assets, (asset) => request.previous![asset]!);
  const capped = { total: found.total, previous, constraints, noFlip: false };
  const projection = measureWithin(() => exactly(capped, 0));
  const program = { target: [...found.total], previous: [...previous], ...constraints };
  writeFileSync(join(scratch, 'combination.program.json'), JSON.stringify(program));
  return {
    whole: whole.timing,
    projection: projection.timing,
    gap: found.certificate!.gap,
    weights: [...found.weights],
  };
}

interface PeerAnswers {
  readonly answers: Readonly<Record<CombinationPeer, { readonly timing: Timing; readonly weights: readonly number[] }>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** The same projection by the peers. Throws where answers differ: a fast wrong answer is no result. */
export function compareCombination(
  python: string,
  root: string,
  scratch: string,
  weights: readonly number[],
): Pick<CombinationRun, 'peers' | 'versions'> {
  const script = join(root, 'bench', 'combination_peers.py');
  const { status } = spawnSync(python, [script, scratch], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`combination_peers.py ended with ${status}`);
  const { answers, versions } = JSON.parse(readFileSync(join(scratch, 'combination.answers.json'), 'utf8')) as PeerAnswers;
  const figures = combinationPeers.map((peer): [CombinationPeer, CombinationPeerFigures] => {
    const { timing, weights: theirs } = answers[peer];
    const largestGap = weights.reduce((largest, weight, i) => Math.max(largest, Math.abs(weight - theirs[i]!)), 0);
    if (!(largestGap <= agreementMax)) throw new Error(`${peer} differs by ${largestGap} in a weight`);
    return [peer, { timing, largestGap }];
  });
  return { peers: Object.fromEntries(figures) as CombinationRun['peers'], versions };
}
