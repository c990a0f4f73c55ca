import { z } from 'zod';

/**
 * Documents are checked by their schemas as they stand. By itself zod first compiles a validator for every schema that it meets, which pays
 * for thousands of documents and costs a short command a fifth of its time. To be called before the schemas are made.
 */
export function checkAsItComes(): void {
  z.config({ jitless: true });
}
