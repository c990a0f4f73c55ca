/**
 * A storm that goes on while workers are killed: `npm run soak -- MINUTES [KILLS_PER_HOUR]`, 60 and 60 unless given. Results go to a real
 * Kafka as fast as the worker takes them in; the worker (intake, reaction, relay, read models, seals, one file) is killed (SIGKILL) at
 * random instants in the first three quarters, and left alone in the last, in which its memory is watched. Prints one line of figures, and
 * fails unless nothing was lost, nothing recorded or published twice, every portfolio is where a ledger ends that saw the newest results
 * only, and `ledger verify` finds no fault. The line may go to `npm run reliability -- --with FILE`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBroker } from '../bin/adapters.ts';
import { resolveSettings } from '../handlers/runtime/settings.ts';
import { ensureTopics } from '../handlers/roles/topics.ts';
import { createLog } from '../infra/system/log.ts';
import { AllocationsRead } from '../test/support/desk/allocations-read.ts';
import { EventCount } from '../test/support/desk/event-count.ts';
import { finalsOfFreshLedger, openDesk } from '../test/support/desk/ledger.ts';
import { DeskMarket, newestOf, type ResultKey } from '../test/support/desk/market.ts';
import { differing, finalsOf, tallyOf } from '../test/support/desk/tally.ts';
import { endWorkers, startWorker, type Worker } from '../test/support/desk/worker.ts';
import { faultSeed, percentile, reportFigures, seeded } from '../test/support/figures.ts';
import { startKafka } from '../test/support/kafka/broker.ts';
import { until } from '../test/support/kafka/ready.ts';

const [minutes = 60, killsPerHour = 60] = process.argv.slice(2).map(Number);
const seed = faultSeed();
const random = seeded(seed);
/** As many sleeves as a manifest holds beside their portfolios, and sessions that have passed: a result of the future is refused. */
const size = { sleeves: 375, sessions: 900, seed, rows: 60 };
/** With so many of each result, an hour at 500 results/s does not use them up. */
const corrections = 6;
/** Results sent and not taken in: enough that the worker is never idle. */
const backlogMax = 3_000;
const batch = 100;
const partitions = 12;
const settleMsMax = 600_000;
const sampleMs = 1_000;
/** A worker that has just started still fills its caches and compiles. */
const warmMs = 60_000;

function* everyResult(): Generator<ResultKey> {
  for (let session = 0; session < size.sessions; session++)
    for (let correction = 0; correction < corrections; correction++)
      for (let sleeve = 0; sleeve < size.sleeves; sleeve++) yield { sleeve, session, correction };
}

interface Sample {
  readonly atMs: number;
  readonly megabytes: number;
}

