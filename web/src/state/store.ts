import { useEffect, useState } from 'preact/hooks';

/** One value that several parts of the page look at. */
export class Store<Value> {
  #value: Value;
  readonly #heard = new Set<(value: Value) => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    this.#value = value;
    for (const hear of this.#heard) hear(value);
  }

  listen(hear: (value: Value) => void): () => void {
    this.#heard.add(hear);
    return () => this.#heard.delete(hear);
  }
}

export function useStore<Value>(store: Store<Value>): Value {
  const [value, setValue] = useState(store.value);
  useEffect(() => {
    setValue(store.value);
    return store.listen(setValue);
  }, [store]);
  return value;
}
