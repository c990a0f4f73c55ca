import { LedgerError } from '../../domain/shared/errors.ts';
import { isLoopback } from '../../domain/shared/loopback.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { WitnessAddress } from '../ports/ports.ts';
import { redacted } from '../runtime/settings.ts';

/** What the setting `witness` names: at most one folder, and any number of places elsewhere, separated by blanks. */
export interface WitnessPlaces {
  readonly folder: string | null;
  readonly addresses: readonly WitnessAddress[];
}

function refuse(place: string, why: string): never {
  throw new LedgerError('ConfigInvalid', `the witness ${redacted(place)}: ${why}`, { at: { path: 'witness' } });
}

function parsedUrl(text: string, place: string): URL {
  const url = URL.canParse(text) ? new URL(text) : refuse(place, 'no address');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) refuse(place, 'http:// is taken on this machine only, use https://');
  if (url.protocol !== 'ssh:' && (url.username !== '' || url.password !== '')) refuse(place, 'no name and password in an address');
  return url;
}

function tlogOf(text: string, fragment: string | null): WitnessAddress {
  const url = parsedUrl(text, text);
  if (url.search !== '') refuse(text, 'no question mark in the address of a witness');
  if (fragment === null) refuse(text, 'its verifier key follows the address behind a #, as `witness serve` prints it');
  return { kind: 'tlog', place: text, url: text.replace(/\/+$/, ''), verifierKey: fragment };
}

function gitOf(text: string, fragment: string | null): WitnessAddress {
  const address = text.slice('git+'.length);
  parsedUrl(address, text);
  const branch = fragment ?? 'main';
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(branch) || branch.includes('..')) refuse(text, `${branch} is no name of a branch`);
  return { kind: 'git', place: text, url: address, branch };
}

function addressOf(text: string): WitnessAddress {
  const hash = text.indexOf('#');
  const [place, fragment] = hash < 0 ? [text, null] : [text.slice(0, hash), text.slice(hash + 1)];
  return place.startsWith('git+') ? gitOf(place, fragment) : tlogOf(place, fragment);
}

/**
 * Reads the setting. `https://HOST/PREFIX#VKEY` is a server of the witness protocol with its verifier key, `git+https://`, `git+ssh://` and
 * `git+file://` with `#BRANCH` (default main) a repository; what is none of these is a folder. Errors: ConfigInvalid.
 */
export function parseWitnessPlaces(text: string): WitnessPlaces {
  const elsewhere = /(?:^|\s)((?:https?|git\+(?:https?|ssh|file)):\/\/\S+)/g;
  const addresses = [...text.matchAll(elsewhere)].map(([, address]) => addressOf(address!));
  const folder = text.replaceAll(elsewhere, '').trim();
  if (/(?:^|\s)[a-z][a-z0-9+]*:\/\//.test(folder)) refuse(folder, 'a folder, https://, git+https://, git+ssh:// or git+file://');
  if (addresses.length > limits.witnessesMax) refuse(folder, `more than ${limits.witnessesMax} places`);
  const twice = addresses.find(({ place }, index) => addresses.findIndex((other) => other.place === place) !== index);
  if (twice !== undefined) refuse(twice.place, 'named twice');
  return { folder: folder === '' ? null : folder, addresses };
}

/** The setting that names these places. */
export function formatWitnessPlaces({ folder, addresses }: WitnessPlaces): string {
  const others = addresses.map((address) => `${address.place}#${address.kind === 'tlog' ? address.verifierKey : address.branch}`);
  return [...(folder === null ? [] : [folder]), ...others].join(' ');
}
