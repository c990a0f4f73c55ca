import { useLocation, useSearchParams } from 'wouter-preact';
import type { Time } from '../api/questions.ts';

export interface Place {
  /** Of the address, behind the question mark. */
  readonly param: (name: string) => string | null;
  readonly setParams: (change: Readonly<Record<string, string | null>>, options?: { readonly replace?: boolean }) => void;
  readonly time: Time;
}

/** Time goes with whoever looks: every link keeps it. */
const kept = ['as-of', 'known-at'] as const;

export function usePlace(): Place {
  const [params, setSearchParams] = useSearchParams();
  return {
    param: (name) => params.get(name),
    setParams: (change, { replace = false } = {}) =>
      setSearchParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) {
            if (value === null || value === '') after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace },
      ),
    time: { asOf: params.get('as-of'), knownAt: params.get('known-at') },
  };
}

/** An address of this page that keeps the time as of which it is looked at. */
export function useHref(): (path: string, query?: Readonly<Record<string, string | null>>) => string {
  const [params] = useSearchParams();
  return (path, query = {}) => {
    const after = new URLSearchParams();
    for (const name of kept) if (params.get(name) !== null) after.set(name, params.get(name)!);
    for (const [name, value] of Object.entries(query)) if (value !== null) after.set(name, value);
    const behind = after.toString();
    return behind === '' ? path : `${path}?${behind}`;
  };
}

export function useGo(): (path: string) => void {
  const [, go] = useLocation();
  return go;
}
