import { afterEach, beforeEach, expect } from '@jest/globals';

/** After each test of a file: no promise was rejected without anybody to hear it. */
export function refuseUnheardRejections(): void {
  let unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  beforeEach(() => {
    unheard = [];
    process.on('unhandledRejection', hear);
  });
  afterEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });
}

/** Whether a promise is still pending after a while; its later outcome is nobody's concern. */
export async function isHung(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), ms);
  });
  const settled = promise.then(
    () => false,
    () => false,
  );
  return Promise.race([settled, waited]).finally(() => clearTimeout(timer));
}
