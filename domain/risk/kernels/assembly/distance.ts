/** Correlations become distances in place, two at a time: sqrt((1 - r) / 2) with r kept within [-1, 1]. `count` is even. */
export function toDistances(values: usize, count: i32): void {
  const one = f64x2.splat(1);
  const minusOne = f64x2.splat(-1);
  const half = f64x2.splat(0.5);
  const end = values + count * 8;
  for (let at = values; at < end; at += 16) {
    const clipped = f64x2.pmax(f64x2.pmin(v128.load(at), one), minusOne);
    // Halving is exact, so that a product with one half has the bits of a division by two.
    v128.store(at, f64x2.sqrt(f64x2.mul(f64x2.sub(one, clipped), half)));
  }
}

/**
 * Goes on adding the squares of differences between a panel's columns and those of every panel up to it: each sum takes its terms one after
 * the other, over all passes.
 */
export function addSquaredGaps(panels: usize, stride: i32, left: i32, rows: i32, tiles: usize): void {
  const leftStart = panels + left * stride;
  const leftEnd = leftStart + rows * 32;
  for (let right = 0; right <= left; right++) {
    let b = panels + right * stride;
    const tile = tiles + right * 128;
    let s00 = v128.load(tile);
    let s01 = v128.load(tile, 16);
    let s10 = v128.load(tile, 32);
    let s11 = v128.load(tile, 48);
    let s20 = v128.load(tile, 64);
    let s21 = v128.load(tile, 80);
    let s30 = v128.load(tile, 96);
    let s31 = v128.load(tile, 112);
    for (let a = leftStart; a < leftEnd; a += 32) {
      const x = v128.load(b);
      const y = v128.load(b, 16);
      const first = v128.load64_splat(a);
      const g00 = f64x2.sub(first, x);
      s00 = f64x2.add(s00, f64x2.mul(g00, g00));
      const g01 = f64x2.sub(first, y);
      s01 = f64x2.add(s01, f64x2.mul(g01, g01));
      const second = v128.load64_splat(a, 8);
      const g10 = f64x2.sub(second, x);
      s10 = f64x2.add(s10, f64x2.mul(g10, g10));
      const g11 = f64x2.sub(second, y);
      s11 = f64x2.add(s11, f64x2.mul(g11, g11));
      const third = v128.load64_splat(a, 16);
      const g20 = f64x2.sub(third, x);
      s20 = f64x2.add(s20, f64x2.mul(g20, g20));
      const g21 = f64x2.sub(third, y);
      s21 = f64x2.add(s21, f64x2.mul(g21, g21));
      const fourth = v128.load64_splat(a, 24);
      const g30 = f64x2.sub(fourth, x);
      s30 = f64x2.add(s30, f64x2.mul(g30, g30));
      const g31 = f64x2.sub(fourth, y);
      s31 = f64x2.add(s31, f64x2.mul(g31, g31));
      b += 32;
    }
    v128.store(tile, s00);
    v128.store(tile, s01, 16);
    v128.store(tile, s10, 32);
    v128.store(tile, s11, 48);
    v128.store(tile, s20, 64);
    v128.store(tile, s21, 80);
    v128.store(tile, s30, 96);
    v128.store(tile, s31, 112);
  }
}
