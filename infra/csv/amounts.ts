/** Amounts of money as brokers write them: a currency sign or code on either side, parentheses for a negative amount. */

export interface BareAmount {
  /** What is left, to be read as a number; a minus stands in front. */
  readonly text: string;
  /** Sign or code of the currency; null without one. */
  readonly currency: string | null;
}

const currency = String.raw`[$€£¥₹₩]|[A-Z]{3}`;
const before = new RegExp(`^([+\\-\u2212]?)\\s*(${currency})\\s*(?=[\\d(.,+\\-\u2212])`);
const behind = new RegExp(`(?<=[\\d).,])\\s*(${currency})$`);

/** Takes currency and parentheses off; null where they contradict each other. */
export function bareAmount(written: string): BareAmount | null {
  let text = written.trim();
  let negative = false;
  const currencies: string[] = [];
  for (let last = ''; last !== text;) {
    last = text;
    const inside = /^\((.*)\)$/.exec(text)?.[1];
    if (inside !== undefined) {
      if (negative) return null;
      negative = true;
      text = inside.trim();
    }
    text = text.replace(before, (_, sign: string, name: string) => (currencies.push(name), sign));
    text = text.replace(behind, (_, name: string) => (currencies.push(name), ''));
  }
  if (currencies.length > 1 || (negative && /^[+\-\u2212]/.test(text))) return null;
  return { text: negative ? `-${text}` : text, currency: currencies[0] ?? null };
}
