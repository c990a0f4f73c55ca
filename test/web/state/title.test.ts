import { expect, test } from '@jest/globals';
import { titleOf } from '../../../web/src/state/title.ts';

test.each([
  ['/', 'Overview · sleeve-ledger'],
  ['/portfolios/desk', 'desk · sleeve-ledger'],
  ['/runs/desk-2024-07-12-6a72b991a7b2e4ee', 'desk-2024-07-12-6a72b991a7b2e4ee · Runs · sleeve-ledger'],
  ['/ledger/ledger%400', 'ledger@0 · Ledger · sleeve-ledger'],
  ['/scans/%', '% · Scans · sleeve-ledger'],
  ['/nowhere', 'sleeve-ledger'],
])('the tab of %s is called so', (path, title) => {
  expect(titleOf(path)).toBe(title);
});
