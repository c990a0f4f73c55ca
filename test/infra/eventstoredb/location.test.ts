/** What a connection string becomes outside the adapter: names of files, messages, and the choice of the store. */
import { describe, expect, test } from '@jest/globals';
import { openStore } from '../../../bin/adapters.ts';
import { besideStore, redacted, tokenUseFileOf } from '../../../handlers/runtime/settings.ts';

describe('the location of a server', () => {
  test.each([
    ['esdb://ops:pa-ss@ledger.example.com:2113?tls=true', 'esdb-ledger.example.com-2113'],
    ['esdb://ops:pa-ss@one,two:1113/?tls=true', 'esdb-one-two-1113'],
    ['esdb+discover://ops@cluster', 'esdb+discover-cluster'],
    ['esdb://[::1]:2113?tls=false', 'esdb--1-2113'],
    ['folder/ledger.sqlite', 'folder/ledger.sqlite'],
    ['C:\\ledger.sqlite', 'C:\\ledger.sqlite'],
  ])('files beside %s begin with %s', (store, stem) => {
    expect(besideStore(store)).toBe(stem);
    expect(besideStore(store)).not.toContain('pa-ss');
  });

  test.each([
    ['esdb://one:2113?tls=true', 'esdb-one-2113.token-uses'],
    ['esdb://one:2113?tls=true&readModels=%2Fvar%2Fnode%20a.sqlite', '/var/node a.sqlite.token-uses'],
    ['esdb://one:2113?readModels=%zz', 'esdb-one-2113.token-uses'],
    ['folder/ledger?readModels=x.sqlite', 'folder/ledger?readModels=x.sqlite.token-uses'],
  ])('last uses of tokens of %s stand in %s: beside the read models of this node where they have a place', (store, file) => {
    expect(tokenUseFileOf(store)).toBe(file);
  });

  test('messages show who and where, not the password', () => {
    expect(redacted('esdb://ops:pa-ss@ledger.example.com:2113?tls=true')).toBe('esdb://ops:***@ledger.example.com:2113?tls=true');
  });

  test.each(['postgres://ops:pa-ss@ledger.example.com/ledger', 'esdb://ops:pa-ss@ledger.example.com?tls=false'])(
    '%s is refused before anything is opened',
    async (location) => {
      const refusal: unknown = await openStore(location, 'write').then(
        () => null,
        (error: unknown) => error,
      );
      expect(refusal).toMatchObject({ code: 'ConfigInvalid', at: { path: 'store' } });
      expect(String(refusal)).not.toContain('pa-ss');
    },
  );
});
