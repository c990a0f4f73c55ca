import { monitorEventLoopDelay } from 'node:perf_hooks';
import { inLanes } from '../../../domain/shared/in-lanes.ts';
import { percentile } from '../figures.ts';
import type { DecisionWatch } from './decision-watch.ts';
import type { DeskLedger } from './ledger.ts';
import type { DeskMarket, ResultKey } from './market.ts';
import { startReaction } from './reacting.ts';
import { differing, type Final, finalsOf } from './tally.ts';
import { until } from '../kafka/ready.ts';

export interface StormFigures {
  /** Accepted runs a second, while the reaction worked beside the intake. */
  readonly resultsPerSecond: number;
  readonly secondsToTakeIn: number;
  /** From the first result to the last decision. */
  readonly secondsToSettle: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly lagMsMax: number;
  /** The event loop's longest absence. */
  readonly loopDelayMsMax: number;
  /** Acceptances times the portfolios that contain their sleeve: what would be looked at without coalescing. */
  readonly marks: number;
  readonly looks: number;
  readonly publications: number;
}

export interface Storm {
  readonly desk: DeskLedger;
  readonly watch: DecisionWatch;
  /** Takes everything in; settles when the last result is accepted. */
  readonly feed: () => Promise<void>;
  /** Where every portfolio must come to. */
  readonly expected: ReadonlyMap<string, Final>;
  readonly marks: number;
  /** Portfolios that wait for a window: their lag is their policy's. */
  readonly waiting: ReadonlySet<string>;
  readonly timeoutMs: number;
}

/** Takes results in as the role of a worker does: so many in hand at once, begun in their order. */
export async function deliverTogether(desk: DeskLedger, market: DeskMarket, keys: Iterable<ResultKey>, inFlightMax: number): Promise<void> {
  await inLanes(inFlightMax, keys, (key) => desk.deliver(market.message(key)));
}

/** Feeds results in while the reaction works, and waits until every portfolio has come to where it must. */
export async function storm({ desk, watch, feed, expected, marks, waiting, timeoutMs }: Storm): Promise<StormFigures> {
  let looks = 0;
  const options = { group: 'storm', concurrency: 4, onLook: () => void looks++ };
  const { reaction, stop } = await startReaction(desk.session, options, timeoutMs);
  looks = 0;
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const started = performance.now();
  await feed();
  const takenIn = performance.now();
  const { store } = desk.session.ports;
  await until(
    'every portfolio is where it must be',
    async () => reaction.backlog === 0 && differing(await finalsOf(store, [...expected.keys()]), expected).length === 0,
    timeoutMs,
  );
  loop.disable();
  await stop();
  const lags = watch.publications.filter(({ meta }) => !waiting.has(meta)).map(({ lagMs }) => lagMs);
  const settled = Math.max(takenIn, ...watch.publications.map(({ publishedAt }) => publishedAt));
  return {
    resultsPerSecond: (watch.acceptedAt.size / (takenIn - started)) * 1_000,
    secondsToTakeIn: (takenIn - started) / 1_000,
    secondsToSettle: (settled - started) / 1_000,
    lagP50Ms: percentile(lags, 0.5),
    lagP99Ms: percentile(lags, 0.99),
    lagMsMax: percentile(lags, 1),
    loopDelayMsMax: loop.max / 1e6,
    marks,
    looks,
    publications: watch.publications.length,
  };
}
