import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { compiledKernels, kernelModule } from '../../bin/build-kernels.ts';

test('the kernels that run are those of the source, and compile to the same bytes each time', () => {
  expect(readFileSync(kernelModule, 'utf8')).toBe(compiledKernels());
});
