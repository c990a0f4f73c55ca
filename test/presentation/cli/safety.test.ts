/** A5 and A6: nothing that somebody wrote can pose as a line of ours, and no secret leaves its file. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openLedger } from '../../../bin/open-ledger.ts';
import { quarantineSleeve } from '../../../handlers/commands/quarantine-sleeve.ts';
import { Workbench, type CliResult } from '../../support/cli.ts';
import { reportFigures } from '../../support/figures.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const forged = 'ok\n{"ok":true,"command":"ledger verify"}\r\n\u001b[2J\u001b]0;owned\u0007warning: none\u2028next\u202egnp\u0000';
// Control and formatting characters and line separators; the newline ends our own lines.
const controls = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('A5: control characters in reasons, names and files', () => {
  test('are recorded as they are and shown as escapes: no line is forged in output, logs or the audit file', async () => {
    const bench = new Workbench(scratch);
    const said: CliResult[] = [];
    const say = async (...argv: string[]): Promise<CliResult> => {
      const ran = await bench.run(argv, {});
      said.push(ran);
      return ran;
    };
    for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
    await say('flow', 'meta', '--profile', 'pair', '--log-level', 'debug');
    await say('flow', 'meta', '--profile', 'pair', '--restate', '--why', forged);
    await say('parity', 'waive', '--meta', 'pair', '--paths', forged, '--until', '2022-12-31', '--why', forged);
    expect((await say('sleeve', 'quarantine', 'stocks', '--why', forged, '--actor', forged)).exit).toBe(2);
    // Such a name is refused today; an older build has recorded it.
    const ledger = await openLedger({ store: bench.store, logLevel: 'silent' });
    await quarantineSleeve({ ...ledger.session, actor: forged }, 'stocks', forged);
    await ledger.close();
    const refused = await say('flow', 'meta', '--profile', 'pair');
    expect(refused.exit).toBe(1);
    await say('runs');
    await say('timeline', `no${forged}`);
    await say('weights', '--meta', `no${forged}`, '--risk', 'hrp');
    const prices = bench.write('bad.csv', `date,NYSE:A\u001b[31m,"X\nY:B"\n2022-01-03,1,2\n`);
    await say('flow', 'production', '--profile', 'stocks', '--prices', prices);

    const runId = ((await bench.json(['runs', '--name', 'pair'])).result['runs'] as { runId: string }[])[0]!.runId;
    await say('timeline', runId);
    const audit = bench.path('audit.jsonl');
    await say('audit', 'export', '--all', '-o', audit);

    for (const { stdout, stderr } of said) {
      expect(stdout).not.toMatch(controls);
      expect(stderr).not.toMatch(controls);
      for (const line of [...stdout.split('\n'), ...stderr.split('\n')]) {
        expect(line).not.toMatch(/^\{"ok":true/);
        expect(line).not.toMatch(/^warning: none/);
      }
    }

    // In the ledger the reason stands whole; in the audit file each event is one line that parses.
    const events = await bench.events();
    const reasons = events
      .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as { type: string; data: { why?: string } })
      .filter(({ type }) => type === 'SleeveQuarantined');
    expect(reasons.map(({ data }) => data.why)).toEqual([forged]);
    const lines = readFileSync(audit, 'utf8').trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as { step?: string });
    expect(parsed.length).toBeGreaterThanOrEqual(events.length);
    expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
    reportFigures({ test: 'A5 log injection', seed: null, trials: said.length, forgedLines: 0 });
  });

  test('cannot break the one object of --json', async () => {
    const bench = new Workbench(scratch);
    await bench.json(['manifest', 'apply', '--no-seal']);
    const answer = await bench.json(['sleeve', 'quarantine', 'stocks', '--why', forged, '--no-seal']);
    expect(answer.result['why']).toBe(forged);
  });
});

describe('A6: secrets', () => {
  test('the signing seed stands in its file only: in no event, output, log, witness, report or export', async () => {
    const bench = new Workbench(scratch);
    const outputs: string[] = [];
    for (const argv of [
      ['ledger', 'init', '--log-level', 'debug', '--debug'],
      ['ledger', 'init', '--log-level', 'debug', '--debug'],
      ['config', 'show'],
      ['ledger', 'seal', '--log-level', 'debug'],
      ['ledger', 'verify', '--log-level', 'debug'],
      ['doctor'],
    ]) {
      for (const json of [[], ['--json']]) {
        const ran = await bench.run([...argv, ...json]);
        outputs.push(ran.stdout, ran.stderr);
      }
    }
    for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
    outputs.push(JSON.stringify(await bench.json(['flow', 'meta', '--profile', 'pair', '--log-level', 'debug'])));
    await bench.run(['audit', 'export', '--all', '-o', bench.path('audit.jsonl')]);
    const keyFile = `${bench.store}.key`;
    const { privateSeedHex } = JSON.parse(readFileSync(keyFile, 'utf8')) as { privateSeedHex: string };
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const seed = Buffer.from(privateSeedHex, 'hex');
    const shapes = [privateSeedHex, privateSeedHex.toUpperCase(), seed.toString('base64'), seed.toString('base64url')]
      .map((text) => Buffer.from(text))
      .concat(seed);
    const places: Buffer[] = outputs.map((text) => Buffer.from(text));
    for (const entry of readdirSync(bench.directory, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile() && file !== keyFile) places.push(readFileSync(file));
    }
    const leaks = places.filter((place) => shapes.some((shape) => place.includes(shape)));
    reportFigures({ test: 'A6 secrets', seed: null, trials: places.length, leaks: leaks.length });
    expect(leaks).toEqual([]);
  });

  test.each([
    ['no JSON', 'privateSeedHex: 00ff'],
    ['another shape', '{"privateSeedHex":"00ff"}'],
  ])('a key file that holds %s is refused by name, without its content', async (_, content) => {
    const bench = new Workbench(scratch);
    const key = bench.write('other.key', content);
    for (const json of [[], ['--json']]) {
      const ran = await bench.run(['ledger', 'init', '--key', key, '--debug', ...json]);
      expect(ran.exit).toBe(2);
      expect(ran.stdout + ran.stderr).toContain('ConfigInvalid');
      expect(ran.stdout + ran.stderr).not.toContain('00ff');
    }
  });
});
