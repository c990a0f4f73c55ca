/**
 * From a desk in Python to a proof in a browser: a result is posted, the page shows the new allocation by itself, another person than its
 * proposer approves it there, and the publication is proved where it is looked at.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../support/built-page.ts';
import { projectRoot, Workbench } from '../support/cli.ts';
import { settingsIn, type StoreInUse, stores } from '../support/desk/stores.ts';
import { endWorkers, startWorker } from '../support/desk/worker.ts';
import { sharedKafka } from '../support/kafka/cluster.ts';
import { needs } from '../support/needs.ts';
import { launchChromium, visit } from '../support/page-visit.ts';
import { oraclePython, PythonBeside } from '../support/python.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { ServedLedger, tokenOf } from '../support/served-ledger.ts';
import type { SmallSleeve } from '../support/small-market.ts';

const minutes = 60_000;
const topic = 'results-of-the-page';

/** The client sends what a desk has: data frames, and what it says of them. */
const sendRun = `
import json, sys
sys.path.insert(0, ${JSON.stringify(join(projectRoot, 'examples/python'))})
import pandas as pd
from sleeve_ledger_client import SleeveLedger
said = json.load(open(sys.argv[3]))["data"]
series = {one["risk"]: one["returns"] for one in said["profiles"]}
returns = pd.DataFrame({risk: pd.Series(one["values"], index=pd.to_datetime(one["dates"])) for risk, one in series.items()})
held = {one["risk"]: one["weights"] for one in said["profiles"] if one["weights"] is not None}
weights = pd.DataFrame({risk: {one["symbol"]: one["weight"] for one in all} for risk, all in held.items()})
taken = SleeveLedger(sys.argv[1], sys.argv[2]).send_run(
    said["sleeve"], returns, weights, currency=said["currency"], definition=said["definition"], as_of=said["asOf"],
    selection_mode=said["selectionMode"], currency_treatment=said["currencyTreatment"],
    integrity=("passed", "0 errors"), sign_test=("not_applicable", "long only"), wait=float(sys.argv[4]),
)
print(json.dumps([taken.outcome, [[one.meta, one.state] for one in taken.portfolios or []]]))
`;

/** Resolves with the time when a text is shown, and not before it is. */
const whenShown = (text: string): string => `new Promise((resolve) => {
  const look = () => document.body.textContent.includes(${JSON.stringify(text)}) && resolve(Date.now());
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
})`;

