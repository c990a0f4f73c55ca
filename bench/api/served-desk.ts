/** A desk's ledger in one file: its worker in this process, and `sleeve-ledger serve` in one of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageToSend, Ports } from '../../handlers/ports/ports.ts';
import { environmentNames } from '../../handlers/runtime/settings.ts';
import { DecisionWatch } from '../../test/support/desk/decision-watch.ts';
import { type DeskLedger, openDesk } from '../../test/support/desk/ledger.ts';
import { DeskMarket, type DeskSize, resultsInOrder } from '../../test/support/desk/market.ts';
import { startReaction } from '../../test/support/desk/reacting.ts';
import { until } from '../../test/support/kafka/ready.ts';
import { type Percentiles, percentilesOf } from '../percentiles.ts';

export const root = join(import.meta.dirname, '../..');
export const resultsPerSecond = 50;
/** Results that are taken in before anything is measured. */
const warmUps = 150;
const sleeves = 30;

export interface WorkerFigures {
  /** From the call of the intake to the acceptance being durable. */
  readonly takeIn: Percentiles;
  /** From there to the publication being durable. */
  readonly toPublication: Percentiles;
}

export interface Round {
  readonly takeIn: readonly number[];
  readonly toPublication: readonly number[];
}

export const figuresOf = (rounds: readonly Round[]): WorkerFigures => ({
  takeIn: percentilesOf(rounds.flatMap(({ takeIn }) => takeIn)),
  toPublication: percentilesOf(rounds.flatMap(({ toPublication }) => toPublication)),
});

export interface Served {
  readonly url: string;
  end(): Promise<void>;
}

/** `sleeve-ledger serve` on a store. */
export async function serve(store: string): Promise<Served> {
  const program = join(root, 'bin/sleeve-ledger.ts');
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', program, 'serve', '--listen', '127.0.0.1:0', '--anybody-reads'], {
    cwd: root,
    env: { ...process.env, [environmentNames.store]: store },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const address = (): string | undefined => / at (http:\/\/[^ ]+) /.exec(said)?.[1];
  await until('the ledger is served', () => address() !== undefined || child.exitCode !== null, 120_000);
  const url = address();
  if (url === undefined) throw new Error(`serve ended with ${child.exitCode}: ${said}`);
  return {
    url,
    end: async () => {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Takes results in at a steady pace, and reacts to them, while the ledger is served. */
export class ServedDesk {
  readonly url: string;
  readonly portfolios: readonly string[];
  readonly watch: DecisionWatch;
  readonly #desk: DeskLedger;
  readonly #market: DeskMarket;
  readonly #keys;
  readonly #end: () => Promise<void>;
  #next = 0;

  private constructor(
    served: Served,
    desk: DeskLedger,
    market: DeskMarket,
    watch: DecisionWatch,
    size: DeskSize,
    end: () => Promise<void>,
  ) {
    this.url = served.url;
    this.portfolios = market.portfolios;
    this.watch = watch;
    this.#desk = desk;
    this.#market = market;
    this.#keys = [...resultsInOrder(size)];
    this.#end = end;
  }

  /** A desk for so many results behind those that warm it up; ports may be put around those of its worker. */
  static async start(store: string, results: number, around: (ports: Ports) => Partial<Ports> = () => ({})): Promise<ServedDesk> {
    const size = { sleeves, sessions: Math.ceil((warmUps + results) / sleeves), seed: 20_261_121, nested: false };
    const market = new DeskMarket(size);
    const watch = new DecisionWatch();
    const desk = await openDesk({ store }, market, (ports) => watch.around({ ...ports, ...around(ports) }));
    const { stop } = await startReaction(desk.session, { group: 'bench', concurrency: 4 });
    const served = await serve(store);
    const started = new ServedDesk(served, desk, market, watch, size, async () => {
      await served.end();
      await stop();
      await desk.close();
    });
    await started.round(started.nextResults(warmUps));
    return started;
  }

  /** So many results, made before anything is measured: that takes a second. */
  nextResults(count: number): readonly MessageToSend[] {
    const keys = this.#keys.slice(this.#next, this.#next + count);
    this.#next += count;
    return keys.map((key) => this.#market.message(key));
  }

  /** Takes results in. */
  async round(messages: readonly MessageToSend[]): Promise<Round> {
    const published = this.watch.publications.length;
    const takeIn: number[] = [];
    const started = performance.now();
    for (const [index, message] of messages.entries()) {
      const due = started + (index * 1_000) / resultsPerSecond;
      await sleep(Math.max(0, due - performance.now()));
      const handed = performance.now();
      await this.#desk.deliver(message);
      takeIn.push(performance.now() - handed);
    }
    await sleep(1_000);
    return { takeIn, toPublication: this.watch.publications.slice(published).map(({ lagMs }) => lagMs) };
  }

  end(): Promise<void> {
    return this.#end();
  }
}
