/**
 * Ledgers that fork, are put back, or whose witness lies, against witnesses in processes of their own: what a folder beside the store
 * cannot show, because whoever writes the store may write it as well.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cosignatureLine, cosignerKeyOf, formatCosignerKey, openCosignature, parseCosignerKey } from '../../domain/audit/cosignature.ts';
import { parseNote } from '../../domain/audit/signed-note.ts';
import { crypto, sha256, verifySignature } from '../support/audit-log.ts';
import { type Answer, type RunOptions, spawnProgram, Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { startWitness, type WitnessProcess } from '../support/witness-program.ts';

type Answered = Answer & { readonly exit: number };

const scratch = scratchDirectory();
const running: WitnessProcess[] = [];
const servers: Server[] = [];
afterAll(async () => {
  for (const witness of running) await witness.stop();
  for (const server of servers) server.close();
});

let states = 0;
/** A witness that looks after the ledger of a bench. */
async function witnessFor(bench: Workbench, state = join(scratch, `state-${++states}`)): Promise<WitnessProcess> {
  const { verifierKey } = JSON.parse(readFileSync(`${bench.store}.key`, 'utf8')) as { verifierKey: string };
  const witness = await startWitness(bench, state, [verifierKey], ['--name', `witness.example/${state.split('-').at(-1)!}`]);
  running.push(witness);
  return witness;
}

const placeOf = ({ url, verifierKey }: Pick<WitnessProcess, 'url' | 'verifierKey'>): string => `${url}#${verifierKey}`;
const kinds = (answer: Answered): string[] => [...new Set((answer.result['faults'] as { kind: string }[]).map(({ kind }) => kind))];

/** A ledger of one seal with its key; the witness is named by the environment, as a desk would. */
class Ledger {
  readonly bench = new Workbench(scratch);
  places: readonly string[] = [];
  quorum: number | null = null;
  readonly more: Record<string, string> = {};

  async open(): Promise<this> {
    expect(await this.json('manifest', 'apply')).toMatchObject({ exit: 0 });
    return this;
  }

  get environment(): Record<string, string> {
    return {
      ...this.more,
      ...(this.places.length === 0 ? {} : { SLEEVE_LEDGER_WITNESS: this.places.join(' ') }),
      ...(this.quorum === null ? {} : { SLEEVE_LEDGER_WITNESS_QUORUM: String(this.quorum) }),
    };
  }

  /** Warnings are those about witnesses. */
  async json(...argv: string[]): Promise<Answered> {
    const answer = await this.bench.json(argv, { environment: this.environment } satisfies RunOptions);
    return { ...answer, warnings: answer.warnings.filter((warning) => warning.includes('witness')) };
  }

  write(why: string, ...flags: string[]): Promise<Answered> {
    const verb = this.#out ? 'reinstate' : 'quarantine';
    this.#out = !this.#out;
    return this.json('sleeve', verb, 'stocks', '--why', why, ...flags);
  }
  #out = false;

  /** The same ledger in another place, with its key and all that its folder remembers. */
  fork(): Ledger {
    const copy = new Ledger();
    for (const name of readdirSync(this.bench.directory).filter((file) => file.startsWith('ledger.sqlite')))
      cpSync(join(this.bench.directory, name), copy.bench.path(name), { recursive: true });
    copy.more['SLEEVE_LEDGER_WITNESS'] = copy.folder;
    copy.places = [copy.folder, ...this.places.filter((place) => place.includes('://'))];
    copy.#out = this.#out;
    return copy;
  }

  get folder(): string {
    return `${this.bench.store}.witness`;
  }

  get newest(): string {
    return readFileSync(join(this.folder, 'latest.checkpoint'), 'utf8');
  }
}

let ledger: Ledger;
let witness: WitnessProcess;

beforeAll(async () => {
  ledger = await new Ledger().open();
  witness = await witnessFor(ledger.bench);
  ledger.places = [placeOf(witness)];
}, 60_000);

