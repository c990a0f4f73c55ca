/** The counter-based stream of splitmix64 (Steele, Lea and Flood 2014): the k-th number needs none of those before it. */
const goldenGamma = 0x9e3779b97f4a7c15n;
const mask = 0xffffffffffffffffn;
const doubleUnit = 1 / 9_007_199_254_740_992;

/** The k-th number (from 0) of a seed's stream, uniform in [0, 1) with 53 bits. */
export function uniformAt(seed: bigint, k: number): number {
  let z = (seed + BigInt(k + 1) * goldenGamma) & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  z ^= z >> 31n;
  return Number(z >> 11n) * doubleUnit;
}
