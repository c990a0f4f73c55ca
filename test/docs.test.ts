import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { generatedPages } from '../bin/generate-docs.ts';

describe('the generated documentation', () => {
  test.each(Object.entries(generatedPages()))('%s is in step with its registry (else: npm run docs)', (file, page) => {
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});
