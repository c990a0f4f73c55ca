import { limits } from '../../domain/shared/limits.ts';
import type { Artifacts } from '../ports/ports.ts';

/** Every address stored, in ascending order, page by page. */
export async function* artifactAddresses(artifacts: Pick<Artifacts, 'list'>): AsyncGenerator<string> {
  for (let after: string | null = null; ;) {
    const page: readonly string[] = await artifacts.list({ after, limit: limits.artifactAddressesPerPage });
    yield* page;
    if (page.length < limits.artifactAddressesPerPage) return;
    after = page.at(-1)!;
  }
}
