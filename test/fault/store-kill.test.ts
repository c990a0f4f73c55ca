/** F1 and F2: the process is killed (SIGKILL) at any instant; what it had acknowledged is there when the file is opened again. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { EventStore, StoredEvent } from '../../handlers/ports/ports.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { faultSeed, faultTrials, percentile, reportFigures, seeded } from '../support/figures.ts';
import { chainFaults, sampleEvents } from '../support/sample-events.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { endsWithAnAppend } from './support/batch-size.ts';
import { pause, startChild, until } from './support/child.ts';
import { applied, projection, projectPage } from './support/projection.ts';
import { rowsWith } from '../support/rows.ts';
import { addressesIn } from '../support/artifact-addresses.ts';

const directory = scratchDirectory();
const hour = 3_600_000;

async function wholeStream(store: EventStore, stream: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readStream(stream, { from: BigInt(events.length), maxCount: 1_000, direction: 'forwards' });
    events.push(...page);
    if (page.length < 1_000) return events;
  }
}

describe('a process killed', () => {
  test.each([
    ['to one stream', 1, 'F1 kill -9 during append'],
    ['to sixteen streams at once', 16, 'F1 kill -9 during appends in flight together'],
  ])(
    'while it appends %s has lost nothing that it acknowledged, and left no gap, no broken chain and no half of an append',
    async (_, inFlight, figuresOf) => {
      const seed = faultSeed();
      const trials = faultTrials(6);
      const random = seeded(seed);
      const file = join(directory, `append-${inFlight}.sqlite`);
      const figures = { acknowledged: 0, acknowledgedLost: 0, unacknowledgedKept: 0, gaps: 0, chainBreaks: 0, torn: 0, storageFindings: 0 };
      const reopenMs: number[] = [];
      for (let trial = 0; trial < trials; trial++) {
        const streams = Array.from({ length: inFlight }, (_stream, index) => `sleeveRun-trial-${trial}-${index}`);
        const acknowledgements = join(directory, `acknowledged-${trial}`);
        const child = startChild('append-until-killed.ts', { file, streams, acknowledgements });
        // One in four is killed while it starts, opens or migrates; the others amid their appends.
        if (trial % 4 === 3) await pause(random() * 600);
        else {
          await until(() => existsSync(acknowledgements) && statSync(acknowledgements).size > 0);
          await pause(random() * 80);
        }
        child.process.kill('SIGKILL');
        expect((await child.ended).signal).toBe('SIGKILL');
        const lines = existsSync(acknowledgements) ? readFileSync(acknowledgements, 'utf8').split('\n').slice(0, -1) : [];
        rmSync(acknowledgements, { force: true });

        const started = performance.now();
        const ledger = openSqlite(file, { access: 'write', create: true });
        await ledger.store.head();
        reopenMs.push(performance.now() - started);
        const stored = new Map<string, StoredEvent[]>();
        for (const stream of streams) stored.set(stream, await wholeStream(ledger.store, stream));
        const artifacts = new Set(await addressesIn(ledger.artifacts));
        const events = lines.filter((line) => line.startsWith('event '));
        const lost = lines.filter((line) => {
          const [kind, first, second, third] = line.split(' ');
          return kind === 'artifact' ? !artifacts.has(first!) : stored.get(first!)?.[Number(second)]?.hash !== third;
        });
        figures.acknowledged += lines.length;
        figures.acknowledgedLost += lost.length;
        figures.unacknowledgedKept -= events.length;
        for (const kept of stored.values()) {
          const faults = chainFaults(kept);
          figures.unacknowledgedKept += kept.length;
          figures.gaps += faults.gaps;
          figures.chainBreaks += faults.chainBreaks;
          if (!endsWithAnAppend(kept.length)) figures.torn++;
        }
        if (trial % 50 === 0 || trial === trials - 1) figures.storageFindings += ledger.integrity().length;
        ledger.close();
      }
      reportFigures({
        test: figuresOf,
        seed,
        trials,
        ...figures,
        p99ReopenMs: Math.round(10 * percentile(reopenMs, 0.99)) / 10,
      });
      expect(figures).toMatchObject({ acknowledgedLost: 0, gaps: 0, chainBreaks: 0, torn: 0, storageFindings: 0 });
      expect(figures.acknowledged).toBeGreaterThan(trials);
    },
    hour,
  );

  test(
    'while it projects leaves rows and checkpoint in step: completed, they equal a fresh fold',
    async () => {
      const seed = faultSeed();
      const trials = faultTrials(4);
      const random = seeded(seed + 1);
      const file = join(directory, 'project.sqlite');
      const ledger = openSqlite(file, { access: 'write', create: true });
      for (let index = 0; index < 100; index++) {
        const stream = `sleeveRun-${index}`;
        await ledger.store.append(stream, sampleEvents({ stream, count: 20 }), { expectedRevision: 'none' });
      }
      const fresh = new Map<string, JsonObject>();
      for (let after: string | null = null; ;) {
        const page: readonly StoredEvent[] = await ledger.store.readAll({ after, maxCount: 1_000, types: null });
        if (page.length === 0) break;
        for (const event of page) fresh.set(event.stream, applied(fresh.get(event.stream) ?? null, event));
        after = page.at(-1)!.position;
      }
      const figures = { rowsDifferent: 0, eventsAppliedTwice: 0, killedMidway: 0 };
      for (let trial = 0; trial < trials; trial++) {
        const progress = join(directory, `progress-${trial}`);
        const child = startChild('project-until-killed.ts', { file, progress });
        await until(() => existsSync(progress));
        await pause(random() * 60);
        child.process.kill('SIGKILL');
        await child.ended;
        const head = await ledger.store.head();
        const at = await ledger.readModels.checkpoint(projection);
        if (at !== null && at !== head) figures.killedMidway++;
        while (await projectPage(ledger.store, ledger.readModels, 500));
        const rows = new Map((await rowsWith(ledger.readModels, projection, '')).map((row) => [row.key, row.value]));
        for (const [key, value] of fresh) {
          if (
            JSON.stringify(rows.get(key)) !==
            JSON.stringify({ checksum: value['checksum'], events: value['events'], lastRevision: value['lastRevision'] })
          )
            figures.rowsDifferent++;
          if (Number(rows.get(key)?.['events']) > Number(value['events'])) figures.eventsAppliedTwice++;
        }
        expect(rows.size).toBe(fresh.size);
        await ledger.readModels.reset(projection);
      }
      ledger.close();
      reportFigures({ test: 'F2 kill -9 during projection', seed, trials, rows: fresh.size, ...figures });
      expect(figures).toMatchObject({ rowsDifferent: 0, eventsAppliedTwice: 0 });
      expect(figures.killedMidway).toBeGreaterThan(0);
    },
    hour,
  );
});
