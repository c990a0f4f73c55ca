import type { CombinationRun } from './combination.ts';
import type { StartBarsRun } from './start-bars.ts';
import type { ApiRun } from './api/results.ts';
import type { SelectionRun } from './selection.ts';
import type { ExecutionFigures } from './execution.ts';
import type { BacktestFigures, BacktestMemory, StackedPeer } from './backtest.ts';
import type { EmbeddedLatency, KafkaLatency } from './latency.ts';
import type { Machine } from './machine.ts';
import type { Timing } from './measure.ts';
import type { ScaleFigures } from './scale.ts';
import type { SolverRun } from './solver-results.ts';
import type { StormResult } from './storm.ts';
import type { ServerLatency, ServerStorm } from './storm-eventstoredb.ts';

export const kernelCases = [
  'hrp20',
  'hrp20Plain',
  'hrp500',
  'hrp500Plain',
  'riskParity500',
  'riskParity500Given',
  'minVariance500',
  'minVariance500Given',
  'walkForwardMinVariance',
  'walkForwardHrp',
  'walkForwardRiskParity',
] as const;
export type KernelCase = (typeof kernelCases)[number];

export const peers = ['skfolio', 'pyportfolioopt'] as const;
export type Peer = (typeof peers)[number];

/** A case with what it answered: weights, or the returns and weights of a walk-forward. */
export interface Answered {
  readonly timing: Timing;
  readonly answer: readonly number[];
}

export interface KernelFigures {
  readonly cases: Readonly<Record<KernelCase, Answered>>;
  readonly peakMegabytes: number;
}

/** What `peers.py` prints. */
export interface PeerFigures {
  readonly cases: Readonly<Record<Peer, Readonly<Partial<Record<KernelCase, Answered>>>>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Linear algebra libraries and their threads. */
  readonly threads: readonly string[];
  readonly peakMegabytes: number;
}

/** One peer on one case: how long it took, and how far its answer lies from ours. */
export interface Comparison {
  readonly peer: Peer;
  readonly kernel: KernelCase;
  readonly timing: Timing;
  readonly largestGap: number;
  /** By how much each side misses the optimum's own criterion; null for closed forms. */
  readonly miss: { readonly ours: number; readonly theirs: number } | null;
}

/** Rates of each round, in events per second. */
export interface AppendFigures {
  readonly meanEventBytes: number;
  readonly rounds: number;
  readonly perRound: { readonly single: number; readonly batched: number };
  readonly batch: number;
  readonly rates: Readonly<Record<'single' | 'batched', Readonly<Record<AppendContender, readonly number[]>>>>;
  readonly fileSystem: string;
  readonly sqlite: string;
}
export const appendContenders = ['append', 'encodeAndAppend', 'bareSameTable', 'bareTwoUnique'] as const;
export type AppendContender = (typeof appendContenders)[number];

/** Work over the events of one large ledger. */
export interface LedgerFigures {
  readonly events: number;
  readonly meanEventBytes: number;
  readonly fileMegabytes: number;
  readonly steps: readonly { readonly name: string; readonly events: number; readonly timing: Timing }[];
  readonly peakMegabytesStreaming: number;
  readonly peakMegabytes: number;
}

export interface StartFigures {
  readonly node: Timing;
  readonly compiledVersion: Timing;
  readonly sourceVersion: Timing;
}

export interface Run {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly kernels: { readonly timings: Readonly<Record<KernelCase, Timing>>; readonly peakMegabytes: number };
  readonly append: AppendFigures;
  readonly ledger: LedgerFigures;
  readonly start: StartFigures;
  readonly idleMegabytes: number;
  readonly peers: {
    readonly comparisons: readonly Comparison[];
    readonly versions: Readonly<Record<string, string>>;
    readonly threads: readonly string[];
    readonly peakMegabytes: number;
  } | null;
}

/** From a result to its publication, measured by `--reaction` alone. */
export interface ReactionRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly storms: Readonly<Record<'embedded' | 'doubled' | 'kafka', StormResult>>;
  readonly latency: { readonly embedded: EmbeddedLatency; readonly kafka: readonly KafkaLatency[] };
}

/** The same on an EventStoreDB, measured by `--server` alone. */
export interface ServerRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly storm: ServerStorm;
  readonly latency: ServerLatency;
}

/** Paths of weights and overlays, measured by `--execution` alone. */
export interface ExecutionRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly figures: ExecutionFigures;
}

/** Ledgers of a thousand events to a million, measured by `--scale` alone. */
export interface ScaleRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly figures: ScaleFigures;
}

/** Recursive backtests, measured by `--backtest` alone. */
export interface BacktestRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly figures: BacktestFigures;
  /** Of one backtest with few windows, and one with many. */
  readonly memory: readonly [BacktestMemory, BacktestMemory];
  readonly peer: StackedPeer;
}

/**
 * `bench/results.json`: the newest run, the newest that measured the peers as well, and the newest of the reaction, of a server, of scale,
 * of every solver, of execution, of backtests, of combinations and of selections.
 */
export interface Results {
  readonly newest: Run;
  readonly compared: Run | null;
  readonly reaction: ReactionRun | null;
  /** Left out until it is measured for the first time. */
  readonly server?: ServerRun | null;
  readonly scale: ScaleRun | null;
  readonly solvers: SolverRun | null;
  readonly execution: ExecutionRun | null;
  /** Left out until it is measured for the first time. */
  readonly backtest?: BacktestRun | null;
  /** Left out of results that are older than the allocator. */
  readonly combinations?: CombinationRun | null;
  /** Left out until it is measured for the first time. */
  readonly selection?: SelectionRun | null;
  readonly api?: ApiRun | null;
  /** Short commands against bare Node. */
  readonly startBars?: StartBarsRun | null;
}