function residentMegabytes({ process: child }: Worker): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
  } catch {
    return null;
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Slope of the least-squares line, in megabytes an hour; null for fewer than two samples. */
function megabytesPerHour(samples: readonly Sample[]): number | null {
  if (samples.length < 2) return null;
  const [at, megabytes] = [mean(samples.map(({ atMs }) => atMs)), mean(samples.map((sample) => sample.megabytes))];
  let [products, squares] = [0, 0];
  for (const sample of samples) {
    products += (sample.atMs - at) * (sample.megabytes - megabytes);
    squares += (sample.atMs - at) * (sample.atMs - at);
  }
  return (products / squares) * 3_600_000;
}

/** The worker that is alive, and those before it. */
class Workers {
  kills = 0;
  startedAt = 0;
  peakMegabytes = 0;
  samples: Sample[] = [];
  #worker: Worker | null = null;
  readonly #start: () => Promise<Worker>;

  constructor(start: () => Promise<Worker>) {
    this.#start = start;
  }

  async begin(): Promise<void> {
    this.#worker = await this.#start();
    this.samples = [];
    this.startedAt = performance.now();
  }

  async kill(): Promise<void> {
    await this.#worker!.kill('SIGKILL');
    this.kills++;
    await this.begin();
  }

  sample(): void {
    const worker = this.#worker!;
    if (worker.process.exitCode !== null) throw new Error(`the worker ended with ${worker.process.exitCode}: ${worker.said()}`);
    const megabytes = residentMegabytes(worker);
    if (megabytes === null) return;
    this.peakMegabytes = Math.max(this.peakMegabytes, megabytes);
    this.samples.push({ atMs: performance.now(), megabytes });
  }

  async end(): Promise<void> {
    const { code } = await this.#worker!.kill('SIGTERM');
    if (code !== 0) throw new Error(`the worker ended with ${code}`);
  }
}

const scratch = mkdtempSync(join(process.cwd(), 'node_modules', '.cache', 'sleeve-ledger-soak-'));
const market = new DeskMarket(size);
const store = join(scratch, 'soak.sqlite');
const desk = await openDesk({ store }, market);
const kafka = await startKafka();
try {
  const broker = await openBroker(kafka.connectionString, createLog('silent', false, { write: () => undefined }));
  const { settings } = resolveSettings({}, {}, null);
  await ensureTopics(broker, settings, { partitions, replicas: 1 });
  const workers = new Workers(() => startWorker(store, ['--kafka', kafka.connectionString, '--log-level', 'warn']));
  await workers.begin();
  const accepted = new EventCount(desk.session.ports.store, 'SleeveRunAccepted');
  const allocations = new AllocationsRead(broker, settings.allocationsTopic);
  const sent: ResultKey[] = [];
  const results = everyResult();
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 60_000 / minutes;
  const rates: number[] = [];

  const feed = async (): Promise<void> => {
    while (elapsed() < 1) {
      if (sent.length - (await accepted.now()) > backlogMax) {
        await sleep(20);
        continue;
      }
      const keys = Array.from({ length: batch }, () => results.next().value as ResultKey);
      await broker.sink.send(
        settings.resultsTopic,
        keys.map((key) => market.message(key)),
      );
      sent.push(...keys);
    }
  };
  const disturb = async (): Promise<void> => {
    const meanMs = 3_600_000 / killsPerHour;
    while (elapsed() < 0.75) {
      await sleep(Math.min(-Math.log(1 - random()) * meanMs, Math.max(0, 0.75 - elapsed()) * minutes * 60_000));
      if (elapsed() < 0.75) await workers.kill();
    }
  };
  const watch = async (): Promise<void> => {
    for (let before = 0; elapsed() < 1; before = accepted.count) {
      await sleep(sampleMs);
      workers.sample();
      if (before > 0) rates.push(((accepted.count - before) / sampleMs) * 1_000);
    }
  };
  await Promise.all([feed(), disturb(), watch()]);

  await until('every result is taken in', async () => (await accepted.now()) >= sent.length, settleMsMax);
  const takenInMinutes = (performance.now() - began) / 60_000;
  const { store: events } = desk.session.ports;
  const expected = await finalsOfFreshLedger(market, newestOf(sent));
  const away = async (): Promise<number> => differing(await finalsOf(events, [...expected.keys()]), expected).length;
  await until('every portfolio is where it must be', async () => (await away()) === 0, settleMsMax);
  const published = new EventCount(events, 'AllocationPublished');
  await until('every publication is relayed', async () => allocations.ids.size >= (await published.now()), settleMsMax);
  const slope = megabytesPerHour(workers.samples.filter(({ atMs }) => atMs - workers.startedAt > warmMs));
  await workers.end();
  await allocations.stop();
  await broker.close();
  const tally = await tallyOf(events);
  const figures = {
    lost: sent.length - tally.accepted,
    recordedTwice: tally.acceptedTwice,
    allocatedTwice: tally.allocatedTwice,
    backwards: tally.backwards,
    refused: tally.refusedMessages + tally.refusedAllocations,
    publicationsMissing: tally.publications - allocations.ids.size,
    faults: await desk.faults(),
  };
  const line = {
    test: 'soak: a storm through Kafka with kills',
    seed,
    trials: workers.kills,
    minutes,
    results: sent.length,
    publications: tally.publications,
    ...figures,
    resultsPerSecond: Math.round(sent.length / takenInMinutes / 60),
    resultsPerSecondP50: Math.round(percentile(rates, 0.5)),
    relayedAgain: allocations.repeated,
    peakMegabytes: Math.round(workers.peakMegabytes),
    megabytesPerHour: slope === null ? null : Math.round(slope),
  };
  reportFigures(line);
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (Object.values(figures).some((figure) => figure !== 0)) process.exitCode = 1;
} finally {
  await endWorkers();
  await kafka.stop();
  await desk.close();
  rmSync(scratch, { recursive: true, force: true });
}
