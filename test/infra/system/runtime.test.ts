import { hostname, userInfo } from 'node:os';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { nodePlatform, systemUser, thisProcess } from '../../../infra/system/runtime.ts';

afterEach(() => void jest.restoreAllMocks());

describe('the runtime', () => {
  test.each([
    ['20.18.9', false],
    ['20.19.0', true],
    ['20.20.0', true],
    ['19.99.0', false],
    ['21.0.0', true],
    ['22', true],
    ['20', false],
    ['', false],
    ['nightly', false],
  ])('of version "%s" is supported: %s', (version, supported) => {
    expect(nodePlatform(version)).toEqual({ name: 'Node', version, needs: 'Node 20.19 or later', supported });
  });

  test('of this process is supported, by what the package says it needs', () => {
    expect(nodePlatform()).toMatchObject({ version: process.versions.node, supported: true });
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly engines: { readonly node: string } };
    expect(engines.node).toContain('20.19');
  });

  test('has a name that no other process on any machine has', () => {
    expect(thisProcess.processName).toBe(`${hostname()}-${process.pid}-${Math.round(performance.timeOrigin)}`);
  });

  test('is run by a user, or by a bare number where the system has no name for it', () => {
    expect(systemUser()).toEqual({ name: userInfo().username, uid: process.getuid!() });
    const number = jest.spyOn(process as { getuid?: () => number | undefined }, 'getuid').mockReturnValue(undefined);
    expect(systemUser().uid).toBeNull();
    number.mockReturnValue(70_007);
    expect(systemUser().uid).toBe(70_007);
  });
});
