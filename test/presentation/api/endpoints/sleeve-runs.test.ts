import { readFileSync, statSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { Workbench } from '../../../support/cli.ts';
import { filesBelow } from '../../../support/files-below.ts';
import { wholeRun } from '../../../support/imported-run.ts';
import { writeRunDirectory } from '../../../support/run-directory.ts';
import { scratchDirectory } from '../../../support/scratch.ts';
import { until } from '../../../handlers/reaction/desk.ts';
import { type ApiReply, ServedLedger, tokenOf } from '../../../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory());
const elsewhere = new Workbench(scratchDirectory());
const directory = writeRunDirectory(bench.path('run'), wholeRun(3, 'coins'));
let served: ServedLedger;
let sender: string;

beforeAll(async () => {
  await bench.json(['manifest', 'apply']);
  sender = await tokenOf(bench, 'desk', 'sender');
  served = await ServedLedger.start(bench);
}, 30_000);
afterAll(() => served.stop());

/** The files of a directory as ZIP, below a folder of its own where one is named; `change` adds and replaces. */
function packed(folder = '', change: Readonly<Record<string, Uint8Array>> = {}, from = directory): Uint8Array {
  const files = filesBelow([from], '')
    .filter((file) => statSync(file).isFile())
    .map((file) => [`${folder}${file.slice(from.length + 1)}`, new Uint8Array(readFileSync(file))]);
  return zipSync({ ...(Object.fromEntries(files) as Record<string, Uint8Array>), ...change });
}

function send(archive: Uint8Array, query = '', headers: Readonly<Record<string, string>> = {}, token = sender): Promise<ApiReply> {
  return served.ask(`/v1/sleeve-runs${query}`, {
    method: 'POST',
    body: archive,
    headers: { 'content-type': 'application/zip', ...headers },
    token,
  });
}

/** An archive whose first entry says that it unpacks to a gigabyte. */
function swollen(archive: Uint8Array): Uint8Array {
  const zip = Buffer.from(archive);
  zip.writeUInt32LE(2 ** 30, zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 24);
  return zip;
}

describe('a run directory sent as ZIP', () => {
  test('answers what `sleeve import` answers for the directory, and is the same run', async () => {
    const imported = await elsewhere.json(['sleeve', 'import', '--run', directory]);
    const sent = await send(packed());
    expect(sent.status).toBe(200);
    const { result, ok, command, warnings, portfolios } = sent.json;
    expect({ result, ok, command, warnings, portfolios }).toEqual({
      result: imported.result,
      ok: true,
      command: 'sleeve import',
      warnings: imported.warnings.filter((warning) => !warning.startsWith('made a new ledger')),
      portfolios: null,
    });
    const { result: accepted } = await bench.json(['ledger', 'events', '--stream', 'sleeve-coins', '--types', 'SleeveRunAccepted']);
    expect(accepted['events']).toMatchObject([{ actor: 'desk', data: { runId: result['runId'] } }]);
  });

  test('changes nothing when it is sent again, also packed with its folder around it', async () => {
    expect(await send(packed('20240301-080000/'))).toMatchObject({ status: 200, json: { result: { already: true } } });
  });

  test('is filed under another sleeve where the address says so, and refuses a parameter that it does not know', async () => {
    expect(await send(packed(), '?profile=stocks')).toMatchObject({ status: 200, json: { result: { already: false } } });
    const { result: accepted } = await bench.json(['ledger', 'events', '--stream', 'sleeve-stocks', '--types', 'SleeveRunAccepted']);
    expect(accepted['events']).toHaveLength(1);
    expect(await send(packed(), '?profil=stocks')).toMatchObject({ status: 400, json: { at: { path: 'profil' } } });
    expect(await send(packed(), '?profile=../x')).toMatchObject({ status: 400, json: { at: { path: 'profile' } } });
  });

  test('is refused when it is no ZIP, holds no run or two, leads elsewhere, or unpacks to a multiple of its length', async () => {
    const before = await bench.events();
    const titleOf = async (archive: Uint8Array): Promise<unknown> => {
      const { status, json } = await send(archive);
      return [status, json['title']];
    };
    const manifest = new Uint8Array(readFileSync(`${directory}/config/resolved_manifest.json`));
    expect(await titleOf(new TextEncoder().encode('no archive at all, and longer than the end of one'))).toEqual([422, 'ArchiveInvalid']);
    expect(await titleOf(zipSync({ 'data/readme.txt': manifest }))).toEqual([422, 'RunDirectoryInvalid']);
    expect(await titleOf(packed('', { 'other/config/resolved_manifest.json': manifest }))).toEqual([422, 'RunDirectoryInvalid']);
    expect(await titleOf(packed('', { '../../etc/passwd': manifest }))).toEqual([422, 'ArchiveInvalid']);
    expect(await titleOf(swollen(packed()))).toEqual([422, 'ArchiveInvalid']);
    expect((await send(packed(), '', { 'content-type': 'application/json' })).json).toMatchObject({ at: { path: 'content-type' } });
    expect((await bench.events()).length).toBe(before.length);
  });

  test('is left unread when its sender may not send it', async () => {
    const refused = await send(packed(), '', { connection: 'keep-alive' }, `slt_${'A'.repeat(43)}`);
    expect([refused.status, refused.headers.get('connection')]).toEqual([401, 'close']);
  });
});

describe('a sender who would wait for the reaction', () => {
  const stop = new AbortController();
  let working: Promise<unknown> = Promise.resolve();
  afterEach(async () => {
    stop.abort();
    await working;
  });

  test('is answered at once where no worker runs, and with the decision where one does', async () => {
    await send(packed(), '?profile=stocks');
    const began = performance.now();
    const alone = await send(packed(), '?profile=funds', { prefer: 'wait=20' });
    expect(alone.json['portfolios']).toContainEqual({ meta: 'pair', state: 'pending', runId: null });
    expect(performance.now() - began).toBeLessThan(5_000);
    working = bench.json(['work', '--roles', 'react', '--workers', '0'], { signal: stop.signal });
    await until('a worker is seen', async () => {
      const { json } = await send(packed(), '?profile=funds', { prefer: 'wait=20' });
      return (json['portfolios'] as { state: string }[]).every(({ state }) => state !== 'pending');
    });
    const corrected = packed('', {}, writeRunDirectory(bench.path('corrected'), wholeRun(40, 'coins')));
    const answered = await send(corrected, '?profile=funds&correction=1', { prefer: 'wait=20' });
    expect(answered.json['result']).toMatchObject({ already: false });
    expect(answered.json['portfolios']).toContainEqual({
      meta: 'pair',
      state: expect.not.stringMatching('pending'),
      runId: expect.anything(),
    });
  }, 30_000);
});
