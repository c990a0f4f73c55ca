// Before anything is painted: the scheme that was chosen, where one was.
try {
  const chosen = localStorage.getItem('sleeve-ledger-scheme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.scheme = chosen;
} catch {
  // A browser that keeps nothing follows its system.
}
