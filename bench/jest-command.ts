/** Jest over ES modules, as `npm run jest` starts it: arguments of Node before those of the run. */
export const jestArguments = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'] as const;
