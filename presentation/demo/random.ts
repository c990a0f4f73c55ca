/** Chance for the demonstration only: seeded, and the same on every machine. Nothing that is recorded as a decision draws from it. */
export interface Random {
  /** Uniform in (0, 1), 32 bits. */
  readonly uniform: () => number;
  /** Standard normal, by the polar form of Box and Muller. */
  readonly normal: () => number;
}

/** Counter-based generator: a Weyl sequence mixed by two rounds of multiply and xor-shift (the 32-bit finaliser of MurmurHash3). */
export function seededRandom(seed: number): Random {
  let counter = seed >>> 0;
  const uniform = (): number => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let mixed = counter ^ (counter >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    mixed ^= mixed >>> 16;
    return ((mixed >>> 0) + 0.5) / 4_294_967_296;
  };
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
  return { uniform, normal };
}
