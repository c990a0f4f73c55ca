import Negotiator from 'negotiator';
import { LedgerError } from '../../domain/shared/errors.ts';

/**
 * What is answered of several representations of one thing, by the header `Accept` (RFC 9110, section 12.5.1): the one that it gives the
 * greatest weight. Without the header it is the first. Errors: NotAcceptable.
 */
export function acceptable<Offer extends { readonly mediaType: string }>(
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  if (accept === undefined || accept.trim() === '') return offers[0];
  const chosen = new Negotiator({ headers: { accept } }).mediaType(offers.map(({ mediaType }) => mediaType));
  const offer = offers.find(({ mediaType }) => mediaType === chosen);
  if (offer !== undefined) return offer;
  const types = offers.map(({ mediaType }) => mediaType.split(';')[0]!);
  throw new LedgerError('NotAcceptable', `none of what is accepted is offered: ${types.join(', ')}`, { evidence: { offered: types } });
}
