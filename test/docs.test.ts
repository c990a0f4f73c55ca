import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { generatedPages } from '../bin/generate-docs.ts';

const pages = Object.entries(await generatedPages());

describe('the generated documentation', () => {
  test.each(pages)('%s is in step with its registry (else: npm run docs)', (file, page) => {
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});
