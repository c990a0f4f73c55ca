/** A caller without types got a TypeError from the depth of the program for an argument that was missing. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as library from '../../bin/library.ts';
import { checkedMethods } from '../../bin/checked-arguments.ts';
import { openLedger, type OpenLedger } from '../../bin/open-ledger.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
let ledger: OpenLedger;
beforeAll(async () => {
  ledger = await openLedger({ store: join(directory, 'ledger.sqlite'), create: true, logLevel: 'silent' });
});
afterAll(() => ledger.close());

/** Calls as JavaScript does, with whatever. */
async function called(name: string, ...args: unknown[]): Promise<unknown> {
  try {
    return await (Reflect.apply(Reflect.get(ledger, name) as () => unknown, ledger, args) as Promise<unknown>);
  } catch (error) {
    return error;
  }
}

const withoutArguments = ['session', 'seal', 'close', 'rebuild', 'cacheStatistics', 'clearCache', 'checkpoint'];

describe('the methods of an open ledger', () => {
  test('are all checked but those that take nothing', () => {
    expect(
      Object.keys(ledger)
        .filter((name) => !withoutArguments.includes(name))
        .toSorted(),
    ).toEqual([...checkedMethods].toSorted());
  });

  test.each(checkedMethods.map((name) => [name]))('%s answers a number in place of its arguments with Usage', async (name) => {
    const error = await called(name, 42, 42, 42);
    expect(error).toBeInstanceOf(LedgerError);
    expect(error).toMatchObject({ code: 'Usage', message: expect.stringContaining(`${name}: argument `) });
  });

  test.each([
    ['weights', [{ meta: 'm' }], 'argument 1.risk'],
    ['approve', ['run'], 'argument 2'],
    ['waive', [{ meta: 'm', paths: ['a.b'], until: 'soon', why: 'x' }], 'argument 1.until'],
    ['trades', [{ meta: 'm', capital: '1', holdings: [] }], 'argument 1.capital'],
    ['backtestRobustness', [{ runId: 'r', checks: ['bootstrp'] }], 'argument 1.checks.0'],
  ])('%s names the place of what is wrong', async (name, args, path) => {
    expect(await called(name, ...args)).toMatchObject({ code: 'Usage', at: { path } });
  });

  test('need nothing that has an answer without it', async () => {
    for (const name of ['status', 'runs', 'replay', 'deadLetters', 'events', 'verify'])
      expect(await called(name)).not.toBeInstanceOf(TypeError);
    expect(await called('runs')).toMatchObject({ runs: [] });
  });
});

const exported = new Map(Object.entries(library) as [string, () => unknown][]);

test.each([
  'combine',
  'diversificationRatio',
  'effectiveNumber',
  'hierarchicalRiskParity',
  'maxSharpe',
  'minVariance',
  'parseManifest',
  'portfolioVolatility',
  'riskContributions',
  'riskParity',
] as const)('%s answers a missing argument with Usage', (name) => {
  expect(() => Reflect.apply(exported.get(name)!, undefined, [])).toThrow(expect.objectContaining({ code: 'Usage' }));
});

test('openLedger without a store is Usage too', async () => {
  await expect(Reflect.apply(openLedger, undefined, []) as Promise<unknown>).rejects.toMatchObject({ code: 'Usage' });
});
