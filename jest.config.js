import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url)).replaceAll(/[.*+?^${}()|[\]]/g, '\\$&');
/** Which test file belongs to which tier stands there alone; each tier is a project of jest. */
const tiers = JSON.parse(readFileSync(new URL('test/tiers.json', import.meta.url), 'utf8'));

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
  projects: Object.entries(tiers).map(([displayName, { files }]) => ({ ...project, displayName, testRegex: `^${root}test/(?:${files.join('|')}).*\\.test\\.ts$` })),
  // A limit against hanging, not a measure of speed: machines are slow and shared. It holds here only: a project's own is not heeded.
  testTimeout: 60_000,
  // Modules of a suite stay in memory until its process ends: a worker that has grown is replaced between two suites.
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/test/support/skips-reporter.js'],
  coverageProvider: 'babel',
  collectCoverageFrom: ['domain/**/*.ts', '!domain/risk/kernels/assembly/**', 'projections/**/*.ts', 'handlers/**/*.ts', 'presentation/**/*.ts', 'infra/**/*.ts'],
};
