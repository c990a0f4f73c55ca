import { describe, expect, test } from '@jest/globals';
import { createProxies, createWaysIn } from '../../../infra/http/ways-in.ts';

const forwarded = { host: '10.0.0.5:8470', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ledger.example' };
const throughProxy = { host: 'ledger.example', origin: 'https://ledger.example', isPrivate: true };
const inTheOpen = { host: '10.0.0.5:8470', origin: 'http://10.0.0.5:8470', isPrivate: false };

describe('how a request came', () => {
  test.each([
    ['10.0.0.7', '10.0.0.7'],
    ['10.0.0.7', '::ffff:10.0.0.7'],
    ['10.0.0.0/24', '10.0.0.7'],
    ['fd00::/8', 'fd00::7'],
    ['::1', '::1'],
    ['192.0.2.1, 10.0.0.7', '10.0.0.7'],
  ])('is said by the proxy %s, connected as %s', (proxies, peer) => {
    const address = peer.replace('::ffff:', '');
    expect(createWaysIn({ isProxy: createProxies(proxies.split(',')), hasTls: false })(forwarded, peer)).toEqual({
      ...throughProxy,
      peer: address,
    });
  });

  test.each([
    ['nobody is named', [], '10.0.0.7'],
    ['another is named', ['10.0.0.7'], '10.0.0.8'],
    ['the net is another', ['10.0.0.0/29'], '10.0.0.8'],
    ['nothing is known of the connection', ['10.0.0.7'], undefined],
  ])('is not said by a stranger: %s', (_, proxies, peer) => {
    expect(createWaysIn({ isProxy: createProxies(proxies), hasTls: false })(forwarded, peer)).toEqual({ ...inTheOpen, peer: peer ?? '' });
  });

  test('is not said by a name that stands in a header before that of the proxy', () => {
    const ways = createWaysIn({ isProxy: createProxies(['10.0.0.7']), hasTls: false });
    const headers = { ...forwarded, 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'evil.example, ledger.example' };
    expect(ways(headers, '10.0.0.7')).toMatchObject({ host: 'ledger.example', origin: 'http://ledger.example', isPrivate: false });
  });

  test.each([
    ['the proxy says whom', '10.0.0.7', '192.0.2.9', '192.0.2.9'],
    ['whoever asked the proxy said another before', '10.0.0.7', '203.0.113.1, 192.0.2.9', '192.0.2.9'],
    ['there is a proxy behind the proxy', '10.0.0.7', '203.0.113.1, 192.0.2.9, 10.0.0.8', '192.0.2.9'],
    ['it is in the form of IPv6', '10.0.0.7', '::FFFF:192.0.2.9', '192.0.2.9'],
    ['it is of IPv6', '10.0.0.7', '2001:DB8::9', '2001:db8::9'],
    ['the proxy says nothing', '10.0.0.7', undefined, '10.0.0.7'],
    ['the proxy says no address', '10.0.0.7', '192.0.2.9, unknown', '10.0.0.7'],
    ['all that is said are proxies', '10.0.0.7', '10.0.0.8, 10.0.0.7', '10.0.0.7'],
    ['a stranger says whom', '192.0.2.1', '203.0.113.1', '192.0.2.1'],
  ])('is told by whom it was asked: %s', (_, peer, header, asker) => {
    const ways = createWaysIn({ isProxy: createProxies(['10.0.0.0/24']), hasTls: false });
    expect(ways(header === undefined ? {} : { 'x-forwarded-for': header }, peer).peer).toBe(asker);
  });

  test.each([
    ['by TLS of this server', [], true, '10.0.0.9', { host: 'Ledger.Example:443' }, 'https://ledger.example', true],
    ['within this machine', [], false, '127.0.0.1', { host: 'localhost:8470' }, 'http://localhost:8470', true],
    ['within this machine by IPv6', [], false, '::1', { host: '[::1]:8470' }, 'http://[::1]:8470', true],
    ['from a proxy of this machine that says no more', ['127.0.0.1'], false, '127.0.0.1', { host: 'localhost' }, 'http://localhost', false],
    [
      'without TLS to a proxy that has it on our side',
      ['10.0.0.7'],
      true,
      '10.0.0.7',
      { host: 'ledger.example', 'x-forwarded-proto': 'http' },
      'http://ledger.example',
      false,
    ],
    ['without any host', [], false, '127.0.0.1', {}, '', true],
    ['with a host that is none', [], false, '127.0.0.1', { host: 'a b' }, '', true],
  ] as const)('is told of one %s', (_, proxies, hasTls, peer, headers, origin, isPrivate) => {
    expect(createWaysIn({ isProxy: createProxies(proxies), hasTls })(headers, peer)).toMatchObject({ origin, isPrivate });
  });

  test.each(['proxy.example', '10.0.0.7:80', '10.0.0.0/0', '10.0.0.0/33', '*', '', '10.0.0', '::1/129'])('takes no proxy %j', (proxy) => {
    expect(() => createProxies([proxy])).toThrow(expect.objectContaining({ code: 'ConfigInvalid', at: { path: '--behind-proxy' } }));
  });
});
