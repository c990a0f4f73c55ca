/**
 * Code that is loaded when it is first wanted, and then is the same for as long as the process runs. For what few verbs want and what takes
 * time or memory to load; `load` is one `import()`.
 */
export function loadedOnce<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | null = null;
  return () => (loading ??= load());
}
