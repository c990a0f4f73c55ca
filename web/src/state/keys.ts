import { Store } from './store.ts';

/** Whether the list of keys is shown. */
export const keysShown = new Store(false);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('main tbody tr[tabindex]')].filter((row) => row.offsetParent !== null);
}

function moveRow(step: 1 | -1): void {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))]!;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  switch (event.key) {
    case '/': {
      const search = document.querySelector<HTMLInputElement>('main input[type="search"]') ?? document.querySelector('#search');
      if (!(search instanceof HTMLElement)) return;
      event.preventDefault();
      search.focus();
      return;
    }
    case 'j':
      return moveRow(1);
    case 'k':
      return moveRow(-1);
    case 'Enter': {
      const { activeElement } = document;
      if (activeElement instanceof HTMLTableRowElement) activeElement.querySelector<HTMLElement>('a, button')?.click();
      return;
    }
    case '?':
      event.preventDefault();
      keysShown.set(!keysShown.value);
  }
}

export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
