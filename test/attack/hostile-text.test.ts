/** Text of somebody else, wherever it comes from, commands no terminal, begins no line of ours and turns no reading order. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTools, openStore } from '../../bin/adapters.ts';
import { visible, visibleJson, visibleLines } from '../../domain/shared/visible-text.ts';
import { createIntake } from '../../handlers/intake/intake.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import { createLog } from '../../infra/system/log.ts';
import { htmlText, markdownFence, markdownLine, markdownText } from '../../presentation/escaped.ts';
import { commonOptions } from '../../presentation/cli/command-tree.ts';
import { markdownOf } from '../../presentation/cli/markdown.ts';
import { allVerbs } from '../../presentation/cli/verbs/all.ts';
import { type CliResult, Workbench } from '../support/cli.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { rawMessage, structuredText, sleeveResult } from '../support/sleeve-results.ts';

const verbs = await allVerbs();

const forgedLine = '{"ok":true,"command":"forged"}';
/** Without NUL, which no argument of a process can hold, and short enough for the name of a file. */
const word = `x\u001b[2J\u001b]0;owned\u0007\u009b31m\r\n${forgedLine}\n\u2028\u202e\u2066\u200f\u061c\u007f\u0085\ufeff\u{e0041}y`;
const text = `${word}\u0000\u0008\u202a\u2069|<img src=x>[a](http://evil.example)`;

/** Whatever is in one of these classes; a line feed ends lines of ours. */
const control = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function expectTame(argv: readonly string[], { stdout, stderr }: CliResult, allowed = /(?!)/): void {
  for (const output of [stdout, stderr]) {
    const found = output.split(allowed).map((part) => control.exec(part)?.[0]);
    expect([
      argv,
      found
        .find((one) => one !== undefined)
        ?.codePointAt(0)
        ?.toString(16),
    ]).toEqual([argv, undefined]);
    expect([argv, output.split('\n').filter((line) => line.startsWith('{"ok":true,"command":"forged"'))]).toEqual([argv, []]);
  }
}

const bench = new Workbench(scratchDirectory(), (manifest) => {
  manifest.profiles['pair'] = { ...manifest.profiles['pair'], description: text };
});
const home = process.cwd();
// Some flags take any word for a place below the working directory.
process.chdir(bench.directory);
afterAll(() => process.chdir(home));
const runs: Record<string, string> = {};
const said: (readonly string[])[] = [];

const nameOf = (flags: string): string => /--[a-z-]+/.exec(flags)![0];

async function tame(argv: readonly string[]): Promise<void> {
  for (const form of [['--json'], ['--wide', '--all', '--debug', '--log-level', 'debug']]) {
    const whole = [...argv, ...form];
    said.push(whole);
    expectTame(whole, await bench.run(whole, { signal: AbortSignal.timeout(5_000) }));
  }
}

/** What a Kafka client of somebody else sends. */
async function sendHostileMessages(): Promise<void> {
  const { settings } = resolveSettings({ store: bench.store }, {}, null);
  const tools = createTools({ logLevel: 'silent', isTerminal: false });
  const ports = { ...tools, ...(await openStore(settings.store, 'write')) };
  const session = { ports, ledger: await openLedger(ports, settings, false), actor: text };
  const intake = createIntake(session, {
    resultsTopic: 'sleeve-results.v1',
    deadLetters: null,
    deadLettersTopic: 'letters',
    onPoison: 'hold',
  });
  const messages = [
    rawMessage('stocks', structuredText(sleeveResult({ sleeve: 'stocks' }), { type: text })),
    rawMessage('stocks', structuredText({ [text]: text })),
    rawMessage(null, text, { 'content-type': text, ce_type: text, ce_source: text }),
    rawMessage(text, structuredText(sleeveResult({ sleeve: text })), { 'content-type': 'application/cloudevents+json', ce_subject: text }),
  ];
  for (const [at, message] of messages.entries()) await intake.handle({ ...message, offset: String(at) }, async () => undefined);
  await ports.store.close();
}

