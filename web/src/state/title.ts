const names: Readonly<Record<string, string>> = {
  '': 'Overview',
  runs: 'Runs',
  backtests: 'Backtests',
  tournaments: 'Tournaments',
  selections: 'Selections',
  scans: 'Scans',
  ledger: 'Ledger',
  operations: 'Operations',
  'sign-in': 'Sign in',
};

/** What a tab, the history and whoever listens are told of an address: the page, and of what. */
export function titleOf(path: string): string {
  const [page = '', of] = path.split('/').slice(1);
  const name = names[page] ?? '';
  let one = of ?? '';
  try {
    one = decodeURIComponent(one);
  } catch {
    // An address that is none is told as it stands.
  }
  return [one, name, 'sleeve-ledger'].filter((part) => part !== '').join(' · ');
}
