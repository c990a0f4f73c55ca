import { useEffect, useRef, useState } from 'preact/hooks';
import { type Held, heldAt, heldMs } from './holding.ts';

/** A value that may change faster than anybody reads, and the newest in the end. `of`: what it is a value of. */
export function useHeld<Value extends string | number>(value: Value, of: string): Value {
  const shown = useRef<Held<Value>>({ value, of, since: performance.now() });
  const [, look] = useState(0);
  shown.current = heldAt(shown.current, value, of, performance.now());
  useEffect(() => {
    if (shown.current.value === value) return undefined;
    const timer = setTimeout(() => look((count) => count + 1), shown.current.since + heldMs - performance.now());
    return () => clearTimeout(timer);
  }, [value, of]);
  return shown.current.value;
}
