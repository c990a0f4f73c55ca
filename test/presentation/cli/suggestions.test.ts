/** Unknown names were refused in as many wordings as there are places, and some not at all. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const runs: Record<string, string> = {};

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) runs[sleeve] = await bench.produce(sleeve);
  await bench.json(['manifest', 'apply', '--no-seal']);
  runs['whole'] = (await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'all'])).result['runId'] as string;
  bench.write('settings.yaml', 'stroe: ledger.sqlite\n');
}, 30_000);

/** `@name` stands for a run id, `@name-` for its beginning. */
const filled = (text: string): string =>
  text
    .replace(/@(\w+)(-?)/, (_, name: string, cut: string) => (cut === '' ? runs[name]! : runs[name]!.slice(0, -8)))
    .replace('FOLDER', bench.directory);

const exception = (sleeve: string) => ({ exceptions: [{ sleeve, path: 'backtest.test_window', value: 5, rationale: 'r' }] });

describe('a name that is not known is refused with the one that was probably meant', () => {
  test.each([
    ['a verb', ['wieghts'], 2, 'weights'],
    ['a verb of a group', ['ledger', 'verfy'], 2, 'verify'],
    ['a flag', ['weights', '--mta', 'whole'], 2, '--meta'],
    ['a choice', ['flow', 'meta', '--profile', 'whole', '--join', 'compund'], 2, 'compound'],
    ['a role', ['work', '--roles', 'sael'], 2, 'seal'],
    ['a setting of a file', ['runs', '--config', 'FOLDER/settings.yaml'], 2, 'store'],
    ['a setting', ['counterfactual', '@whole', '--set', 'meta_allocation.max_wieght=0.6'], 2, 'meta_allocation.max_weight'],
    ['a risk profile to allocate', ['flow', 'meta', '--profile', 'whole', '--risk', 'hpr'], 2, 'hrp'],
    ['a risk profile to show', ['weights', '--meta', 'whole', '--risk', 'risk_partiy'], 2, 'risk_parity'],
    ['a risk profile to explain', ['explain', 'NYSE:AAA', '--meta', 'whole', '--risk', 'hpr'], 2, 'hrp'],
    ['a risk profile to export', ['export', 'returns', '@stocks', '--risk', 'markte', '-o', 'FOLDER/x.csv'], 2, 'market'],
    ['a risk profile to compare', ['diff', '@whole', '@whole', '--risk', 'hpr'], 2, 'hrp'],
    ['a risk profile of a counterfactual', ['counterfactual', '@whole', '--risk', 'hpr'], 2, 'hrp'],
    ['a stand-in', ['flow', 'meta', '--profile', 'whole', '--allow-proxy', 'hrp=barbel'], 2, 'barbell'],
    ['a profile', ['flow', 'meta', '--profile', 'hole'], 66, 'whole'],
    ['a portfolio to show', ['weights', '--meta', 'whoel', '--risk', 'hrp'], 66, 'whole'],
    ['a portfolio to halt', ['halt', '--meta', 'whoel', '--why', 'x'], 66, 'whole'],
    ['a portfolio to watch', ['status', '--meta', 'whoel'], 66, 'whole'],
    [
      'a portfolio to waive for',
      ['parity', 'waive', '--meta', 'whoel', '--paths', 'a.b', '--until', '2030-12-31', '--why', 'x'],
      66,
      'whole',
    ],
    ['a sleeve to quarantine', ['sleeve', 'quarantine', 'conis', '--why', 'x'], 66, 'coins'],
    ['a sleeve to list letters of', ['dlq', 'list', '--sleeve', 'conis'], 66, 'coins'],
    ['a sleeve to drop', ['counterfactual', '@whole', '--drop-sleeve', 'conis'], 2, 'coins'],
    ['a symbol by its ticker', ['explain', 'AAA', '--meta', 'whole'], 66, 'NYSE:AAA'],
    ['a symbol of another exchange', ['explain', 'NASDAQ:AAA', '--meta', 'whole'], 66, 'NYSE:AAA'],
    [
      'a symbol of a universe',
      ['flow', 'production', '--profile', 'stocks', '--prices', 'FOLDER/stocks.csv', '--symbols', 'NYSE:AAB'],
      2,
      'NYSE:AAA',
    ],
    ['the beginning of a run id', ['timeline', '@whole-'], 66, '@whole'],
    ['a run to report', ['report', '@whole-', '-o', 'FOLDER/r'], 66, '@whole'],
    ['a run to replay', ['replay', '@stocks-'], 66, '@stocks'],
    ['a run to approve', ['approve', '@whole-', '--why', 'x'], 66, '@whole'],
    ['a run to produce', ['produce', '@stocks-', '-o', 'FOLDER/m.json'], 66, '@stocks'],
    ['runs of a name', ['runs', '--name', 'conis'], 66, 'coins'],
  ] as const)('%s', async (_, words, exit, meant) => {
    const before = (await bench.events()).length;
    const answer = await bench.json(words.map(filled));
    expect([answer.exit, answer.error?.message]).toEqual([exit, expect.stringContaining(`: did you mean ${filled(meant)}`)]);
    expect((await bench.events()).length).toBe(before);
  });

  test('the sleeve of an exception in the manifest, also below a nested portfolio', async () => {
    const asked = new Workbench(scratch, ({ profiles }) => {
      profiles['whole']!['parity'] = exception('conis');
      profiles['nested']!['parity'] = exception('listed/stokcs');
    });
    const { exit, error } = await asked.json(['manifest', 'validate']);
    const problems = error!.evidence['problems'] as { path: string; message: string }[];
    expect([exit, problems.map(({ path, message }) => [path, message.slice(message.lastIndexOf(':'))])]).toEqual([
      2,
      [
        ['profiles.whole.parity.exceptions[0].sleeve', ': did you mean coins?'],
        ['profiles.nested.parity.exceptions[0].sleeve', ': did you mean listed/stocks?'],
      ],
    ]);
  });
});

test('where nothing is near, what there is is listed', async () => {
  const { error } = await bench.json(['sleeve', 'quarantine', 'zzzzzzz', '--why', 'x']);
  expect(error!.message).toBe('no sleeve zzzzzzz is known to this ledger; there are coins, funds, stocks');
});
