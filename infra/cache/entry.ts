import { createHash } from 'node:crypto';
import { DefaultDeserializer, serialize } from 'node:v8';
import type { Recipe } from '../../domain/jobs/recipe.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import type { AnswerFormat, FoundAnswer } from '../../handlers/ports/ports.ts';

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

/** How Node reads a column of numbers. */
const nodesReading = Reflect.get(DefaultDeserializer.prototype, '_readHostObject') as () => ArrayBufferView;

/** Gives columns of numbers memory of their own: Node's views keep the bytes of the whole entry, and are cloned with them. */
class OwnMemory extends DefaultDeserializer {
  _readHostObject(): ArrayBufferView {
    const view = nodesReading.call(this);
    return ArrayBuffer.isView(view) && 'slice' in view ? Uint8Array.prototype.slice.call(view) : view;
  }
}

function deserialized(bytes: Uint8Array): unknown {
  const reader = new OwnMemory(bytes);
  reader.readHeader();
  return reader.readValue();
}

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
  return { kind: 'answer', answer: deserialized(content.subarray(end + 1)), recipe: head.recipe };
}

/** Answers as the cache keeps them: for whoever keeps them elsewhere. */
export const answerFormat: AnswerFormat = { codec: `V8 ${codec}`, bytesOf: entryBytes, read: readEntry };
