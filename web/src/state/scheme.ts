import { Store } from './store.ts';

export type Scheme = 'system' | 'light' | 'dark';

const key = 'sleeve-ledger-scheme';

function chosen(): Scheme {
  const value = document.documentElement.dataset['scheme'];
  return value === 'light' || value === 'dark' ? value : 'system';
}

export const scheme = new Store<Scheme>(chosen());

export function choose(next: Scheme): void {
  const { dataset } = document.documentElement;
  if (next === 'system') delete dataset['scheme'];
  else dataset['scheme'] = next;
  try {
    if (next === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, next);
  } catch {
    // A browser that keeps nothing has it until the page is left.
  }
  scheme.set(next);
}
