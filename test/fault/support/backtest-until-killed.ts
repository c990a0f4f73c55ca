/** Runs a backtest that no append holds, says when its first append is done, and never comes to the second. */
import { openStore } from '../../../bin/adapters.ts';
import { Workbench } from '../../support/cli.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { childArgument } from './child.ts';

const { below, environment, words } = childArgument() as { below: string; environment: Record<string, string>; words: string[] };
let appends = 0;
await new Workbench(below).run(words, {
  environment,
  openStore: async (...given) => {
    const opened = await openStore(...given);
    const store = storeLike(opened.store, {
      append: async (stream, ...rest) => {
        if (!stream.startsWith('backtest-') || appends++ === 0) return opened.store.append(stream, ...rest);
        process.stdout.write('appended once\n');
        return new Promise(() => setInterval(() => undefined, 1_000));
      },
    });
    return { ...opened, store };
  },
});
