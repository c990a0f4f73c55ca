/** A worker that allocates portfolios of many sleeves with long histories, and somebody who asks it meanwhile whether it is alive. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLedger } from '../../../bin/open-ledger.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { createIntake } from '../../../handlers/intake/intake.ts';
import { percentile } from '../figures.ts';
import { until } from '../kafka/ready.ts';
import { rawMessage } from '../sleeve-results.ts';
import { intakeOptions } from './ledger.ts';
import { DeskMarket, nameOf } from './market.ts';
import type { Turn } from './turn-times.ts';
import { type Worker, type WorkerEnd, startWorker } from './worker.ts';

export interface LoopStormSize {
  readonly sleeves: number;
  readonly portfolios: number;
  /** Daily returns of each sleeve. */
  readonly rows: number;
  readonly seed: number;
}

export interface LoopFigures {
  readonly workers: number;
  /** Portfolios decided on while it was measured, and for how long. */
  readonly decided: number;
  readonly seconds: number;
  /** Processor time of one turn of the worker's event loop: how late it comes round on a machine that has a processor for it. */
  readonly turnP99Ms: number;
  readonly turnMsMax: number;
  /** Share of the time that its thread was ready to run and another one ran. */
  readonly waitedShare: number;
  /** How late the loop came round by the clock: `nodejs_eventloop_lag_p99_seconds` of its metrics, without the 10 ms at which it looks. */
  readonly loopDelayP99Ms: number;
  /** From the request of /healthz to its answer, asked by another process. */
  readonly healthP99Ms: number;
  readonly healthMsMax: number;
  readonly probes: number;
}

export interface LoopStorm {
  readonly figures: LoopFigures;
  readonly end: WorkerEnd;
  /** From SIGTERM, sent while portfolios were being solved, to the first role that says that it is done. */
  readonly sigtermMs: number;
}

/** Every sleeve in every portfolio; each portfolio with bounds of its own, so that none is the run of another. */
function manifestText({ sleeves, portfolios }: LoopStormSize): string {
  const names = Array.from({ length: sleeves }, (_, sleeve) => nameOf('s', sleeve));
  const held = names.map((name) => ({ id: name, profile: name }));
  const meta = (portfolio: number): object => ({
    sleeves: held,
    meta_allocation: { profile: portfolio % 2 === 0 ? 'hrp' : 'risk_parity', min_weight: 0, max_weight: 0.5 + portfolio / 1_000 },
  });
  const profiles = Object.fromEntries([
    ...names.map((name) => [name, {}] as const),
    ...Array.from({ length: portfolios }, (_, portfolio) => [nameOf('p', portfolio), meta(portfolio)] as const),
  ]);
  return JSON.stringify({ profiles });
}

async function recordResults(store: string, size: LoopStormSize): Promise<void> {
  const market = new DeskMarket({ sleeves: size.sleeves, sessions: 1, rows: size.rows, seed: size.seed, nested: false });
  const ledger = await openLedger({ store, create: true, actor: 'desk', logLevel: 'silent' });
  try {
    await ledger.applyManifest(parseManifest(manifestText(size), 'manifest.json'));
    const intake = createIntake(ledger.session, intakeOptions);
    for (let sleeve = 0; sleeve < size.sleeves; sleeve++) {
      const { key, value, headers } = market.message({ sleeve, session: 0, correction: 0 });
      const { outcome, code } = await intake.handle(rawMessage(key, value, headers), async () => undefined);
      if (outcome !== 'accepted') throw new Error(`a result of ${key} was ${outcome}: ${code}`);
    }
  } finally {
    await ledger.close();
  }
}

async function metricsOf(address: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Portfolios that the worker has decided on, by its log. */
const decidedBy = (worker: Worker): number => worker.said().split('decided on a portfolio').length - 1;

/** At which `nodejs_eventloop_lag_p99_seconds` looks: a loop that is never late comes round after so long. */
const lookMs = 10;

/** Asks one after the other until it is stopped. */
async function probe(address: string, stopped: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!stopped()) {
    const started = performance.now();
    const { ok } = await fetch(`http://${address}/healthz`);
    if (!ok) throw new Error('/healthz says that the worker is not alive');
    times.push(performance.now() - started);
    await sleep(5);
  }
  return times;
}

async function doneAfter(worker: Worker): Promise<number> {
  const from = worker.said().length;
  const started = performance.now();
  worker.process.kill('SIGTERM');
  while (!worker.said().slice(from).includes('the role is done')) await sleep(1);
  return performance.now() - started;
}

/**
 * Lets a worker with so many threads allocate every portfolio at once. Figures are taken over three quarters of them; then it is stopped
 * while it solves the rest.
 */
export async function loopStorm(scratch: string, workers: number, size: LoopStormSize): Promise<LoopStorm> {
  const store = join(scratch, `loop-${workers}.sqlite`);
  await recordResults(store, size);
  const turnTimes = join(scratch, `turns-${workers}.json`);
  const worker = await startWorker(store, ['--workers', String(workers)], turnTimes);
  await worker.ready();
  const { address } = worker;
  // Each look at the metrics begins their delays anew: what the start took is not the storm's.
  await metricsOf(address);
  const begun = decidedBy(worker);
  const started = performance.timeOrigin + performance.now();
  let over = false;
  const probing = probe(address, () => over);
  await until('three quarters are decided on', () => decidedBy(worker) >= (3 * size.portfolios) / 4, 300_000);
  const ended = performance.timeOrigin + performance.now();
  const decided = decidedBy(worker) - begun;
  const metrics = await metricsOf(address);
  over = true;
  const times = await probing;
  const sigtermMs = await doneAfter(worker);
  const end = await worker.ended;
  const turns = (JSON.parse(readFileSync(turnTimes, 'utf8')) as Turn[]).filter(({ at }) => at > started && at < ended);
  const processorMs = turns.map((turn) => turn.processorMs);
  return {
    figures: {
      workers,
      decided,
      seconds: (ended - started) / 1000,
      turnP99Ms: percentile(processorMs, 0.99),
      turnMsMax: Math.max(...processorMs),
      waitedShare: turns.reduce((sum, { waitedMs }) => sum + waitedMs, 0) / (ended - started),
      loopDelayP99Ms: 1000 * (metrics.get('nodejs_eventloop_lag_p99_seconds') ?? Number.NaN) - lookMs,
      healthP99Ms: percentile(times, 0.99),
      healthMsMax: Math.max(...times),
      probes: times.length,
    },
    sigtermMs,
    end,
  };
}
