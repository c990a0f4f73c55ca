/** F11, C1, F13: processes at once on one file. */
import { join } from 'node:path';
import { existsSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { EventStore, StoredEvent } from '../../handlers/ports/ports.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { faultTrials, reportFigures } from '../support/figures.ts';
import { chainFaults } from '../support/sample-events.ts';
import { scratchDirectory } from '../support/scratch.ts';
import type { CompetingAnswer } from './support/append-competing.ts';
import { answerOf, pause, startChild, until } from './support/child.ts';

const directory = scratchDirectory();
const hour = 3_600_000;
const create = { access: 'write', create: true } as const;

async function wholeStream(store: EventStore, stream: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readStream(stream, { from: BigInt(events.length), maxCount: 1_000, direction: 'forwards' });
    events.push(...page);
    if (page.length < 1_000) return events;
  }
}

async function compete(file: string, streams: readonly string[], appends: number): Promise<CompetingAnswer[]> {
  const children = streams.map((stream, index) => startChild('append-competing.ts', { file, stream, appends, writer: `writer ${index}` }));
  return Promise.all(children.map((child) => answerOf<CompetingAnswer>(child)));
}

function tally(answers: readonly CompetingAnswer[], stored: readonly StoredEvent[]): Record<string, number> {
  const acknowledged = answers.flatMap((answer) => answer.ids);
  const ids = stored.map((event) => event.id);
  const kept = new Set(ids);
  return {
    acknowledged: acknowledged.length,
    conflicts: answers.reduce((sum, answer) => sum + answer.conflicts, 0),
    lost: acknowledged.filter((id) => !kept.has(id)).length,
    duplicated: ids.length - kept.size,
    notAcknowledged: kept.size - new Set(acknowledged).size,
    otherErrors: answers.flatMap((answer) => answer.otherErrors).length,
    longestWaitMs: Math.round(Math.max(...answers.map((answer) => answer.longestMs))),
  };
}

describe('processes at once on one file', () => {
  test(
    'that append to one stream lose nothing, double nothing, and see no busy database',
    async () => {
      const appends = faultTrials(150);
      const file = join(directory, 'one-stream.sqlite');
      const stream = 'sleeveRun-shared';
      const answers = await compete(file, [stream, stream], appends);
      const ledger = openSqlite(file, create);
      const stored = await wholeStream(ledger.store, stream);
      const figures = {
        ...tally(answers, stored),
        finalRevision: Number(stored.at(-1)!.revision),
        ...chainFaults(stored),
        storageFindings: ledger.integrity().length,
      };
      ledger.close();
      reportFigures({ test: 'C1 competing writers, one stream', seed: null, trials: appends, processes: 2, ...figures });
      expect(figures).toMatchObject({
        lost: 0,
        duplicated: 0,
        notAcknowledged: 0,
        otherErrors: 0,
        gaps: 0,
        chainBreaks: 0,
        storageFindings: 0,
        acknowledged: 2 * appends,
        finalRevision: 2 * appends - 1,
      });
    },
    hour,
  );

  test(
    'that open the same new file at once and append to streams of their own all succeed',
    async () => {
      const appends = faultTrials(60);
      const file = join(directory, 'own-streams.sqlite');
      const streams = ['sleeveRun-a', 'sleeveRun-b', 'sleeveRun-c', 'sleeveRun-d'];
      const answers = await compete(file, streams, appends);
      const ledger = openSqlite(file, create);
      const stored = await Promise.all(streams.map((stream) => wholeStream(ledger.store, stream)));
      const faults = stored.map(chainFaults);
      const figures = {
        ...tally(answers, stored.flat()),
        gaps: faults.reduce((sum, fault) => sum + fault.gaps, 0),
        chainBreaks: faults.reduce((sum, fault) => sum + fault.chainBreaks, 0),
        storageFindings: ledger.integrity().length,
      };
      ledger.close();
      reportFigures({
        test: 'F11 processes on one new file, streams of their own',
        seed: null,
        trials: appends,
        processes: streams.length,
        ...figures,
      });
      expect(figures).toMatchObject({
        lost: 0,
        duplicated: 0,
        notAcknowledged: 0,
        otherErrors: 0,
        conflicts: 0,
        gaps: 0,
        chainBreaks: 0,
        storageFindings: 0,
        acknowledged: streams.length * appends,
      });
    },
    hour,
  );

  test(
    'a backup taken while another process writes is a sound prefix of its history',
    async () => {
      const backups = Math.min(20, faultTrials(2));
      const file = join(directory, 'written.sqlite');
      const stream = 'sleeveRun-written';
      const acknowledgements = join(directory, 'written-acknowledgements');
      const child = startChild('append-until-killed.ts', { file, streams: [stream], acknowledgements });
      await until(() => existsSync(acknowledgements) && statSync(acknowledgements).size > 0);
      const ledger = openSqlite(file, create);
      const copies: { readonly target: string; readonly atLeast: number }[] = [];
      for (let index = 0; index < backups; index++) {
        await pause(150);
        const atLeast = (await wholeStream(ledger.store, stream)).length;
        const target = join(directory, `backup-${index}.sqlite`);
        await ledger.backup(target);
        copies.push({ target, atLeast });
      }
      child.process.kill('SIGKILL');
      await child.ended;
      const history = await wholeStream(ledger.store, stream);
      const figures = { events: history.length, notAPrefix: 0, olderThanItsStart: 0, chainBreaks: 0, storageFindings: 0 };
      for (const { target, atLeast } of copies) {
        const copy = openSqlite(target, { access: 'read', create: false });
        const events = await wholeStream(copy.store, stream);
        if (events.some((event, index) => event.hash !== history[index]?.hash)) figures.notAPrefix++;
        if (events.length < atLeast) figures.olderThanItsStart++;
        figures.chainBreaks += chainFaults(events).chainBreaks;
        figures.storageFindings += copy.integrity().length;
        copy.close();
      }
      ledger.close();
      reportFigures({ test: 'F13 backup while writing', seed: null, trials: backups, ...figures });
      expect(figures).toMatchObject({ notAPrefix: 0, olderThanItsStart: 0, chainBreaks: 0, storageFindings: 0 });
      expect(figures.events).toBeGreaterThan(backups);
    },
    hour,
  );
});
