/** Tests run from the TypeScript source as ES modules; SWC only strips types. */
export default {
  testEnvironment: 'node',
  // A limit against hanging, not a measure of speed: machines are slow and shared.
  testTimeout: 60_000,
  // Modules of a suite stay in memory until its process ends: a worker that has grown is replaced between two suites.
  workerIdleMemoryLimit: '1GB',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } }, module: { type: 'es6' } },
    ],
  },
  reporters: ['default', '<rootDir>/test/support/skips-reporter.js'],
  coverageProvider: 'babel',
  collectCoverageFrom: ['domain/**/*.ts', 'projections/**/*.ts', 'handlers/**/*.ts', 'infra/**/*.ts'],
};