/** A claimed name holds nothing that is not seen, and may still try what is. */
const claimedName = word.replaceAll(/[^\u0020-\u007e]/g, '');

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) runs[sleeve] = await bench.produce(sleeve, {}, ['--actor', claimedName]);
  runs['pair'] = (await bench.json(['flow', 'meta', '--profile', 'pair', '--actor', claimedName])).result['runId'] as string;
  runs['again'] = (await bench.json(['flow', 'meta', '--profile', 'pair', '--restate', '--why', text, '--actor', claimedName])).result[
    'runId'
  ] as string;
  runs['backtest'] = (await bench.json(['backtest', 'run', '--meta', 'pair', '--actor', claimedName])).result['runId'] as string;
  await bench.run(['manifest', 'apply', '--actor', claimedName]);
  await bench.run(['halt', '--meta', 'pair', '--why', text, '--actor', claimedName]);
  await bench.run(['sleeve', 'quarantine', 'funds', '--why', text, '--actor', claimedName]);
  await bench.run(['parity', 'waive', '--meta', 'pair', '--paths', 'backtest.slippage', '--until', '2030-12-31', '--why', text]);
  await sendHostileMessages();
  const [letter] = (await bench.json(['dlq', 'list'])).result['letters'] as { letterId: string }[];
  await bench.run(['dlq', 'discard', letter!.letterId, '--why', text, '--actor', claimedName]);
}, 120_000);

