/**
 * Somebody who may read the disk, an old backup or EventStoreDB's own copies looks for what a refused message said, and somebody who may
 * write the disk destroys keys or keeps them against the record. Neither has the signing key.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openLedger } from '../../bin/open-ledger.ts';
import { createIntake, type IntakeOptions } from '../../handlers/intake/intake.ts';
import type { ReceivedMessage } from '../../handlers/ports/ports.ts';
import { SqliteLetterKeys } from '../../infra/sqlite/letter-keys.ts';
import { Workbench } from '../support/cli.ts';
import { sampleId } from '../support/sample-events.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { rawMessage } from '../support/sleeve-results.ts';

const scratch = scratchDirectory();
const secret = 'Erika-Mustermann-DE89370400440532013000';
const options: IntakeOptions = {
  resultsTopic: 'sleeve-results.v1',
  deadLettersTopic: 'sleeve-results.dlq.v1',
  deadLetters: null,
  onPoison: 'hold',
};

/** Says its secret wherever a message can: in its value, a member's name, a header, and so in the reason why it is refused. */
const telling = (offset: string): ReceivedMessage =>
  rawMessage(
    'coins',
    `{"specversion":"1.0","${secret}":1,"${secret}":2,"filler":1}`,
    { 'content-type': 'application/cloudevents+json', ce_id: secret, ce_subject: secret },
    { offset },
  );

let bench: Workbench;
let keys: string;

async function deliver(...messages: ReceivedMessage[]): Promise<(string | null)[]> {
  const ledger = await openLedger({ store: bench.store, actor: 'tests', logLevel: 'silent' });
  try {
    const intake = createIntake(ledger.session, options);
    const letters = [];
    for (const message of messages) letters.push((await intake.handle(message, async () => undefined)).letterId);
    return letters;
  } finally {
    await ledger.close();
  }
}

interface Verified {
  readonly kinds: readonly string[];
  readonly notes: readonly string[];
}

async function verified(store = bench.store): Promise<Verified> {
  const { result } = await bench.json(['ledger', 'verify', '--store', store]);
  return { kinds: (result['faults'] as { kind: string }[]).map(({ kind }) => kind), notes: result['notes'] as string[] };
}

/** Files of the bench that hold the text as it is, or in base64 at any of its three phases. */
function tellers(text: string): string[] {
  const phases = [0, 1, 2].map((before) => {
    const encoded = Buffer.from(`${'x'.repeat(before)}${text}`).toString('base64');
    return encoded.slice(before === 0 ? 0 : 4, -4);
  });
  return readdirSync(bench.directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(bench.directory, name);
    if (!statSync(file).isFile()) return false;
    const bytes = readFileSync(file).toString('latin1');
    return [text, ...phases].some((part) => bytes.includes(part));
  });
}

async function erase(letterId: string): Promise<void> {
  expect(await bench.json(['dlq', 'erase', letterId, '--why', 'request 12'])).toMatchObject({ exit: 0, result: { already: false } });
}

beforeEach(async () => {
  bench = new Workbench(scratch);
  keys = `${bench.store}.letter-keys`;
  await bench.json(['ledger', 'init']);
});

describe('a reader of the disk', () => {
  test('finds nothing of what a letter said, in no file of the ledger; its operator does', async () => {
    await deliver(telling('1'));
    await bench.json(['dlq', 'list']);
    await bench.json(['ledger', 'seal']);
    expect(tellers(secret)).toEqual([]);
    expect(statSync(keys).mode & 0o777).toBe(0o600);
    const { result } = await bench.json(['dlq', 'list']);
    expect(result['letters']).toMatchObject([{ text: 'sealed', reason: expect.stringContaining(secret), kept: true }]);
  });

  test('cannot confirm a guess by an id or a hash of the ledger', async () => {
    await deliver(telling('1'));
    const other = new Workbench(scratch);
    copyFileSync(bench.store, other.store);
    copyFileSync(`${bench.store}.key`, `${other.store}.key`);
    const [told] = (await bench.events()).filter(({ type }) => type === 'SleeveRunRejected');
    // The guess is right to the byte, and the copy of the ledger takes it for a message that it never saw.
    const ledger = await openLedger({ store: other.store, actor: 'guesser', logLevel: 'silent' });
    const guessed = await createIntake(ledger.session, options).handle(telling('2'), async () => undefined);
    await ledger.close();
    expect(new TextDecoder().decode(told!.bytes)).not.toContain(guessed.letterId ?? 'no letter');
    // Control: where the keys are, the same message is known.
    expect(await deliver(telling('2'))).toEqual([
      (JSON.parse(new TextDecoder().decode(told!.bytes)) as { data: { letterId: string } }).data.letterId,
    ]);
  });

  test('with a backup made before the erasure, and with the file as it was copied, reads nothing after it', async () => {
    const [letterId] = await deliver(telling('1'));
    const backup = bench.path('backup.sqlite');
    expect((await bench.json(['ledger', 'backup', '--to', backup])).exit).toBe(0);
    expect(existsSync(`${backup}.letter-keys`)).toBe(false);
    await erase(letterId!);
    const answer = await bench.json(['dlq', 'list', '--store', backup]);
    expect(answer.result['letters']).toMatchObject([{ text: 'key missing', reason: null }]);
    expect(tellers(secret)).toEqual([]);
  });

  test('finds no byte of a destroyed key in the file of keys or beside it, whatever came before', async () => {
    const file = bench.path('many.letter-keys');
    const store = new SqliteLetterKeys(file, { readonly: false });
    const made = [];
    for (let number = 0; number < 400; number++) {
      const recognisedBy = Buffer.from(sampleId(`message ${number}`).replaceAll('-', '').repeat(2), 'hex');
      made.push({
        recognisedBy,
        ...(await store.keyFor({ recognisedBy, place: `place ${number}`, idOf: (n) => sampleId(`${number} ${n}`) })),
      });
    }
    const gone = made.filter((_, number) => number % 3 === 0);
    await store.destroy(gone.map(({ keyId }) => keyId));
    const bytes = [file, `${file}-journal`].filter((name) => existsSync(name)).map((name) => readFileSync(name));
    const isThere = (part: Uint8Array): boolean => bytes.some((content) => content.includes(Buffer.from(part)));
    expect(gone.filter(({ key, recognisedBy }) => isThere(key) || isThere(recognisedBy))).toEqual([]);
    // Control: the others are there, and are given out.
    expect(made.filter((one) => !gone.includes(one)).every(({ key }) => isThere(key))).toBe(true);
    expect(await store.key(made[1]!.keyId)).toEqual(made[1]!.key);
    store.close();
  });
});

