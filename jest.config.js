import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url)).replaceAll(/[.*+?^${}()|[\]]/g, '\\$&');
/** Which test file belongs to which tier stands there alone: the last tier that names it. Each tier is a project of jest. */
const tiers = Object.entries(JSON.parse(readFileSync(new URL('test/tiers.json', import.meta.url), 'utf8')));
const patternOf = ([, { files }]) => `^${root}test/(?:${files.join('|')}).*\\.test\\.ts$`;

/** Tests run from the TypeScript source as ES modules; SWC only strips types. */
const project = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } }, module: { type: 'es6' } },
    ],
  },
};

export default {
  projects: tiers.map((tier, at) => ({
    ...project,
    displayName: tier[0],
    testRegex: patternOf(tier),
    testPathIgnorePatterns: ['/node_modules/', ...tiers.slice(at + 1).map(patternOf)],
  })),
  // A limit against hanging, not a measure of speed: machines are slow and shared. It holds here only: a project's own is not heeded.
  testTimeout: 60_000,
  // Modules of a suite stay in memory until its process ends: a worker that has grown is replaced between two suites.
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/test/support/skips-reporter.js'],
  coverageProvider: 'babel',
  collectCoverageFrom: ['domain/**/*.ts', '!domain/risk/kernels/assembly/**', 'projections/**/*.ts', 'handlers/**/*.ts', 'presentation/**/*.ts', 'infra/**/*.ts'],
};
