/**
 * A process that runs suites over the sources of a sandbox, with some mutants switched on or none. It is asked by messages
 * `{ mutants, suites }` and answers `{ failed }`, the suites that did not pass. Plain JavaScript, so that nothing but jest stands between a
 * mutant and its suites.
 */
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCLI } from 'jest';

const root = process.cwd();
const { default: given } = await import(pathToFileURL(`${root}/jest.config.js`).href);
const { displayName: _, testRegex: __, ...project } = given.projects[0];
// One project for all, since paths would otherwise run once for every tier; in this process, since a start costs more than most suites.
const config = JSON.stringify({ ...project, rootDir: root, testTimeout: given.testTimeout, reporters: [] });

async function failedOf(suites) {
  const { results } = await runCLI({ _: suites, $0: 'jest', config, runTestsByPath: true, runInBand: true, silent: true }, [root]);
  if (results.numTotalTestSuites !== suites.length) throw new Error(`${results.numTotalTestSuites} of ${suites.length} suites were found`);
  return results.testResults
    .filter(({ numFailingTests, testExecError }) => numFailingTests > 0 || (testExecError ?? null) !== null)
    .map(({ testFilePath }) => relative(root, testFilePath));
}

async function answer({ mutants, suites }) {
  // Instrumented sources read it when a suite loads them.
  process.env['ACTIVE_MUTANTS'] = mutants.join(',');
  process.send({ failed: await failedOf(suites) });
}

process.on('message', (asked) => void answer(asked));
process.send({ ready: true });
