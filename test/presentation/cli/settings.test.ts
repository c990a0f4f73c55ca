/** Flags over environment over file over defaults. */
import { describe, expect, test } from '@jest/globals';
import { readSettingsFile } from '../../../infra/config/settings-file.ts';
import { redacted, resolveSettings } from '../../../handlers/runtime/settings.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());

describe('precedence', () => {
  const file = { name: 'sleeve-ledger.yaml', content: { actor: 'from file', origin: 'file.example' } };

  test.each([
    ['flag', { actor: 'from flag' }, { SLEEVE_LEDGER_ACTOR: 'from environment' }, file, 'from flag'],
    ['environment', {}, { SLEEVE_LEDGER_ACTOR: 'from environment' }, file, 'from environment'],
    ['file', {}, {}, file, 'from file'],
    ['default', {}, {}, null, 'unnamed'],
  ] as const)('%s', (layer, flags, environment, content, actor) => {
    const { settings, from } = resolveSettings(flags, environment, content);
    expect([settings.actor, from.actor]).toEqual([actor, layer]);
  });

  test('an empty environment variable counts as unset', () => {
    expect(resolveSettings({}, { SLEEVE_LEDGER_ACTOR: '' }, file).from.actor).toBe('file');
  });

  test('config show says what is in force and where it came from', async () => {
    const settingsFile = bench.write('settings.yaml', 'actor: auditor\nlogLevel: error\n');
    const { result } = await bench.json(['config', 'show', '--config', settingsFile, '--log-level', 'debug'], {
      environment: { SLEEVE_LEDGER_ACTOR: '' },
    });
    const by = new Map(
      (result['settings'] as { name: string; value: unknown; from: string }[]).map(({ name, value, from }) => [name, [value, from]]),
    );
    expect(by.get('actor')).toEqual(['auditor', 'file']);
    expect(by.get('logLevel')).toEqual(['debug', 'flag']);
    expect(by.get('store')).toEqual([bench.store, 'environment']);
    expect(by.get('witness')).toEqual([null, 'default']);
  });

  test('config show writes a mapping out', async () => {
    const { stdout } = await bench.run(['config', 'show'], { environment: { SLEEVE_LEDGER_OIDC_ROLES: 'risk=approver' } });
    expect(stdout).toMatch(/oidcRoles +\{"risk":\["approver"\]\} +environment/);
  });

  test('the actor of the flag is the one recorded', async () => {
    await bench.json(['manifest', 'apply', '--no-seal']);
    await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'x', '--actor', 'risk desk', '--no-seal']);
    expect((JSON.parse(Buffer.from((await bench.events()).at(-1)!.bytes).toString('utf8')) as { actor: string }).actor).toBe('risk desk');
  });
});

describe('settings that cannot be', () => {
  test.each([
    ['an unknown key', 'colour: red\n', 'colour'],
    ['a value of another kind', 'logLevel: loud\n', 'logLevel'],
    ['an origin with a blank', 'origin: my ledger\n', 'origin'],
  ])('%s is refused with file and key', async (_, content, path) => {
    const file = bench.write('bad.yaml', content);
    const answer = await bench.json(['config', 'show', '--config', file]);
    expect([answer.exit, answer.error?.code, answer.error?.at]).toEqual([2, 'ConfigInvalid', { file, path }]);
  });

  test.each([
    ['a list', '- a\n'],
    ['no YAML', 'actor: "open\n'],
    ['aliases, which can grow without end', 'actor: &a x\nstore: *a\n'],
  ])('a file that holds %s is refused by name', async (_, content) => {
    const file = bench.write('bad.yaml', content);
    const answer = await bench.json(['config', 'show', '--config', file]);
    expect([answer.exit, answer.error?.code, answer.error?.at.file]).toEqual([2, 'ConfigInvalid', file]);
  });

  test('a settings file that was asked for and is not there is refused', async () => {
    await expect(readSettingsFile(bench.path('none.yaml'))).rejects.toMatchObject({ code: 'FileMissing' });
  });

  test('a level from the environment names its layer', async () => {
    const answer = await bench.json(['config', 'show'], { environment: { SLEEVE_LEDGER_LOG_LEVEL: 'loud' } });
    expect([answer.exit, answer.error?.code]).toEqual([2, 'ConfigInvalid']);
    expect(answer.error!.message).toContain('logLevel (from environment)');
  });
});

describe('a connection string', () => {
  test.each([
    ['esdb://admin:changeit@host:2113?tls=true', 'esdb://admin:***@host:2113?tls=true'],
    ['esdb://admin:p:w@host', 'esdb://admin:***@host'],
    ['esdb://host:2113', 'esdb://host:2113'],
    ['/var/ledger.sqlite', '/var/ledger.sqlite'],
  ])('%s is shown as %s', (text, shown) => {
    expect(redacted(text)).toBe(shown);
  });

  test('with a password is masked by config show', async () => {
    const ran = await bench.run(['config', 'show', '--store', 'esdb://admin:changeit@host:2113']);
    expect(ran.stdout).toContain('esdb://admin:***@host:2113');
    expect(ran.stdout + ran.stderr).not.toContain('changeit');
  });
});
