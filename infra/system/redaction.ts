import { textWithoutCredentials } from '../../domain/shared/credentials.ts';

/** What a log may show of a value: secrets masked, errors in a line, nothing of any size or depth. */
const secretName = /passw(or)?d|passphrase|secret|token|credential|authorization|cookie|api_?key|private|seed$/i;
const shownDepthMax = 6;
const shownTextCharsMax = 4096;
const shownEntriesMax = 100;
const masked = '[redacted]';

/** Masks the credentials of each URL in a text. */
export function maskText(text: string): string {
  const clipped = text.length > shownTextCharsMax ? `${text.slice(0, shownTextCharsMax)}… (${text.length} characters)` : text;
  return textWithoutCredentials(clipped, masked);
}

function redactError(error: Error, depth: number): unknown {
  const { code, evidence } = error as { code?: unknown; evidence?: unknown };
  return {
    name: error.name,
    message: maskText(error.message),
    ...(code === undefined ? {} : { code: redact(code, depth + 1) }),
    ...(evidence === undefined ? {} : { evidence: redact(evidence, depth + 1) }),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

/** A copy fit for a log. Values whose names suggest secrets are masked whole; stacks are left out. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > shownDepthMax) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, shownEntriesMax).map((item) => redact(item, depth + 1));
  const entries = Object.entries(value).slice(0, shownEntriesMax);
  return Object.fromEntries(entries.map(([name, member]) => [name, secretName.test(name) ? masked : redact(member, depth + 1)]));
}
