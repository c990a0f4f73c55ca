import { useEffect, useRef, useState } from 'preact/hooks';

/** What takes long to work out and to read is not changed more often than this. */
const heldMs = 5_000;

/**
 * A value that may change faster than anybody reads: the newest where it has stood for a while, and otherwise the one before until it has.
 * `of` is what it is a value of: that of something else is taken at once.
 */
export function useHeld<Value extends string | number>(value: Value, of: string): Value {
  const held = useRef({ value, of, since: performance.now() });
  const [, look] = useState(0);
  const now = performance.now();
  const { since } = held.current;
  const isDue = held.current.of !== of || now - since >= heldMs;
  if (isDue && (held.current.of !== of || held.current.value !== value)) held.current = { value, of, since: now };
  useEffect(() => {
    if (held.current.value === value) return undefined;
    const timer = setTimeout(() => look((count) => count + 1), held.current.since + heldMs - performance.now());
    return () => clearTimeout(timer);
  }, [value, of]);
  return held.current.value;
}
