import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Happening, happeningNames, happeningOf } from '../../../handlers/live/happening.ts';
import { projectRoot } from '../../support/cli.ts';
import { everyFact } from '../../support/portfolio-events.ts';

const told = everyFact()
  .stored.map(happeningOf)
  .filter((happening): happening is Happening => happening !== null);

describe('what is told of an event', () => {
  test('is what it is about, and no text that anybody wrote', () => {
    const refused = told.find(({ name }) => name === 'result-refused');
    expect(refused).toEqual({
      position: '11',
      name: 'result-refused',
      type: 'SleeveRunRejected',
      stream: 'sleeve-gold',
      recordedAt: '2026-01-02T03:04:05.678Z',
      sleeve: 'gold',
      letterId: 'c56a4180-65aa-42ec-a945-5fd21dec0538',
      code: 'MessageInvalid',
    });
    // Reasons and messages of the facts: outage, the turnover, wrong prices, 12 common dates, a test, a name in it, seen, no.
    const all = JSON.stringify(told);
    for (const text of ['outage', 'turnover', 'wrong prices', 'common dates', 'a test', 'a name', 'seen', 'why', 'reason'])
      expect(all).not.toContain(text);
  });

  test('is nothing for events in between, such as the windows of a backtest', () => {
    const names = new Set(told.map(({ type }) => type as string));
    for (const type of ['BacktestStarted', 'WindowAllocated', 'AssetsSelected', 'RegimesDetected']) expect(names).not.toContain(type);
    expect(names).toContain('BacktestCompleted');
  });

  test('is where it stands alone when its bytes cannot be read', () => {
    const [event] = everyFact().stored;
    expect(happeningOf({ ...event!, bytes: new Uint8Array([0x7b]) })).toEqual({
      position: '1',
      name: 'sleeve-defined',
      type: 'SleeveDefined',
      stream: 'sleeve-bonds',
      recordedAt: event!.recordedAt,
    });
  });

  test('has a name of its own for each type, and the reference lists them all', () => {
    const names = Object.values(happeningNames);
    expect(new Set(names).size).toBe(names.length);
    const page = readFileSync(join(projectRoot, 'docs', 'reference', 'stream.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z-]+)` \| `([A-Za-z]+)` \|/gm)].map(([, name, type]) => [type, name]);
    expect(listed).toEqual(Object.entries(happeningNames));
  });
});