describe('an erasure', () => {
  test('is accepted by verify, once; afterwards a retry says erased, and the sleeve goes on when the letter is discarded', async () => {
    const [letterId] = await deliver(telling('1'));
    await erase(letterId!);
    expect(await verified()).toEqual({ kinds: [], notes: [] });
    expect(await bench.json(['dlq', 'retry', letterId!, '--why', 'x'])).toMatchObject({ error: { code: 'LetterErased' } });
    expect((await bench.json(['dlq', 'list'])).result['letters']).toMatchObject([
      { text: 'erased', kept: false, erased: { who: 'tester' } },
    ]);
    expect(await bench.json(['dlq', 'erase', letterId!, '--why', 'again'])).toMatchObject({
      exit: 0,
      result: { already: true, open: true },
    });
    expect(await bench.json(['dlq', 'discard', letterId!, '--why', 'erased'])).toMatchObject({ exit: 0 });
    const types = (await bench.events()).map(({ type }) => type);
    expect(types.filter((type) => type === 'DeadLetterErased').length).toBe(1);
  });

  test('covers what was held before it became the letter', async () => {
    const [first] = await deliver(telling('1'), { ...telling('2'), value: new TextEncoder().encode(`["${secret}"`) });
    await bench.json(['dlq', 'discard', first!, '--why', 'x']);
    const letters = (await bench.json(['dlq', 'list'])).result['letters'] as { letterId: string; reason: string }[];
    expect(letters).toMatchObject([{ text: 'sealed', reason: 'not JSON' }]);
    await erase(letters[0]!.letterId);
    await erase(first!);
    const database = new Database(keys, { readonly: true });
    expect(database.prepare('SELECT count(*) FROM letter_keys WHERE key IS NOT NULL').pluck().get()).toBe(0);
    database.close();
    expect((await verified()).kinds).toEqual([]);
  });

  test('of a letter that nobody knows is refused, and records nothing', async () => {
    await deliver(telling('1'));
    const before = (await bench.events()).length;
    expect(await bench.json(['dlq', 'erase', sampleId('no letter'), '--why', 'x'])).toMatchObject({ error: { code: 'LetterUnknown' } });
    expect((await bench.events()).length).toBe(before);
  });
});

describe('a writer of the disk', () => {
  test('who destroys a key without an erasure on record is found', async () => {
    await deliver(telling('1'));
    expect(await verified()).toEqual({ kinds: [], notes: [] });
    const database = new Database(keys);
    database.exec('UPDATE letter_keys SET key = NULL, recognised_by = NULL');
    database.close();
    expect((await verified()).kinds).toEqual(['letter_key_missing']);
  });

  test('who puts another key in its place is found', async () => {
    await deliver(telling('1'));
    const database = new Database(keys);
    database.prepare('UPDATE letter_keys SET key = ?').run(Buffer.alloc(32, 7));
    database.close();
    expect((await verified()).kinds).toEqual(['letter_unreadable']);
  });

  test('who keeps the keys of an erased letter and puts them back is found', async () => {
    const [letterId] = await deliver(telling('1'));
    const kept = readFileSync(keys);
    await erase(letterId!);
    writeFileSync(keys, kept);
    rmSync(`${keys}-journal`, { force: true });
    expect((await verified()).kinds).toEqual(['letter_key_not_destroyed']);
  });

  test('who takes the whole file of keys away is told of: what nobody can look at is not called verified', async () => {
    await deliver(telling('1'));
    rmSync(keys);
    expect((await verified()).notes).toEqual([expect.stringContaining('the keys of 1 sealed messages are not here')]);
  });

  test('who changes a byte of what is sealed is found, before and after the erasure', async () => {
    const [letterId] = await deliver(telling('1'));
    await erase(letterId!);
    const database = new Database(bench.store);
    const { sha256, stored } = database.prepare('SELECT sha256, stored FROM artifact_chunks').get() as { sha256: Buffer; stored: Buffer };
    stored[20]! ^= 1;
    database.prepare('UPDATE artifact_chunks SET stored = ? WHERE sha256 = ?').run(stored, sha256);
    database.close();
    expect((await verified()).kinds).toEqual(['artifact_damaged']);
  });
});
