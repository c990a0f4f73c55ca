/**
 * Records a ledger with everything in it that this release can record, and what it answers to every question:
 * `npx tsx test/golden/record-ledger/record.ts test/golden/ledgers/VERSION`. The folder must not be there: a recording is never written
 * over.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { catalogue } from '../../../domain/catalogue.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { codeInForce } from '../../../infra/system/code.ts';
import { domainEventsHere, eventsHere, type RecordedQuery, type Recording, type Redelivered } from '../support/ledger-folder.ts';
import { pack } from '../support/packing.ts';
import { run } from '../support/program.ts';
import { redeliver, redelivered, redeliverMessages } from '../support/redeliver.ts';
import { firstDate, laterDate, writeInputs } from './inputs.ts';
import { queriesOf } from './queries.ts';
import { readmeOf } from './readme.ts';
import { Recorder } from './recorder.ts';
import { playScenario, production } from './scenario.ts';

const write = (file: string, content: unknown): void => writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);

async function askEverything(now: string, queries: ReturnType<typeof queriesOf>): Promise<void> {
  for (const folder of ['expected/queries', 'expected/files', 'out']) mkdirSync(folder, { recursive: true });
  for (const [name, list] of Object.entries(queries)) {
    const answers: RecordedQuery[] = [];
    for (const argv of list) {
      const answered = await run(argv, { now });
      const output = argv[argv.indexOf('-o') + 1]!;
      const written = argv.includes('-o') && statSync(output).isFile() ? output : null;
      if (written !== null) cpSync(written, `expected/files/${basename(written)}`);
      answers.push({ argv, ...answered, file: written === null ? null : basename(written) });
    }
    write(`expected/queries/${name}.json`, answers);
  }
  rmSync('out', { recursive: true });
}

/** Delivers everything again, to a copy: the recorded ledger is not touched. */
async function deliverAgain(recorder: Recorder): Promise<Redelivered> {
  const home = process.cwd();
  const copy = mkdtempSync(join(tmpdir(), 'golden-'));
  cpSync('.', copy, { recursive: true });
  process.chdir(copy);
  try {
    const before = await domainEventsHere();
    const commands = [];
    for (const command of redelivered(recorder.commands)) {
      commands.push({ argv: command.argv, ...(await redeliver(command, recorder.now)) });
      if ((await domainEventsHere()) !== before) throw new Error(`given again, ${command.argv.join(' ')} is recorded again`);
    }
    const messages = await redeliverMessages(recorder.now);
    if ((await domainEventsHere()) !== before) throw new Error('delivered again, messages are recorded again');
    return { commands, messages };
  } finally {
    process.chdir(home);
    rmSync(copy, { recursive: true });
  }
}

async function exportEvidence(recorder: Recorder, runId: string): Promise<void> {
  await recorder.run(['audit', 'export', '--all', '-o', 'audit.jsonl']);
  await recorder.run(['audit', 'export', '--run', runId, '-o', 'audit-of-run.jsonl']);
  await recorder.run(['audit', 'bundle', runId, '-o', 'bundle.zip']);
  await recorder.run(['ledger', 'backup', '--to', 'backup.sqlite']);
}

async function record(): Promise<void> {
  const recorder = new Recorder();
  writeInputs();
  const runs = await playScenario(recorder);
  const { version, commit } = codeInForce();
  const events = await eventsHere();
  const types = events.map(({ type }) => type).toSorted();
  const missing = Object.keys(catalogue).filter((type) => !types.includes(type));
  if (missing.length > 0) throw new Error(`the scenario does not record ${missing.join(', ')}`);
  const recording: Recording = {
    code: { version, commit },
    endedAt: recorder.now,
    stages: recorder.stages,
    events: events.length,
    eventsByType: Object.fromEntries([...new Set(types)].map((type) => [type, types.filter((other) => other === type).length])),
    runs,
    goOn: { asOf: laterDate, sleeves: [production.stocks, production.etfs, production.coins], meta: 'desk' },
  };
  await askEverything(recorder.now, queriesOf(runs, recorder.stages));
  write('expected/redelivered.json', await deliverAgain(recorder));
  await exportEvidence(recorder, runs['deskSecond']!);
  write('expected/sent.json', recorder.sent);
  write('commands.json', recorder.commands);
  write('recording.json', recording);
  writeFileSync('README.md', readmeOf(recording, firstDate));
  // Who only reads leaves the empty log of the database behind; who could write takes it along.
  openSqlite('ledger.sqlite', { access: 'write', create: false }).close();
  const left = readdirSync('.').filter((name) => /-(wal|shm)$/.test(name));
  if (left.length > 0) throw new Error(`the ledger is not closed: ${left.join(', ')}`);
  pack('.');
}

const [target] = process.argv.slice(2);
if (target === undefined || existsSync(target)) throw new Error('give a folder that is not there yet');
mkdirSync(target, { recursive: true });
process.chdir(resolve(target));
await record();
