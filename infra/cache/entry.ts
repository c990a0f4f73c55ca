import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { Recipe } from '../../domain/jobs/recipe.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import type { FoundAnswer } from '../../handlers/ports/ports.ts';

const lineFeed = 0x0a;
const hashChars = 64;

/** How answers become bytes belongs to a version of V8: another one computes again. */
const codec = process.versions.v8;

interface Head {
  readonly key: string;
  readonly recipe: Recipe;
  readonly codec: string;
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An entry: the hash of all that follows, a line of JSON with the recipe, and the answer as a structured clone. */
export function entryBytes(key: string, recipe: Recipe, answer: unknown): Uint8Array {
  const head: Head = { key, recipe, codec };
  const content = Buffer.concat([Buffer.from(`${canonicalJson(head)}\n`, 'utf8'), serialize(answer)]);
  return Buffer.concat([Buffer.from(`${hashOf(content)}\n`, 'utf8'), content]);
}

/** What an entry holds, if it is the one of this key and as it was written. */
export function readEntry(bytes: Uint8Array, key: string): FoundAnswer {
  const content = bytes.subarray(hashChars + 1);
  const written = Buffer.from(bytes.subarray(0, hashChars)).toString('latin1');
  if (bytes[hashChars] !== lineFeed || written !== hashOf(content))
    return { kind: 'damaged', why: 'its bytes are not those that were written' };
  const end = content.indexOf(lineFeed);
  const head = JSON.parse(Buffer.from(content.subarray(0, end)).toString('utf8')) as Head;
  if (head.key !== key) return { kind: 'damaged', why: `it holds the answer of ${head.key}` };
  if (head.codec !== codec) return { kind: 'nothing' };
  return { kind: 'answer', answer: deserialize(content.subarray(end + 1)), recipe: head.recipe };
}
