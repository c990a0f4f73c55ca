/** Ends a run with one line for each suite that was skipped, with its reason: a summary of numbers hides it. */
import { relative } from 'node:path';

const marker = /^skipped without (.+)$/;

const counted = (tests) => (tests === 0 ? 'everything' : `${tests} ${tests === 1 ? 'test' : 'tests'}`);

export default class SkipsReporter {
  onRunComplete(_contexts, results) {
    for (const { testFilePath, testResults } of results.testResults) {
      const skipped = testResults.filter(({ status }) => status === 'pending').map(({ title }) => title);
      const reasons = skipped.flatMap((title) => marker.exec(title)?.[1] ?? []);
      const file = relative(process.cwd(), testFilePath);
      for (const reason of new Set(reasons)) process.stderr.write(`skipped  ${file}: ${counted(skipped.length - reasons.length)} without ${reason}\n`);
    }
  }
}
