/** A share in percent with at most one decimal, `12.5 %`: for words that are recorded. */
export function percentText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
