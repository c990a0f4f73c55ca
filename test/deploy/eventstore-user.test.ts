import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { compose, repository } from '../support/compose-file.ts';
import { needs } from '../support/needs.ts';

jest.setTimeout(60_000);

/** Messages of a gRPC body: five bytes of flag and length before each. */
function messagesIn(body: Buffer): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += 5 + body.readUInt32BE(at + 1))
    messages.push(body.subarray(at + 5, at + 5 + body.readUInt32BE(at + 1)));
  return messages;
}

async function bodyOf(request: Http2ServerRequest): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

interface Appended {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  readonly authorization: string;
}

needs('openssl').describe('the user that the ledger works as', () => {
  let folder: string;
  let server: Http2SecureServer;
  let statuses: Record<string, number>;
  let acl: Record<string, unknown> | null;
  const asked: { line: string; authorization: string; body: unknown }[] = [];
  const appended: Appended[] = [];

  /** What the server has of the metadata of `$all`. */
  function metadataOfAll(): Uint8Array {
    const found = new streams.ReadResp();
    if (acl === null) {
      found.setStreamNotFound(new streams.ReadResp.StreamNotFound());
      return found.serializeBinary();
    }
    const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
    const id = new shared.UUID();
    id.setString('00000000-0000-4000-8000-000000000001');
    recorded.setId(id);
    const name = new shared.StreamIdentifier();
    name.setStreamName(Buffer.from('$$$all', 'utf8').toString('base64'));
    recorded.setStreamIdentifier(name);
    recorded.getMetadataMap().set('type', '$metadata');
    recorded.getMetadataMap().set('content-type', 'application/json');
    recorded.getMetadataMap().set('created', '638000000000000000');
    recorded.setData(Buffer.from(JSON.stringify({ $acl: acl }), 'utf8'));
    const event = new streams.ReadResp.ReadEvent();
    event.setEvent(recorded);
    found.setEvent(event);
    return found.serializeBinary();
  }

  /** Users over HTTP/1.1 and appends over gRPC at one port with TLS, as EventStoreDB has them. */
  async function answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const authorization = request.headers['authorization'] ?? '';
    if (request.httpVersionMajor === 1) {
      asked.push({ line: `${request.method} ${request.url}`, authorization, body: JSON.parse((await bodyOf(request)).toString('utf8')) });
      response.writeHead(statuses[request.url] ?? 500).end();
      return;
    }
    const grpc = (status: string, message?: Uint8Array): void => {
      response.writeHead(200, { 'content-type': 'application/grpc', ...(message === undefined ? { 'grpc-status': status } : {}) });
      if (message === undefined) return void response.end();
      response.addTrailers({ 'grpc-status': status });
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      response.end(Buffer.concat([head, message]));
    };
    if (request.url === '/event_store.client.streams.Streams/Read') return grpc('0', metadataOfAll());
    if (request.url !== '/event_store.client.streams.Streams/Append') return grpc('12');
    const [options, proposed] = messagesIn(await bodyOf(request)).map((bytes) => streams.AppendReq.deserializeBinary(bytes));
    const message = proposed!.getProposedMessage()!;
    appended.push({
      stream: Buffer.from(options!.getOptions()!.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8'),
      type: message.getMetadataMap().get('type')!,
      data: JSON.parse(Buffer.from(message.getData_asU8()).toString('utf8')),
      authorization,
    });
    const done = new streams.AppendResp();
    const success = new streams.AppendResp.Success();
    success.setCurrentRevision('0');
    success.setNoPosition();
    done.setSuccess(success);
    grpc('0', done.serializeBinary());
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sleeve-ledger-user-'));
    execFileSync('sh', [join(repository, 'deploy/make-certificates.sh'), folder], { stdio: 'ignore' });
    const [key, cert] = ['node.key', 'node.crt'].map((name) => readFileSync(join(folder, 'eventstore', name)));
    server = createSecureServer({ key: key!, cert: cert!, allowHTTP1: true }, (request, response) => void answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    acl = null;
    statuses = { '/users/': 201, '/users/ledger/command/reset-password': 200 };
  });
  afterEach(() => {
    asked.length = 0;
    appended.length = 0;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The service of the compose file as it stands there, with the server's address and the folder of the certificates of this test. */
  function run(change: Record<string, string> = {}): Promise<{ exit: number; output: string }> {
    const { entrypoint, environment } = compose.services['eventstore-user']!;
    const here: Record<string, string> = {
      EVENTSTORE_ADDRESS: environment!['EVENTSTORE_ADDRESS']!.replace(
        'eventstore:2113',
        `localhost:${(server.address() as AddressInfo).port}`,
      ),
      NODE_EXTRA_CA_CERTS: join(folder, 'public/ca.crt'),
      EVENTSTORE_ADMIN_PASSWORD: 'admin-secret',
      EVENTSTORE_LEDGER_USER: environment!['EVENTSTORE_LEDGER_USER']!,
      EVENTSTORE_LEDGER_PASSWORD: 'ledger-secret',
      ...change,
    };
    expect(Object.keys(here).toSorted()).toEqual(Object.keys(environment!).toSorted());
    const file = entrypoint![1]!.replace('/app/', repository);
    return new Promise((resolve) => {
      execFile(process.execPath, [file], { env: { PATH: process.env['PATH'], ...here } }, (error, stdout, stderr) =>
        resolve({ exit: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });
  }

  test('is made by the administrator, may manage subscriptions, and may read $all', async () => {
    expect(await run()).toEqual({ exit: 0, output: 'made the user ledger\nledger may read $all\n' });
    const authorization = `Basic ${Buffer.from('admin:admin-secret').toString('base64')}`;
    expect(asked).toEqual([
      {
        line: 'POST /users/',
        authorization,
        body: { loginName: 'ledger', fullName: 'sleeve-ledger', password: 'ledger-secret', groups: ['$ops'] },
      },
    ]);
    expect(appended).toEqual([{ stream: '$$$all', type: '$metadata', data: { $acl: { $r: ['$admins', 'ledger'] } }, authorization }]);
  });

  test('takes the right to read $all from nobody who has it', async () => {
    acl = { $r: ['$admins', 'ledger'], $w: '$admins' };
    statuses['/users/desk/command/reset-password'] = 200;
    expect(await run({ EVENTSTORE_LEDGER_USER: 'desk' })).toEqual({ exit: 0, output: 'made the user desk\ndesk may read $all\n' });
    expect(appended).toMatchObject([{ stream: '$$$all', data: { $acl: { $r: ['$admins', 'ledger', 'desk'], $w: '$admins' } } }]);
  });

  test('gets its password again when it is there already', async () => {
    statuses['/users/'] = 409;
    expect(await run()).toMatchObject({ exit: 0, output: expect.stringContaining('set the password of ledger') });
    expect(asked.at(-1)).toMatchObject({ line: 'POST /users/ledger/command/reset-password', body: { newPassword: 'ledger-secret' } });
  });

  test('is not made with the wrong administrator, and no password is shown', async () => {
    statuses['/users/'] = 401;
    const { exit, output } = await run();
    expect([exit, appended]).toEqual([1, []]);
    expect(output).toContain('the server answered 401');
    expect(output).not.toMatch(/admin-secret|ledger-secret/);
  });

  test('is not made at a server that the authority does not vouch for', async () => {
    const other = mkdtempSync(join(tmpdir(), 'sleeve-ledger-user-'));
    execFileSync('sh', [join(repository, 'deploy/make-certificates.sh'), other], { stdio: 'ignore' });
    expect((await run({ NODE_EXTRA_CA_CERTS: join(other, 'public/ca.crt') })).exit).toBe(1);
    expect(asked).toEqual([]);
    rmSync(other, { recursive: true });
  });

  test('needs every setting', async () => {
    expect(await run({ EVENTSTORE_ADMIN_PASSWORD: '' })).toEqual({ exit: 2, output: 'EVENTSTORE_ADMIN_PASSWORD is needed\n' });
  });
});
