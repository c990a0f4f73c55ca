/** The Python client against the API, with real pandas: what it sends is recorded, and what it reads is what is recorded. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot, Workbench } from '../../support/cli.ts';
import { wholeRun } from '../../support/imported-run.ts';
import { needs } from '../../support/needs.ts';
import { oraclePython, PythonBeside } from '../../support/python.ts';
import { writeRunDirectory } from '../../support/run-directory.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../support/served-ledger.ts';
import { sleeveResult } from '../../support/sleeve-results.ts';

const fitting = needs('pandas');

const before = `
import base64, json, sys
sys.path.insert(0, ${JSON.stringify(join(projectRoot, 'examples/python'))})
import pandas as pd
import sleeve_ledger_client as client
from sleeve_ledger_client import SleeveLedger
`;

let beside: PythonBeside | null = null;

/** What a script prints as JSON. */
async function python<Said>(script: string, ...args: readonly string[]): Promise<Said> {
  return JSON.parse(await (beside ??= new PythonBeside(oraclePython)).run(`${before}${script}`, args)) as Said;
}

const bench = new Workbench(scratchDirectory());
let served: ServedLedger;
let sender: string;
let viewer: string;

async function startServing(): Promise<void> {
  if (!fitting.isMet) return;
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
  await bench.json(['manifest', 'apply']);
  await bench.json(['flow', 'meta', '--profile', 'pair']);
  [sender, viewer] = [await tokenOf(bench, 'desk', 'sender'), await tokenOf(bench, 'vera', 'viewer')];
  await bench.json(['ledger', 'seal']);
  served = await ServedLedger.start(bench, []);
}
beforeAll(startServing, 30_000);
afterAll(async () => {
  if (fitting.isMet) await served.stop();
  await beside?.stop();
});

