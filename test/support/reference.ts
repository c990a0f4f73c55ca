import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

const candidate = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** The optional reference data beside the project; null when it is absent. */
export const sharedDirectory: string | null = existsSync(candidate) ? candidate : null;

/** Skips visibly, never silently, where the reference data is absent. */
export const describeWithShared: typeof describe.skip = sharedDirectory === null ? describe.skip : describe;