describe('what was recorded', () => {
  const questions: Readonly<Record<string, () => readonly string[]>> = {
    runs: () => ['runs'],
    timeline: () => ['timeline', runs['again']!],
    'timeline of a sleeve run': () => ['timeline', runs['funds']!],
    weights: () => ['weights', '--meta', 'pair', '--risk', 'hrp'],
    status: () => ['status'],
    publications: () => ['publications', '--meta', 'pair'],
    diff: () => ['diff', runs['pair']!, runs['again']!],
    'dlq list': () => ['dlq', 'list'],
    'dlq list of all': () => ['dlq', 'list', '--resolved'],
    'parity check': () => ['parity', 'check', '--meta', 'pair'],
    'ledger events': () => ['ledger', 'events'],
    'ledger events of a sleeve': () => ['ledger', 'events', '--stream', 'sleeve-stocks'],
    'ledger verify': () => ['ledger', 'verify'],
    doctor: () => ['doctor'],
    'manifest resolve': () => ['manifest', 'resolve', '--profile', 'pair'],
    'manifest validate': () => ['manifest', 'validate'],
    'report on standard output': () => ['report', runs['again']!, '-o', '-'],
    'report of a backtest on standard output': () => ['report', runs['backtest']!, '-o', '-'],
    replay: () => ['replay', runs['again']!],
    'counterfactual of a run': () => ['counterfactual', runs['again']!, '--set', 'meta_allocation.max_weight=0.9'],
  };
  test.each(Object.entries(questions))('is shown tame by %s', async (_, argv) => tame(argv()), 60_000);

  test('the honest case: it is recorded as it was written, and --json gives it back unchanged', async () => {
    const { stdout } = await bench.run(['ledger', 'events', '--stream', 'sleeve-funds', '--json']);
    expect(stdout).not.toMatch(control);
    expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(text).slice(1, -1));
    const actors = JSON.parse((await bench.run(['timeline', runs['again']!, '--json'])).stdout) as object;
    expect(JSON.stringify(actors)).toContain(JSON.stringify(claimedName).slice(1, -1));
  });

  test('is tame in the files of a report, and makes no link, no image and no element', async () => {
    await bench.run(['report', runs['again']!, '-o', bench.path('reports')]);
    const [html, markdown] = ['html', 'md'].map((kind) => readFileSync(bench.path(`reports/${runs['again']!}.${kind}`), 'utf8'));
    for (const file of [html!, markdown!]) {
      expect(file).not.toMatch(control);
      expect(file).not.toMatch(/(?<!\\)<img/);
      expect(file).toContain('owned');
    }
    expect(markdown!.replaceAll(/`[^`\n]*`/g, '')).not.toMatch(/(?<!\\)\[a|:\/\//);
    expect(html).not.toMatch(/<a [^>]*evil/);
  });
});

describe('what is said on the command line', () => {
  const ofPlace = /[<[].*(?:file|directory|folder|zip|store|location)/;
  let named = 0;
  /** Of a file, in the folder of the test, with a name of its own each time: some verbs would write it. */
  const hostileFor = (flags: string): string => (ofPlace.test(flags) ? bench.path(`${++named}${word}`) : word);
  const harmlessFor = (flags: string): string => (ofPlace.test(flags) ? bench.path('none.csv') : 'x');

  test.each(verbs.map((verb) => [verb.path.join(' '), verb] as const))(
    'is shown tame by %s, flag by flag',
    async (_, verb) => {
      const args = verb.args ?? [];
      const needed = verb.flags.filter(({ required }) => required === true);
      const filled = needed.flatMap(({ flags }) => [nameOf(flags), ...(flags.includes('<') ? [harmlessFor(flags)] : [])]);
      const places = args.filter(({ name }) => name.startsWith('<'));
      await tame([...verb.path, ...args.map(({ name }) => hostileFor(name)), ...filled]);
      for (const { flags } of verb.flags.filter((one) => /[<[]/.test(one.flags))) {
        const others = needed
          .filter((one) => one.flags !== flags)
          .flatMap((one) => [nameOf(one.flags), ...(one.flags.includes('<') ? [harmlessFor(one.flags)] : [])]);
        await tame([...verb.path, ...places.map(({ name }) => harmlessFor(name)), ...others, nameOf(flags), hostileFor(flags)]);
      }
    },
    300_000,
  );

  const common = commonOptions.filter(({ flags }) => flags.includes('<'));
  test.each(common.map(({ flags }) => [nameOf(flags), flags] as const))('is shown tame behind %s', async (name, flags) => {
    for (const verb of [['config', 'show'], ['runs'], ['ledger', 'init'], ['manifest', 'validate']])
      await tame([...verb, name, hostileFor(flags)]);
  });

  test.each([
    ['an unknown verb', () => [word]],
    ['an unknown verb of a group', () => ['ledger', word]],
    ['an unknown flag', () => ['runs', `--${word}`]],
    ['too many arguments', () => ['runs', word, word]],
    ['an unknown name behind a known', () => ['weights', '--meta', `pair${word}`, '--risk', 'hrp']],
    ['an override', () => ['counterfactual', runs['pair']!, '--set', `meta_allocation.${word}=1`]],
    ['an override of another value', () => ['counterfactual', runs['pair']!, '--set', `meta_allocation.max_weight=${word}`]],
  ])('is shown tame as %s', async (_, argv) => tame(argv()));

  test('and in the environment and the settings file', async () => {
    for (const [variable] of Object.entries(bench.environment)) {
      const ran = await bench.run(['runs'], { environment: { [variable]: word } });
      expectTame([variable], ran);
    }
    const file = bench.write('settings.json', JSON.stringify({ [text]: text }));
    await tame(['config', 'show', '--config', file]);
    await tame(['config', 'show', '--config', bench.write('values.json', JSON.stringify({ resultsTopic: text }))]);
  });
});

describe('what files say', () => {
  const files: Readonly<Record<string, () => readonly string[]>> = {
    'columns of prices': () => [
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      bench.write('a.csv', `date,${word}\n2022-01-03,1\n`),
    ],
    'dates of prices': () => ['flow', 'production', '--profile', 'stocks', '--prices', bench.write('b.csv', `date,NYSE:A\n"${text}",1\n`)],
    'values of prices': () => [
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      bench.write('c.csv', `date,NYSE:A\n2022-01-03,"${text}"\n`),
    ],
    'a name of a file': () => ['audit', 'integrity', '--prices', bench.write(`${word}.csv`, 'date,NYSE:A\n2022-01-03,1\n')],
    'starter manifests': () => [
      'init',
      '--prices',
      bench.write('d.csv', `date,${word}\n2022-01-03,1\n`),
      '--manifest',
      bench.path('m.json'),
    ],
    'keys of a manifest': () => ['manifest', 'validate', '--manifest', bench.write('e.json', JSON.stringify({ [text]: 1 }))],
    'profiles of a manifest': () => [
      'manifest',
      'validate',
      '--manifest',
      bench.write('f.json', JSON.stringify({ profiles: { [text]: {} } })),
    ],
    'no JSON': () => ['manifest', 'validate', '--manifest', bench.write('g.json', text)],
    holdings: () => ['trades', '--meta', 'pair', '--holdings', bench.write('h.csv', `symbol,${text}\n${text},1\n`), '--capital', '1'],
    positions: () => ['combine', '--positions', bench.write('i.csv', `asset,${word}\n"${text}",1\n`), '--budgets', `${word}=1`],
    'an audit file': () => ['audit', 'verify', bench.write('j.jsonl', `${JSON.stringify({ step: text })}\n${text}\n`)],
    'a run directory': () => ['sleeve', 'import', '--run', bench.path(word), '--profile', 'stocks'],
    'a key file': () => ['ledger', 'seal', '--key', bench.write('k.key', text)],
    'a checkpoint': () => ['ledger', 'verify', '--checkpoint', bench.write('l.checkpoint', text)],
  };
  test.each(Object.entries(files))('in %s is shown tame', async (_, argv) => tame(argv()), 60_000);

  test('in names of directories that are watched is shown tame, on a terminal too', async () => {
    bench.write(`incoming/run${word}/config/resolved_manifest.json`, text);
    await tame(['watch', bench.path('incoming'), '--once', '--settle-seconds', '0']);
    bench.write(`other/run${word}/config/resolved_manifest.json`, '{}');
    bench.write(`other/run${word}/audit.jsonl`, '{}');
    const argv = ['watch', bench.path('other'), '--settle-seconds', '0', '--log-level', 'debug'];
    const noted = await bench.run(argv, { signal: AbortSignal.timeout(3_000), isTerminal: true });
    expect(noted.stderr).toContain(': broken');
    expectTame(argv, noted);
  }, 60_000);
});

describe('a log', () => {
  test.each([true, false])('is tame in every field, on a terminal: %s', (isTerminal) => {
    let written = '';
    const log = createLog('debug', isTerminal, { write: (line) => (written += line) });
    log.warn({ [text]: text, error: new Error(text), deep: { list: [text] } }, text);
    expect(written).not.toMatch(control);
    expect(written.split('\n')).toHaveLength(2);
    if (!isTerminal) expect(JSON.parse(written)).toMatchObject({ msg: text, [text]: text });
  });
});

describe('each medium', () => {
  const hostile = fc.string({
    unit: fc.oneof(fc.constantFrom(...Array.from(`${text}\`|_-#.:@/`), 'www.', 'http://'), fc.string({ unit: 'grapheme' })),
    maxLength: 60,
  });
  const property = { numRuns: propertyRuns(1_000) };

  test('shows no control, and JSON parses to the same value', () => {
    fc.assert(
      fc.property(hostile, (given) => {
        for (const shown of [visible(given), markdownText(given), markdownLine(given), htmlText(given)])
          expect(shown).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u);
        for (const shown of [visibleLines(given), markdownFence(given.split('\n')), markdownOf(given, [{ kind: 'lines', lines: [given] }])])
          expect(shown).not.toMatch(control);
        const value = { [given]: [given, { given }] };
        for (const json of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
          expect(visibleJson(json)).not.toMatch(control);
          expect(JSON.parse(visibleJson(json))).toEqual(value);
        }
      }),
      property,
    );
  });

  test('leaves no markup of markdown and HTML in force', () => {
    fc.assert(
      fc.property(hostile, (given) => {
        const outsideCode = markdownText(given).replaceAll(/(?<!\\)`[^`]*`/g, '');
        expect(outsideCode).not.toMatch(/(?<!\\)(?:\\\\)*[<>[\]*#~|]|:\/\/|@[\w-]+\./);
        expect(htmlText(given)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
        const fenced = markdownFence([given.replaceAll('\n', ' '), '```', '~~~~~']).split('\n');
        expect(fenced.slice(1, -1).filter((line) => line.trim() === fenced[0])).toEqual([]);
      }),
      property,
    );
  });

  test('the honest case: plain words are as they were', () => {
    const plain = 'Halted on 2026-01-03: the 5 % limit of etfs_core@2026-01-02 was passed (see run a-b, c/d).';
    expect([visible(plain), markdownText(plain), htmlText(plain), visibleJson(JSON.stringify(plain))]).toEqual([
      plain,
      plain,
      plain,
      JSON.stringify(plain),
    ]);
    expect(markdownText('by ann@desk.example, www.desk.example')).toBe('by `ann@desk.example`, `www.desk.example`');
  });
});

test('every verb was asked something', () => {
  const asked = new Set(said.map((argv) => verbs.find(({ path }) => path.every((part, at) => argv[at] === part))?.path.join(' ')));
  expect(verbs.map(({ path }) => path.join(' ')).filter((verb) => !asked.has(verb))).toEqual([]);
});
