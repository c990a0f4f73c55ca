function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.pathname.startsWith('/v1/') || link.hash !== '') return;
  event.preventDefault();
  history.pushState(null, '', link.href);
  scrollTo(0, 0);
  document.querySelector<HTMLElement>('#content')?.focus({ preventScroll: true });
}

/** Links of the page go from page to page without loading it again: what it knows, it keeps. */
export function followLinks(): () => void {
  document.addEventListener('click', onClick);
  return () => document.removeEventListener('click', onClick);
}
