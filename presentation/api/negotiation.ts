import { LedgerError } from '../../domain/shared/errors.ts';

/** A media range of RFC 9110, section 12.5.1, with its weight. Parameters of the type are not looked at. */
interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

const quality = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What is malformed is left out: it asks for nothing that is known here. */
function rangeOf(text: string): MediaRange | null {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  const [type, subtype, ...more] = name.toLowerCase().split('/');
  if (type === undefined || subtype === undefined || more.length > 0 || !token.test(type) || !token.test(subtype)) return null;
  if (type === '*' && subtype !== '*') return null;
  const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1';
  return quality.test(weight) ? { type, subtype, quality: Number(weight) } : null;
}

/** How exactly a range names a type: 3 for itself, 2 for all of its kind, 1 for any; 0 where it does not. */
function closeness(range: MediaRange, type: string, subtype: string): number {
  if (range.type === '*') return 1;
  if (range.type !== type) return 0;
  if (range.subtype === '*') return 2;
  return range.subtype === subtype ? 3 : 0;
}

/** The range that names a type most exactly decides on it, also where another would give it more. */
function qualityOf(ranges: readonly MediaRange[], mediaType: string): number {
  const [type = '', subtype = ''] = mediaType.split(';')[0]!.trim().split('/');
  let decided = { closeness: 0, quality: 0 };
  for (const range of ranges) {
    const found = closeness(range, type, subtype);
    if (found > decided.closeness) decided = { closeness: found, quality: range.quality };
  }
  return decided.quality;
}

/**
 * What is answered of several representations of one thing, by the header `Accept`: the one with the greatest weight, and of several with
 * one weight the first. Without the header it is the first. Errors: NotAcceptable.
 */
export function acceptable<Offer extends { readonly mediaType: string }>(
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  if (accept === undefined || accept.trim() === '') return offers[0];
  const ranges = accept.split(',').flatMap((text) => rangeOf(text) ?? []);
  let best: { readonly offer: Offer; readonly quality: number } | null = null;
  for (const offer of offers) {
    const found = qualityOf(ranges, offer.mediaType);
    if (found > (best?.quality ?? 0)) best = { offer, quality: found };
  }
  if (best !== null) return best.offer;
  const types = offers.map(({ mediaType }) => mediaType.split(';')[0]!);
  throw new LedgerError('NotAcceptable', `none of what is accepted is offered: ${types.join(', ')}`, { evidence: { offered: types } });
}
