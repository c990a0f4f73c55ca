import { loadedOnce } from '../handlers/runtime/loaded-once.ts';

type Asynchronous = (...given: never[]) => unknown;
type Lazily<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...given: infer Given) => infer Answer
    ? (...given: Given) => Promise<Awaited<Answer>>
    : never;
};

/**
 * An adapter whose code is loaded with the first call of one of its functions, which are named, every one. For adapters that few verbs
 * use and that take time or memory to load.
 */
export function lazily<Port>(load: () => Promise<Port>, names: Readonly<Record<keyof Port, true>>): Lazily<Port> {
  const loaded = loadedOnce(load);
  const called =
    (name: keyof Port) =>
    async (...given: never[]): Promise<unknown> => {
      const port = await loaded();
      return (port[name] as Asynchronous)(...given);
    };
  return Object.fromEntries(Object.keys(names).map((name) => [name, called(name as keyof Port)])) as Lazily<Port>;
}
