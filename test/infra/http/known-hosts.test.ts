import { describe, expect, test } from '@jest/globals';
import { createKnownHosts } from '../../../infra/http/known-hosts.ts';

/** Of some names of hosts those that are known. */
const known = (bound: string, configured: readonly string[], hosts: readonly (string | undefined)[], reachedAt?: string) => {
  const isKnown = createKnownHosts(bound, configured);
  return hosts.filter((host) => isKnown(host, reachedAt));
};

describe('a server is known', () => {
  test('by the names of loopback, whatever their case and port, and by nothing that only looks like one', () => {
    const own = ['localhost', 'LOCALHOST:80', 'localhost.', '127.0.0.1', '127.1.22.255:9464', '[::1]', '[::1]:65535'];
    const others = [
      'localhostx',
      'xlocalhost',
      'x127.0.0.1',
      '127.0.0.1x',
      '127.0.0',
      '128.0.0.1',
      '::1',
      '[::1',
      '::1]',
      '[::1]x',
      'x[::1]',
      '[::2]',
      'localhost:',
      'localhost:123456',
      'localhost:x',
      'local host',
      'a@localhost',
      'localhost/',
      '[localhost]',
      ':80',
      '.',
      '',
      undefined,
    ];
    expect(known('10.0.0.5', [], [...own, ...others])).toEqual(own);
  });

  test('by the address that it is bound to, but not by one that means every address', () => {
    expect(known('10.0.0.5', [], ['10.0.0.5', '10.0.0.5:80', '10.0.0.6'])).toEqual(['10.0.0.5', '10.0.0.5:80']);
    expect(known('0.0.0.0', [], ['0.0.0.0', '0.0.0.0:80'])).toEqual([]);
    expect(known('::', [], ['[::]', '[::]:80'])).toEqual([]);
    expect(known('FD00::7', [], ['[fd00::7]', '[FD00::7]:9', '[fd00::8]'])).toEqual(['[fd00::7]', '[FD00::7]:9']);
  });

  test('by the names that it was given, with or without a port', () => {
    const given = ['Ledger.Internal', 'worker:9464', 'fd00::7', '[fd00::9]:80'];
    const own = ['ledger.internal', 'LEDGER.internal.:1', 'worker', 'worker:1', '[fd00::7]', '[fd00::9]'];
    expect(known('0.0.0.0', given, [...own, 'ledger', 'internal', 'xworker', '[fd00::8]', '9464'])).toEqual(own);
  });

  test('by the address over which a connection came, also one of IPv4 in the form of IPv6', () => {
    expect(known('0.0.0.0', [], ['10.0.0.5:80', '10.0.0.6'], '10.0.0.5')).toEqual(['10.0.0.5:80']);
    expect(known('::', [], ['10.0.0.5:80', '[fd00::7]'], '::ffff:10.0.0.5')).toEqual(['10.0.0.5:80']);
    expect(known('::', [], ['10.0.0.5:80', '[fd00::7]'], '::FFFF:10.0.0.5')).toEqual(['10.0.0.5:80']);
    expect(known('::', [], ['10.0.0.5', '[fd00::7]:80'], 'FD00::7')).toEqual(['[fd00::7]:80']);
    expect(known('::', [], ['10.0.0.5'], '1::ffff:10.0.0.5')).toEqual([]);
  });
});