fitting.describe('the Python client', () => {
  test('sends a run from data frames, recorded once and bit for bit, and is told of the letter that a wrong one became', async () => {
    const { definition, profiles } = sleeveResult({ sleeve: 'coins' });
    const { dates, values } = profiles[0]!.returns as { dates: string[]; values: number[] };
    const said = await python<[string, string, string, string, [number, string, string, string], [number, string]]>(
      `
url, token, given = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
returns = pd.DataFrame({"hrp": given["values"], "market": [None, *given["values"][1:]]}, index=pd.to_datetime(given["dates"]))
weights = pd.DataFrame({"hrp": [0.6, 0.4], "market": [1.0, None]}, index=["BINANCE:BTCUSDT", "BINANCE:ETHUSDT"])
ledger = SleeveLedger(url, token)
say = dict(currency="USD", definition=given["definition"], integrity=("passed", "0 errors"), sign_test=("not_applicable", "long only"))
first = ledger.send_run("coins", returns, weights, **say)
again = ledger.send_run("coins", returns, weights, **say)
try:
    ledger.send_run("funds", returns, weights, as_of="2124-01-01", **say)
except client.Refused as refused:
    letter = [refused.status, refused.code, refused.path, refused.letter_id]
try:
    ledger.weights("pair")
except client.LedgerProblem as problem:
    may_not = [problem.status, problem.code]
print(json.dumps([first.outcome, first.run_id, again.outcome, again.run_id, letter, may_not]))
`,
      served.url,
      sender,
      JSON.stringify({ dates, values, definition }),
    );
    const [outcome, runId, again, sameRun, letter, mayNot] = said;
    expect([outcome, again, sameRun, mayNot]).toEqual(['accepted', 'already', runId, [403, 'NotPermitted']]);
    expect(letter).toEqual([422, 'MessageInvalid', 'asOf', expect.any(String)]);
    expect((await bench.json(['dlq', 'list'])).result['letters']).toMatchObject([{ letterId: letter[3], sleeve: 'funds' }]);
    // What is recorded are the returns that were sent, bit for bit.
    const exported = bench.path('coins.csv');
    await bench.json(['export', 'returns', runId, '--risk', 'hrp', '-o', exported]);
    const rows = readFileSync(exported, 'utf8').trimEnd().split('\n').slice(1);
    expect(rows.map((row) => row.split(','))).toEqual(dates.map((date, row) => [date, String(values[row])]));
  });

  test('sends a run directory, which is the run that `sleeve import` makes of it', async () => {
    const directory = writeRunDirectory(bench.path('run'), wholeRun(5, 'coins'));
    const [runId, already, eligibility] = await python<[string, boolean, string]>(
      `
run = SleeveLedger(sys.argv[1], sys.argv[2]).send_run_directory(sys.argv[3], profile="stocks")
print(json.dumps([run.run_id, run.already, run.eligibility]))
`,
      served.url,
      sender,
      directory,
    );
    expect([already, eligibility]).toEqual([false, 'CERTIFIED']);
    const imported = await bench.json(['sleeve', 'import', '--run', directory, '--profile', 'stocks']);
    expect(imported.result).toMatchObject({ already: true, runId });
  });

  test('reads weights, runs and explanations as data frames, the numbers to the last bit', async () => {
    const { result } = await bench.json(['weights', '--meta', 'pair']);
    const { sleeves, assets, runId } = result as {
      sleeves: { id: string; raw: number; bounded: number }[];
      assets: { symbol: string; weight: number }[];
      runId: string;
    };
    const told = await python<Record<string, unknown>>(
      `
ledger = SleeveLedger(sys.argv[1], sys.argv[2])
weights, sleeves = ledger.weights("pair"), ledger.sleeve_weights("pair")
explained = ledger.explain("pair", weights.index[0])
runs = ledger.runs(kind="meta")
print(json.dumps({
    "weights": weights["weight"].to_dict(), "runId": weights.attrs["runId"],
    "raw": sleeves["raw"].to_dict(), "bounded": sleeves["weight"].to_dict(),
    "sum": bool(explained.contributions["amount"].sum() == explained.weight),
    "runs": runs.reset_index()[["runId", "kind", "name"]].values.tolist(),
}))
`,
      served.url,
      viewer,
    );
    expect(told).toEqual({
      weights: Object.fromEntries(assets.map(({ symbol, weight }) => [symbol, weight])),
      runId,
      raw: Object.fromEntries(sleeves.map(({ id, raw }) => [id, raw])),
      bounded: Object.fromEntries(sleeves.map(({ id, bounded }) => [id, bounded])),
      sum: true,
      runs: [[runId, 'meta', 'pair']],
    });
  });

  test('proves an event from its bytes to the root, and refuses a proof, an event, a checkpoint or a key that is another', async () => {
    const { checkpoint, verifierKey } = (await bench.json(['ledger', 'prove', 'sleeve-stocks@0'])).result as Record<string, string>;
    const told = await python<[number, number, boolean, true | null, string, boolean, boolean[], boolean]>(
      `
ledger = SleeveLedger(sys.argv[1], sys.argv[2])
proof = ledger.ask("/v1/events/sleeve-stocks@0/proof")
proven = ledger.prove("sleeve-stocks@0", verifier_key=sys.argv[4], checkpoint=sys.argv[3])
events = ledger.ask("/v1/events", limit=proof["treeSize"])["events"]
every = all(ledger.prove(event["id"]).leaf == number for number, event in enumerate(events))
flipped = lambda text, at=0: text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1:]
def refuses(change=None, **given):
    try:
        client.verify_proof({**proof, **(change or {})}, **given)
    except client.ProofInvalid:
        return True
    return False
note = proof["checkpoint"].split("\\n")
others = [
    refuses({"eventHash": flipped(proof["eventHash"])}), refuses({"leafIndex": proof["leafIndex"] + 1}),
    refuses({"proof": proof["proof"][1:]}),
    refuses({"proof": [*proof["proof"], proof["root"]]}), refuses({"proof": [flipped(proof["proof"][0]), *proof["proof"][1:]]}),
    refuses(checkpoint="\\n".join([note[0], str(int(note[1]) + 1), *note[2:]])),
    refuses(verifier_key="other.example+" + "+".join(proof["verifierKey"].split("+")[1:])),
]
signature = note[4].rsplit(" ", 1)
forged = base64.b64encode(base64.b64decode(signature[1])[:-1] + b"x").decode()
if proven.signed:
    others.append(refuses(checkpoint="\\n".join([*note[:4], f"{signature[0]} {forged}", ""])))
print(json.dumps([proven.size, proven.leaf, proven.root == proof["root"], proven.signed, proven.note, every, others, refuses()]))
`,
      served.url,
      viewer,
      checkpoint!,
      verifierKey!,
    );
    const [size, leaf, rooted, signed, note, every, others, refusesItself] = told;
    expect([size > leaf, rooted, every, refusesItself]).toEqual([true, true, true, false]);
    expect(others).toEqual(others.map(() => true));
    // With the package it is checked; without it, that is said.
    expect([signed, note]).toEqual(
      signed === null
        ? [null, 'the signature of the checkpoint was not checked: the package cryptography is not installed']
        : [true, 'signed by the key that was given'],
    );
  });

  test('sends a token to no address that others can listen to', async () => {
    const told = await python<string[]>(`
said = []
for url in ["http://ledger.example:8470", "ftp://localhost"]:
    try:
        SleeveLedger(url, "slt_x")
    except ValueError as error:
        said.append(str(error))
print(json.dumps(said))
`);
    expect(told).toEqual(['a token is sent over https, or to this machine', 'not an address of HTTP: ftp://localhost']);
  });
});

