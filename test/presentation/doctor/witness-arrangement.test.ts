/** What each arrangement of witnesses proves, in the words of `doctor`. */
import { expect, test } from '@jest/globals';
import { provenBy } from '../../../presentation/doctor/witness-arrangement.ts';

const none = { folderOnDiskOfStore: false, repositories: 0, servers: 0, quorum: null };

test.each([
  ['a folder on the disk of the store', { ...none, folderOnDiskOfStore: true }, /whoever writes that disk can put back both\.$/],
  ['a folder elsewhere', none, /^A folder elsewhere [^.]*\.$/],
  ['a repository', { ...none, repositories: 1 }, /everybody with a clone/],
  ['one server', { ...none, servers: 1 }, /cosigns one history only.*No quorum is demanded/],
  ['one server that must', { ...none, servers: 1, quorum: 1 }, /on its side\.$/],
  ['three servers of which none must', { ...none, servers: 3 }, /none has to: name a quorum/],
  ['two of three servers', { ...none, servers: 3, quorum: 2 }, /2 of 3 servers must have cosigned: a fork needs 1 that/],
  ['three of four servers', { ...none, servers: 4, quorum: 3 }, /a fork needs 2 that/],
])('%s', (_, arrangement, said) => {
  expect(provenBy(arrangement)).toMatch(said);
});
