import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ReplayReport } from '../../../handlers/queries/replay-runs.ts';
import { reportFigures } from '../../support/figures.ts';
import { priceCsv } from '../../support/prices.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { pricesOf, type SleeveName } from './world.ts';

const program = fileURLToPath(new URL('../../../bin/sleeve-ledger.ts', import.meta.url));
const loader = fileURLToPath(new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url));
const scratch = scratchDirectory();
const sleeves: readonly SleeveName[] = ['stocks', 'funds', 'coins'];

/** One command line in a process of its own; answers the one JSON object on its standard output. */
function command(
  args: readonly string[],
  environment: Record<string, string> = {},
): { readonly ok: boolean; readonly text: string; readonly result: unknown } {
  const text = execFileSync(process.execPath, ['--import', loader, program, ...args, '--json'], {
    cwd: scratch,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: scratch, TZ: 'UTC', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { ...(JSON.parse(text) as { ok: boolean; result: unknown }), text };
}

describe('replay in another process', () => {
  beforeAll(() => {
    for (const sleeve of sleeves) writeFileSync(join(scratch, `${sleeve}.csv`), priceCsv(pricesOf(sleeve)));
    const manifest = command(['init', '--prices', ...sleeves.map((sleeve) => `${sleeve}.csv`)]).result as { manifest: string };
    expect(manifest.manifest).toBe('manifest.json');
    for (const sleeve of sleeves) command(['flow', 'production', '--profile', sleeve, '--prices', `${sleeve}.csv`]);
    command(['flow', 'meta', '--profile', 'meta_production', '--risk', 'all']);
  }, 120_000);

  test('time zone, language and the order of the environment change no bit', () => {
    const worlds = [
      { TZ: 'UTC', LC_ALL: 'C' },
      { TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LC_ALL: 'ar_EG.UTF-8' },
    ];
    const answers = worlds.map((world) => command(['replay', '--all', '--strict'], world));
    const reports = answers.map(({ result }) => result as ReplayReport);
    for (const report of reports) expect(report).toMatchObject({ checked: 4, identical: 4, withinTolerance: 0, different: [] });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const runs = reports.flatMap((report) => report.runs);
    reportFigures({
      test: 'I8 replay',
      seed: 7,
      trials: runs.length,
      environments: worlds.length,
      runsDifferent: runs.filter(({ outcome }) => outcome !== 'identical').length,
    });
    reportFigures({
      test: 'I9 recompute',
      seed: 7,
      trials: runs.length,
      largestAbsoluteDifference: Math.max(...runs.map(({ largestDifference }) => largestDifference ?? 0)),
      limit: 1e-12,
    });
  }, 120_000);
});