fitting.describe('the Python client, of a server that', () => {
  let server: Server;
  let url: string;
  const asked: string[] = [];
  const csv = `date,hrp\n2024-01-02,${0.1 + 0.2}\n2024-01-03,\n`;
  const stream = [
    ': hello\nretry: 10\nid: 4\n\n',
    'id: 5\nevent: accepted\ndata: {"position":"5",\ndata: "sleeve":"coins"}\n\n',
    'id: 6\nevent: published\ndata: {"position":"6"}\n\n',
  ];
  beforeAll(async () => {
    let tries = 0;
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${String(request.headers['last-event-id'] ?? '-')} ${request.headers.accept}`);
      if (request.url!.startsWith('/v1/runs/')) response.setHeader('content-type', 'text/csv').end(csv);
      else if (request.url!.startsWith('/v1/stream')) {
        // The first connection breaks off behind the first event.
        response.setHeader('content-type', 'text/event-stream');
        if (request.headers['last-event-id'] === '5') response.end(stream[2]);
        else response.write(`${stream[0]}${stream[1]}`, () => response.destroy());
      } else if (tries++ === 0) response.writeHead(503, { 'retry-after': '0' }).end('{"title":"StoreUnavailable"}');
      else response.end('{"result":{"status":"there"}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('is away for a moment is asked again, and gives a series with every bit and its gaps', async () => {
    const told = await python<unknown[]>(
      `
ledger = SleeveLedger(sys.argv[1])
there = ledger.ask("/v1/status")["status"]
returns = ledger.returns("coins-2024", risk="hrp")
dates = [str(date.date()) for date in returns.index]
print(json.dumps([there, dates, bool(returns["hrp"].iloc[0] == 0.1 + 0.2), bool(returns["hrp"].isna().iloc[1])]))
`,
      url,
    );
    expect(told).toEqual(['there', ['2024-01-02', '2024-01-03'], true, true]);
    expect(asked).toContain('GET /v1/runs/coins-2024/returns?risk=hrp - text/csv');
  });

  test('breaks off is followed from where it broke off', async () => {
    const told = await python<unknown[]>(
      `
ledger = SleeveLedger(sys.argv[1], attempts=1)
seen = []
for happening in ledger.follow(types=["accepted", "published"], sleeve=["coins"]):
    seen.append([happening.id, happening.name, happening.data.get("sleeve")])
    if len(seen) == 2: break
print(json.dumps(seen))
`,
      url,
    );
    expect(told).toEqual([
      ['5', 'accepted', 'coins'],
      ['6', 'published', null],
    ]);
    expect(asked.filter((line) => line.includes('/v1/stream'))).toEqual([
      'GET /v1/stream?types=accepted&types=published&sleeve=coins - text/event-stream',
      'GET /v1/stream?types=accepted&types=published&sleeve=coins 5 text/event-stream',
    ]);
  });
});