/** A mark that loading the page again would take away. */
const mark = (page: Page): Promise<unknown> => page.evaluate('globalThis.isStillTheSame = true');
const isUnloaded = (page: Page): Promise<unknown> => page.evaluate('globalThis.isStillTheSame === true');

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)}\u00a0%`;

/** How results arrive and are taken in, beside those that the client posts. */
interface Setting {
  readonly store: (bench: Workbench) => Promise<StoreInUse>;
  /** Of the worker. */
  readonly flags: readonly string[];
  /** Sends the first result: by a topic, or as the second, by HTTP. */
  readonly topic: readonly string[] | null;
}

const fitting = needs('chromium', 'pandas');
const withKafka = needs('kafka');
const directory = scratchDirectory();
const page = join(directory, 'page');
let browser: Browser;
let python: PythonBeside;

beforeAll(async () => {
  if (!fitting.isMet) return;
  python = new PythonBeside(oraclePython);
  await buildPage(page);
  browser = await launchChromium(join(directory, 'cache'));
}, 3 * minutes);
afterAll(async () => {
  await browser?.close();
  await python?.stop();
  await endWorkers();
});

async function produced(producer: Workbench, sleeve: SmallSleeve): Promise<{ readonly runId: string; readonly file: string }> {
  const runId = await producer.produce(sleeve);
  const file = producer.path(`${sleeve}.json`);
  expect(await producer.json(['produce', runId, '--inline', '-o', file])).toMatchObject({ exit: 0 });
  return { runId, file };
}

async function wholeWay(setting: Setting): Promise<void> {
  const producer = new Workbench(directory);
  const receiver = new Workbench(directory, ({ profiles }) => {
    profiles['pair'] = { ...profiles['pair'], publication: { maker_checker: true } };
  });
  const store = await setting.store(receiver);
  const { environment, flags } = settingsIn(receiver, store);
  const json = (argv: readonly string[]): ReturnType<Workbench['json']> => receiver.json(argv, { environment });
  expect(await json(['manifest', 'apply', '--meta', 'pair', '--actor', 'maria'])).toMatchObject({ exit: 0 });
  expect(await json(['manifest', 'approve', 'pair/1', '--why', 'as agreed', '--actor', 'risk'])).toMatchObject({ exit: 0 });
  const [sender, approver] = [await tokenOf({ json }, 'funds-desk', 'sender'), await tokenOf({ json }, 'olga', 'approver')];
  const served = await ServedLedger.start(receiver, ['--anybody-reads'], { environment, page });
  try {
    const worker = await startWorker(store.location, [...setting.flags, ...flags]);
    await worker.ready();
    const [stocks, funds] = [await produced(producer, 'stocks'), await produced(producer, 'funds')];
    const post = async (file: string, wait: number): Promise<unknown> =>
      JSON.parse(await python.run(sendRun, [served.url, sender, file, String(wait)]));

    // Two people look: one reads the overview, the other signs in and opens the portfolio.
    const onlooker = await visit(browser, `${served.url}/`);
    const checker = await visit(browser, `${served.url}/sign-in`);
    await checker.page.getByLabel('Token', { exact: true }).fill(approver);
    await checker.page.locator('main').getByRole('button', { name: 'Sign in' }).click();
    await checker.page.waitForURL(`${served.url}/`);
    await checker.page.getByRole('link', { name: 'pair' }).click();
    await checker.page.getByRole('heading', { name: 'Where it stands' }).waitFor();
    await mark(onlooker.page);
    await mark(checker.page);

    if (setting.topic === null) expect(await post(stocks.file, 0)).toEqual(['accepted', []]);
    else expect(await producer.json(['produce', stocks.runId, ...setting.topic])).toMatchObject({ exit: 0 });
    await onlooker.page.locator('tbody tr', { hasText: 'stocks' }).getByText('2022-12-30', { exact: true }).waitFor();
    expect(await checker.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    // The result that completes the portfolio: both pages show what it asks for, and nothing is published.
    expect(await post(funds.file, 60)).toEqual(['accepted', [['pair', 'held']]]);
    await checker.page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    await checker.page.getByText('desk: another person has to approve it').waitFor();
    const { result: asked } = await json(['weights', '--meta', 'pair']);
    for (const { id, bounded } of asked['sleeves'] as readonly { readonly id: string; readonly bounded: number }[])
      await checker.page
        .getByRole('region', { name: 'Weights of sleeves' })
        .locator('tr', { hasText: id })
        .getByText(percent(bounded))
        .waitFor();
    await onlooker.page.locator('.card', { hasText: 'pair' }).getByText('Nothing is published yet.').waitFor();

    const shownAt = onlooker.page.evaluate<number>(whenShown('Publication 1, as of'));
    await checker.page.getByRole('button', { name: 'Approve', exact: true }).click();
    const dialog = checker.page.getByRole('dialog', { name: 'Approve' });
    await dialog.getByLabel('Why').fill('the weights are as expected');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    const shown = await shownAt;
    const { result: read } = await json(['ledger', 'events', '--types', 'AllocationPublished', '--limit', '10']);
    const [published] = read['events'] as readonly { readonly id: string; readonly actor: string; readonly recordedAt: string }[];
    expect(published!.actor).toBe('olga');
    const ms = shown - Date.parse(published!.recordedAt);
    process.stdout.write(`The page shows a publication ${ms} ms after it is recorded.\n`);
    await checker.page.getByText('olga: the weights are as expected').waitFor();

    // Proved under the key of the ledger, which the reader has from elsewhere than this server.
    await onlooker.page.getByRole('link', { name: 'pair' }).click();
    await onlooker.page.getByRole('region', { name: 'Publications' }).getByRole('link', { name: '1', exact: true }).click();
    await onlooker.page.getByText('Proved in this browser').waitFor();
    const { result: proof } = await json(['ledger', 'prove', published!.id]);
    await onlooker.page.getByLabel(/^Verifier key/).fill(proof['verifierKey'] as string);
    await onlooker.page.getByText('Proved in this browser').waitFor();
    expect(await onlooker.page.locator('.checks strong').allTextContents()).toEqual(['Holds', 'Holds', 'Holds', 'Holds']);
    for (const { page: opened, complaints } of [onlooker, checker]) {
      expect(await isUnloaded(opened)).toBe(true);
      expect(complaints).toEqual([]);
      await opened.context().close();
    }
    expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await json(['ledger', 'verify'])).toMatchObject({ exit: 0, result: { faults: [] } });
  } finally {
    await endWorkers();
    await served.stop();
    await store.stop();
  }
}

fitting.describe('a result of the Python client, approved and proved in a browser', () => {
  test(
    'on a SQLite file, with a worker that has no broker',
    () => wholeWay({ store: stores['a SQLite file'], flags: [], topic: null }),
    5 * minutes,
  );
});

(fitting.isMet ? withKafka : fitting).describe('the same beside results by Kafka', () => {
  const shared = sharedKafka();

  test(
    'on an EventStoreDB, with a worker that takes in from the topic',
    async () => {
      const kafka = ['--kafka', shared.kafka.connectionString];
      await wholeWay({
        store: stores['an EventStoreDB'],
        flags: [...kafka, '--results-topic', topic, '--create-topics', '--partitions', '1'],
        topic: [...kafka, '--topic', topic],
      });
    },
    5 * minutes,
  );
});
