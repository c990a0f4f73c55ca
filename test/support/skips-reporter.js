/** Ends a run with one line for each suite that was skipped, with its reason: a summary of numbers hides it. */
import { relative } from 'node:path';

const marker = /^skipped without (.+)$/;

const counted = (tests) => (tests === 0 ? 'everything' : `${tests} ${tests === 1 ? 'test' : 'tests'}`);

export default class SkipsReporter {
  onRunComplete(_contexts, results) {
    for (const { testFilePath, testResults } of results.testResults) {
      const skipped = testResults.filter(({ status }) => status === 'pending').map(({ title }) => title);
      const reasons = new Set(skipped.flatMap((title) => marker.exec(title)?.[1] ?? []));
      const tests = skipped.filter((title) => !marker.test(title)).length;
      if (reasons.size > 0) process.stderr.write(`skipped  ${relative(process.cwd(), testFilePath)}: ${counted(tests)} without ${[...reasons].join('; without ')}\n`);
    }
  }
}
