import { LedgerError } from '../../domain/shared/errors.ts';
import { PortfolioNews } from '../../handlers/live/portfolio-news.ts';
import { Protection } from './protection.ts';
import type { ApiService } from './service.ts';

function refuse(): never {
  throw new LedgerError('Internal', 'no ledger is served here: this only says what would be offered of one');
}

/** In the place of a ledger where only is said what is offered of one: everything that is asked of it fails. */
export const unserved: ApiService = {
  verb: refuse,
  contextFor: refuse,
  release: refuse,
  get session(): never {
    return refuse();
  },
  get settings(): never {
    return refuse();
  },
  deadLetters: null,
  seal: refuse,
  sealSoon: refuse,
  ending: new AbortController().signal,
  identify: refuse,
  signIn: refuse,
  signOut: refuse,
  news: new PortfolioNews({ head: refuse, readAll: refuse }),
  protection: new Protection(refuse),
};
