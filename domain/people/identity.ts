import { LedgerError } from '../shared/errors.ts';
import { skeletonOf } from './skeleton.ts';

/**
 * Who a name stands for. A name is what somebody claims: nothing here authenticates anybody. It makes sure that one person is not two by
 * the way a name is written, and that nobody passes for another by a name that looks like theirs.
 */
export interface Person {
  /** Equal for two spellings of one name. */
  readonly canonical: string;
  /** What the name looks like, in lower case, as written and in capitals. Persons who share one are easily taken for each other. */
  readonly looks: readonly string[];
}

/** What nobody sees in a name, or what changes the order of what is seen: controls, format and bidi marks, fillers, unassigned. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]/u;
const everyUnseen = new RegExp(unseen.source, 'gu');

/** Everything else than the plain space that Unicode counts as white space, by NFKC or as itself. */
const blanks = /\p{White_Space}+/gu;

/** The dotless i folds to itself, as Unicode has it, though its capital is that of the other i. */
function foldedOnce(character: string): string {
  return character === '\u0131' ? character : character.toUpperCase().toLowerCase();
}

/**
 * Full case folding without a locale, as far as equality goes: twice, because the capital of one letter may be two that have others.
 */
function folded(text: string): string {
  return Array.from(Array.from(text, foldedOnce).join(''), foldedOnce).join('');
}

const spaced = (name: string): string => name.normalize('NFKC').replaceAll(blanks, ' ').trim();

/** A name recorded by an older build may hold what is refused today: what nobody sees counts for nothing. */
export function personOf(name: string): Person {
  const shown = spaced(spaced(name).replaceAll(everyUnseen, ''));
  const canonical = folded(shown).normalize('NFKC');
  const looks = [shown, canonical, canonical.toUpperCase()].map((text) => folded(skeletonOf(text)).replaceAll(' ', ''));
  return { canonical, looks: [...new Set(looks)] };
}

let unnamed: Person | null = null;

export function looksLike(left: Person, right: Person): boolean {
  return left.looks.some((look) => right.looks.includes(look));
}

/** Whether a name says who somebody is: `unnamed` is what a process without a name is called, and what looks like it says no more. */
export function isNamed(name: string): boolean {
  const person = personOf(name);
  return person.canonical !== '' && !looksLike(person, (unnamed ??= personOf('unnamed')));
}

/** The first character of a name that nobody sees, such as `U+202E`; null where every character is seen. */
export function unseenIn(name: string): string | null {
  const found = unseen.exec(name)?.[0];
  return found === undefined ? null : `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Errors: ActorUnnamed, ActorUnseen. */
export function requirePerson(name: string, does: string): Person {
  const character = unseenIn(name);
  if (character !== null)
    throw new LedgerError('ActorUnseen', `a name that holds ${character}, which nobody sees, cannot ${does}`, { evidence: { character } });
  if (!isNamed(name)) throw new LedgerError('ActorUnnamed', `${JSON.stringify(name)} says of nobody who it is, and cannot ${does}`);
  return personOf(name);
}
