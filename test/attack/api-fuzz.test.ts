/**
 * The API against schemathesis, which reads its OpenAPI document and sends what that allows and what it forbids: no server error, and no
 * answer that the document does not describe. Which examples are sent follows from the seed.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { Workbench } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { oraclePython } from '../support/python.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { ServedLedger, tokenOf } from '../support/served-ledger.ts';

const { describe, test } = needs('schemathesis');
const directory = scratchDirectory();
const bench = new Workbench(directory);
let served: ServedLedger;
let token: string;
let run: string;

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
  await bench.json(['manifest', 'apply', '--no-seal']);
  run = (await bench.json(['flow', 'meta', '--profile', 'pair'])).result['runId'] as string;
  token = await tokenOf(bench, 'erin', 'viewer', 'auditor', 'sender', 'operator', 'approver');
  served = await ServedLedger.start(bench, []);
}, 300_000);
afterAll(() => served.stop());

/** Refused by the parts of the server that read no document: too long as a whole, too many. */
const otherRefusals = [400, 401, 403, 404, 405, 406, 409, 413, 415, 421, 422, 429, 431];

/** What schemathesis says of the served API, and how it ends. */
function fuzzed(phases: string, examplesMax: number, config: string): Promise<readonly [number | null, string]> {
  const file = join(directory, `schemathesis-${phases}.toml`);
  // Whether something that the document allows is also there, and makes sense, no document can say.
  const checks = ['positive_data_acceptance.enabled = false', `negative_data_rejection.expected-statuses = [${otherRefusals.join(', ')}]`];
  writeFileSync(file, [config, '[checks]', ...checks, ''].join('\n'));
  // A stream of events has no end.
  const settled =
    `--phases ${phases} --max-examples ${examplesMax} --seed 20260101 --exclude-path /v1/stream --continue-on-failure --no-shrink ` +
    '--request-timeout 60 --suppress-health-check all --no-color';
  const given = ['run', `${served.url}/v1/openapi.json`, '--header', `Authorization: Bearer ${token}`];
  const words = ['--config-file', file, ...given, ...settled.split(' ')];
  const program = spawn(oraclePython, [join(import.meta.dirname, 'support/fuzz.py'), ...words], {
    cwd: directory,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let said = '';
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  return new Promise((resolve) => program.on('close', (code) => resolve([code, said])));
}

describe('the API, asked by a machine', () => {
  test('answers whatever its document allows or forbids as the document says', async () => {
    const [code, said] = await fuzzed('examples,coverage,fuzzing', 4, '');
    expect(said.slice(-8_000)).toMatch(/(?<generated>\d{3,}) generated, \k<generated> passed/);
    expect(code).toBe(0);
  }, 300_000);

  test('does so for a portfolio, a sleeve and a run that are there', async () => {
    const names = { meta: 'pair', sleeve: 'stocks', run, before: run, after: run, symbol: 'NYSE:AAA' };
    const config = Object.entries(names).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`);
    const [code, said] = await fuzzed('fuzzing', 6, `[parameters]\n${config.join('\n')}\n`);
    expect(said.slice(-8_000)).toMatch(/(?<generated>\d{2,}) generated, \k<generated> passed/);
    expect(code).toBe(0);
  }, 300_000);
});
