import type { MetaRunRequest } from '../../domain/meta-run/identity.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { foldStream } from '../runtime/folds.ts';
import type { Ports } from '../ports/ports.ts';

/** The waivers that a portfolio has been granted, according to its stream now. */
export async function portfolioWaivers(ports: Pick<Ports, 'store'>, meta: string): Promise<MetaRunRequest['waivers']> {
  return (await foldStream(ports.store, metaPortfolioStream.name(meta), metaPortfolioStream)).state.waivers;
}
