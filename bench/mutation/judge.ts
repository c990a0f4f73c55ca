/**
 * Stryker runs this for every mutant that stands within a drawn one: it exits with 1 where a test notices it. Without a mutant it runs all
 * suites of the sample over the unchanged behaviour, and they must pass: a mutant killed by a test that fails anyway proves nothing.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { jestArguments } from '../jest-command.ts';

/** What is drawn: by the number that Stryker gives a mutant, the suites to run, nearest first. */
export interface Docket {
  readonly suites: Readonly<Record<string, readonly string[]>>;
}

/** Suites of the first run: most mutants are noticed by the nearest, and a run costs its start. */
const nearestFirst = 4;

interface JestConfig extends Record<string, unknown> {
  readonly projects: readonly Record<string, unknown>[];
}

/** One project for all: paths would otherwise run once for every tier. */
const configFile = new URL('../../jest.config.js', import.meta.url).href;
const { projects, reporters: _, ...shared } = ((await import(configFile)) as { readonly default: JestConfig }).default;
const { displayName: __, testRegex: ___, ...project } = projects[0]!;
const config = JSON.stringify({ ...shared, ...project, rootDir: process.cwd(), reporters: ['default'] });

function passes(suites: readonly string[], workers: string): boolean {
  // Without a path jest would run everything, and without a suite nothing is proved.
  if (suites.length === 0) throw new Error('no suite is named');
  const jest = [...jestArguments, '--config', config, '--bail', '-w', workers];
  const run = spawnSync(process.execPath, [...jest, '--runTestsByPath', ...suites], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (run.status !== 0 && process.env['__STRYKER_ACTIVE_MUTANT__'] === undefined) process.stderr.write(run.stderr.slice(-20_000));
  return run.status === 0;
}

const { suites } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Docket;
const mutant = process.env['__STRYKER_ACTIVE_MUTANT__'];
if (mutant === undefined) {
  process.exitCode = passes([...new Set(Object.values(suites).flat())], '2') ? 0 : 1;
} else {
  const asked = suites[mutant] ?? [];
  const rest = asked.slice(nearestFirst);
  const noticed = asked.length > 0 && !(passes(asked.slice(0, nearestFirst), '1') && (rest.length === 0 || passes(rest, '1')));
  process.exitCode = noticed ? 1 : 0;
}