describe('a witness elsewhere', () => {
  test('cosigns what is sealed; the note is kept with its cosignature, and verification says who vouches for what', async () => {
    const sealed = await ledger.json('ledger', 'seal');
    expect(sealed).toMatchObject({
      exit: 0,
      warnings: [],
      result: { witnesses: [{ place: witness.url, outcome: 'cosigned', why: null }] },
    });
    const key = parseCosignerKey(sha256, witness.verifierKey);
    expect(openCosignature(ledger.newest, key, verifySignature)).not.toBeNull();
    expect(await ledger.write('grown')).toMatchObject({ exit: 0, warnings: [] });
    const verified = await ledger.json('ledger', 'verify');
    const { sealedTo } = verified.result as { sealedTo: number };
    expect(verified).toMatchObject({
      exit: 0,
      warnings: [],
      result: { faults: [], cosigned: { to: sealedTo, quorum: null, by: [{ place: witness.url, name: key.name, size: sealedTo }] } },
    });
    expect(openCosignature(ledger.newest, key, verifySignature)).not.toBeNull();
    const { exit, result } = await ledger.json('doctor');
    const checks = result['checks'] as { readonly check: string; readonly status: string; readonly message: string }[];
    const said = (name: string): unknown => checks.find(({ check }) => check === name);
    expect([exit, said('witness elsewhere')]).toEqual([0, expect.objectContaining({ status: 'passed' })]);
    expect(said('what the witnesses prove')).toMatchObject({ message: expect.stringMatching(/cosigns one history only/) as unknown });
  });

  test('of a ledger and a copy that grew another way, sealed by two processes, cosigns one and convicts the other', async () => {
    const fork = ledger.fork();
    for (const each of [ledger, fork]) expect(await each.write(`for ${each.bench.directory}`, '--no-seal')).toMatchObject({ exit: 0 });
    const ends = await Promise.all(
      [ledger, fork].map(({ bench, environment }) => spawnProgram(bench, ['ledger', 'seal', '--json'], environment).ended),
    );
    const answers = ends.map(({ stdout }) => JSON.parse(stdout) as Answer);
    expect(ends.map(({ exit }) => exit).toSorted((one, other) => one - other)).toEqual([0, 1]);
    const refused = answers.find(({ ok }) => !ok)!;
    const accepted = answers.find(({ ok }) => ok)!;
    expect(accepted.result['witnesses']).toMatchObject([{ outcome: 'cosigned' }]);
    expect(refused.error).toMatchObject({ code: 'CheckpointInconsistent' });
    // Both are there: what was seen, and what is claimed.
    const evidence = JSON.stringify(refused.error!.evidence);
    expect(evidence).toMatch(/witnessed/);
    const root = accepted.result['root'] as string;
    expect(evidence.includes(root) || evidence.includes(Buffer.from(root, 'hex').toString('base64'))).toBe(true);
    // The one that was refused stays refused, and is found by whoever verifies it with the witness.
    const [honest, forked] = answers[0]!.ok ? [ledger, fork] : [fork, ledger];
    expect(await forked.write('on and on')).toMatchObject({ exit: 1, error: { code: 'CheckpointInconsistent' } });
    expect(kinds(await forked.json('ledger', 'verify'))).toContain('root_mismatch');
    expect(await honest.json('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [] } });
    ledger = honest;
  }, 60_000);

  test('remembers a ledger that was put back together with its folder', async () => {
    const older = ledger.fork();
    expect(await ledger.write('later')).toMatchObject({ exit: 0 });
    const verified = await older.json('ledger', 'verify');
    expect([verified.exit, kinds(verified)]).toEqual([1, ['sealed_tail_cut']]);
    expect(await older.json('ledger', 'seal')).toMatchObject({ exit: 1, error: { code: 'CheckpointInconsistent' } });
    // The control: without the witness nothing is seen, for store and folder agree.
    older.places = [older.folder];
    expect(await older.json('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [] } });
  });

  test('that is away holds up no seal, is told in the answer, and is caught up with at the next one', async () => {
    const own = await new Ledger().open();
    const state = join(scratch, `state-${++states}`);
    const first = await witnessFor(own.bench, state);
    own.places = [placeOf(first)];
    expect(await own.json('ledger', 'seal')).toMatchObject({ exit: 0, warnings: [] });
    await first.stop();
    const sealed = await own.write('while it is away');
    expect(sealed.exit).toBe(0);
    expect(sealed.warnings.join()).toMatch(/sealed to \d+, and the witness .* is away .*asked again at the next seal/);
    const verified = await own.json('ledger', 'verify');
    expect(verified).toMatchObject({ exit: 0, result: { faults: [] } });
    expect(verified.warnings.join()).toMatch(/is away.*what it remembers was not compared/);
    own.quorum = 1;
    const demanded = await own.json('ledger', 'verify');
    expect([demanded.exit, kinds(demanded)]).toEqual([1, ['quorum_missing']]);
    own.quorum = null;
    const again = await witnessFor(own.bench, state);
    const { port } = new URL(again.url);
    own.places = [placeOf(again)];
    expect(port).not.toBe(new URL(first.url).port);
    expect(await own.json('ledger', 'seal')).toMatchObject({ exit: 0, result: { witnesses: [{ outcome: 'cosigned' }] } });
    own.quorum = 1;
    expect(await own.json('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [], cosigned: { quorum: 1 } } });
  }, 90_000);
});

/** A server that answers as it is told: a witness in the hands of an attacker, or of another build. */
async function lyingServer(answer: (path: string, body: string) => { status: number; type?: string; body: string }): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString('utf8')));
    request.on('end', () => {
      const { status, type = 'text/plain', body: text } = answer(request.url!.split('?')[0]!, body);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The note in a request. */
const noteOf = (body: string): string => body.slice(body.indexOf('\n\n') + 2);

describe('a witness that is not what it should be', () => {
  const named = crypto.newKeyPair();
  const other = crypto.newKeyPair();
  const key = cosignerKeyOf(sha256, 'witness.example/named', named.publicKey);
  const replaced = cosignerKeyOf(sha256, 'witness.example/named', other.publicKey);
  const lines: Readonly<Record<string, (body: string) => string>> = {
    'signs with another key than the one that was named': (body) =>
      cosignatureLine(parseNote(noteOf(body)).text, replaced, 1_700_000_000, (message) => crypto.sign(other.privateSeed, message)),
    'forges the key id as well': (body) =>
      cosignatureLine(parseNote(noteOf(body)).text, { ...replaced, keyId: key.keyId }, 1, (message) =>
        crypto.sign(other.privateSeed, message),
      ),
    'repeats a cosignature of an older checkpoint': () =>
      cosignatureLine('other.example\n1\nAAAA\n', key, 1_700_000_000, (message) => crypto.sign(named.privateSeed, message)),
    'answers with nothing': () => '',
    'answers with what is no signature line': () => 'thank you\n',
    'answers without an end': () => 'A'.repeat(1_000_000),
  };

  test.each(Object.entries(lines))('%s: nothing of it is kept or counted', async (_, line) => {
    const own = await new Ledger().open();
    const url = await lyingServer((path, body) =>
      path === '/add-checkpoint' ? { status: 200, body: line(body) } : { status: 404, body: '' },
    );
    own.places = [`${url}#${formatCosignerKey(key)}`];
    const sealed = await own.json('ledger', 'seal');
    expect(sealed.exit).toBe(0);
    expect(sealed.warnings).toHaveLength(1);
    expect(parseNote(own.newest).signatures).toHaveLength(1);
    own.quorum = 1;
    const verified = await own.json('ledger', 'verify');
    expect(verified.exit).toBe(1);
    expect(kinds(verified)).toContain('quorum_missing');
  });

  test('a foreign witness, which shows nothing, is caught up with by the size in its 409, and verification asks it', async () => {
    const own = await new Ledger().open();
    const first = await witnessFor(own.bench);
    own.places = [placeOf(first)];
    expect(await own.json('ledger', 'seal')).toMatchObject({ exit: 0 });
    // The same witness behind a server that knows the protocol and nothing else.
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      void (async (): Promise<void> => {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const body = Buffer.concat(pieces).toString('utf8');
        asked.push(`${request.method!} ${request.url!.split('?')[0]!} ${body.split('\n')[0]!}`);
        const answer =
          request.method === 'POST'
            ? await fetch(`${first.url}${request.url!}`, { method: 'POST', body })
            : new Response('', { status: 404 });
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(await answer.text());
      })();
    });
    servers.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', () => resolve()));
    own.places = [`http://127.0.0.1:${(proxy.address() as AddressInfo).port}#${first.verifierKey}`];
    expect(await own.write('grown')).toMatchObject({ exit: 0, warnings: [] });
    expect(asked.filter((line) => line.startsWith('POST'))).toEqual(['POST /add-checkpoint old 0', expect.stringMatching(/old [1-9]/)]);
    expect(await own.json('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [] } });
    const older = own.fork();
    expect(await own.write('later')).toMatchObject({ exit: 0, warnings: [] });
    const verified = await older.json('ledger', 'verify');
    expect([verified.exit, kinds(verified)]).toEqual([1, ['sealed_tail_cut']]);
    // And a fork is refused by it, after which both sizes are known.
    expect(await older.write('another way')).toMatchObject({ exit: 1, error: { code: 'CheckpointInconsistent' } });
    expect(kinds(await older.json('ledger', 'verify'))).toContain('split_view');
  }, 60_000);

  test('a server error is a witness that is away, and a refusal is told with its reason', async () => {
    const own = await new Ledger().open();
    for (const [status, said] of [
      [503, /is away \(503/],
      [404, /refused it \(404/],
      [403, /refused it \(403/],
      [301, /is away/],
    ] as const) {
      own.places = [`${await lyingServer(() => ({ status, body: 'no\n' }))}#${formatCosignerKey(key)}`];
      const sealed = await own.json('ledger', 'seal');
      expect([sealed.exit, sealed.warnings.join()]).toEqual([0, expect.stringMatching(said)]);
    }
  });
});

describe('a policy of several witnesses', () => {
  let own: Ledger;
  let three: WitnessProcess[];
  beforeAll(async () => {
    own = await new Ledger().open();
    three = [await witnessFor(own.bench), await witnessFor(own.bench), await witnessFor(own.bench)];
  }, 90_000);
  beforeEach(() => {
    own.places = three.map(placeOf);
    own.quorum = 2;
  });

  test('is met by two of three, and one of three is a fault that says who', async () => {
    expect(await own.json('ledger', 'seal')).toMatchObject({ exit: 0, warnings: [], result: { quorum: 2 } });
    await three[0]!.stop();
    const two = await own.write('with two');
    expect([two.exit, two.warnings.length]).toEqual([0, 1]);
    expect(await own.json('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [], cosigned: { quorum: 2 } } });
    await three[1]!.stop();
    const one = await own.write('with one');
    expect(one.exit).toBe(0);
    expect(one.warnings.join()).toMatch(/1 of 2 witnesses that are demanded/);
    const verified = await own.json('ledger', 'verify');
    expect([verified.exit, kinds(verified)]).toEqual([1, ['quorum_missing']]);
  }, 60_000);

  test('is not met by one witness under two names, by a copied line, or by leaving a witness out', async () => {
    own.places = [placeOf(three[2]!), placeOf({ url: 'http://localhost:1', verifierKey: three[2]!.verifierKey })];
    expect(await own.json('ledger', 'verify')).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid' } });
    own.places = [placeOf(three[2]!)];
    expect(await own.json('ledger', 'verify')).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid' } });
    own.places = three.map(placeOf);
    const file = join(own.folder, 'latest.checkpoint');
    const note = readFileSync(file, 'utf8');
    const last = note.trimEnd().split('\n').at(-1)!;
    writeFileSync(file, `${note}${last}\n${last}\n`);
    expect(kinds(await own.json('ledger', 'verify'))).toEqual(['quorum_missing']);
    const older = readdirSync(own.folder)
      .filter((name) => /^\d/.test(name))
      .toSorted()[0]!;
    const stolen = readFileSync(join(own.folder, older), 'utf8')
      .trimEnd()
      .split('\n')
      .find((line) => !line.includes(last.split(' ')[1]!) && line.startsWith('\u2014 witness'))!;
    writeFileSync(file, `${note}${stolen}\n`);
    expect(kinds(await own.json('ledger', 'verify'))).toEqual(expect.arrayContaining(['cosignature_invalid', 'quorum_missing']));
    writeFileSync(file, note);
  });
});

test('an address that would send checkpoints in the open, or without a key to judge the answer by, is refused', async () => {
  const own = await new Ledger().open();
  const { verifierKey } = witness;
  for (const place of [
    `http://witness.example#${verifierKey}`,
    'https://witness.example/w1',
    `https://user:secret@witness.example#${verifierKey}`,
    `ftp://witness.example#${verifierKey}`,
    'https://witness.example#nonsense',
    'git+http://witness.example/log.git',
    'git+https://witness.example/log.git#-option',
  ]) {
    own.places = [place];
    const answer = await own.json('ledger', 'seal');
    expect([place, answer.exit === 0, ['ConfigInvalid', 'CheckpointInvalid'].includes(answer.error?.code ?? '')]).toEqual([
      place,
      false,
      true,
    ]);
    expect(JSON.stringify(answer)).not.toContain('secret');
  }
});
