/**
 * A small desk from its prices to its evidence: what every verb answers, whole, and every event that is recorded on the way, against what
 * an earlier build answered. They are no oracle: they show each change. `UPDATE_ANSWERS=true` keeps them again, after one that is wanted.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { deskSteps, writeDesk } from './support/desk-steps.ts';
import { eventsHere } from './support/ledger-folder.ts';
import { run } from './support/program.ts';

const golden = join(import.meta.dirname, 'answers');
const scratch = scratchDirectory();
const home = process.cwd();
const start = Date.parse('2023-01-02T08:00:00.000Z');

beforeAll(() => {
  process.chdir(mkdtempSync(join(scratch, 'desk-')));
  writeDesk();
});
afterAll(() => process.chdir(home));

/** Texts of the build, which is another with every commit. */
const ofBuild = new Set(['code', 'commit', 'version', 'hash']);

/** A value as it is compared: without the build, and long lists of numbers by their ends. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    const numbers = value.length > 24 && value.every((item) => typeof item === 'number' || item === null);
    return numbers ? [value.length, ...value.slice(0, 8), '...', ...value.slice(-8)] : value.map(comparable);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, ofBuild.has(name) ? 'BUILD' : comparable(member)]));
}

/** What stands on the bytes of all events, which name the build: digests, signatures, sizes; and the folder of this run. */
const withoutDigests = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, member: unknown) => {
      if (name === 'bytes') return 'BYTES';
      if (typeof member !== 'string') return member;
      return member.replaceAll(process.cwd(), 'DESK').replaceAll(/[0-9a-f]{40,}|[A-Za-z0-9+/]{40,}=*/g, 'DIGEST');
    }),
  ) as unknown;

function expectGolden(name: string, value: unknown): void {
  const file = join(golden, `${name}.json`);
  const text = `${JSON.stringify(comparable(value), null, 1)}\n`;
  if (process.env['UPDATE_ANSWERS'] === 'true') writeFileSync(file, text);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}

const runs: Record<string, string> = {};
let asked = 0;

test.each(deskSteps)('answers $name as it did', async ({ name, commands }) => {
  const answers = [];
  for (const [as, argvOf] of commands) {
    const argv = argvOf(runs);
    asked++;
    const { exit, answer } = await run(argv, { now: new Date(start + asked * 60_000).toISOString() });
    const named = answer.result?.['runId'] ?? answer.result?.['combinationId'];
    if (as !== null && typeof named === 'string') runs[as] = named;
    answers.push({ argv, exit, answer });
  }
  expectGolden(name, name === 'ledger' ? withoutDigests(answers) : answers);
});

test('records the same facts', async () => {
  const events = (await eventsHere()).map(({ stream, revision, type, bytes }) => ({
    place: `${stream}@${revision}`,
    type,
    data: type === 'LedgerSealed' ? withoutDigests(decodeEnvelope(bytes).data) : decodeEnvelope(bytes).data,
  }));
  expectGolden('events', events);
});
