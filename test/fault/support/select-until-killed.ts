/** Runs a command line, and says when it begins to select, in this thread, and when it has. */
import { Workbench } from '../../support/cli.ts';
import { childArgument } from './child.ts';

const { below, environment, words } = childArgument() as { below: string; environment: Record<string, string>; words: string[] };
await new Workbench(below).run(words, {
  environment,
  tools: (tools) => ({
    ...tools,
    compute: {
      parallelism: tools.compute.parallelism,
      run: (name, input, options) => {
        const isSelection = name === 'sleeve-selection';
        if (isSelection) process.stdout.write('selecting\n');
        const answer = tools.compute.run(name, input, options);
        if (isSelection) void answer.then(() => process.stdout.write('selected\n'));
        return answer;
      },
      close: async () => tools.compute.close(),
    },
  }),
});
