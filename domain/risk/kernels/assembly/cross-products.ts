/**
 * Adds one pass of rows to the sums of a panel's columns with the columns of every panel up to it.
 *
 * A panel holds four columns, row after row. Each sum of a tile starts at zero, takes its products in the order of rows, and is then
 * added to the total: the order of the scalar twin.
 */
export function addPass(panels: usize, stride: i32, left: i32, rows: i32, tiles: usize): void {
  const leftStart = panels + left * stride;
  const leftEnd = leftStart + rows * 32;
  for (let right = 0; right <= left; right++) {
    let b = panels + right * stride;
    const tile = tiles + right * 128;
    let s00 = f64x2.splat(0);
    let s01 = f64x2.splat(0);
    let s10 = f64x2.splat(0);
    let s11 = f64x2.splat(0);
    let s20 = f64x2.splat(0);
    let s21 = f64x2.splat(0);
    let s30 = f64x2.splat(0);
    let s31 = f64x2.splat(0);
    for (let a = leftStart; a < leftEnd; a += 32) {
      const x = v128.load(b);
      const y = v128.load(b, 16);
      const first = v128.load64_splat(a);
      s00 = f64x2.add(s00, f64x2.mul(first, x));
      s01 = f64x2.add(s01, f64x2.mul(first, y));
      const second = v128.load64_splat(a, 8);
      s10 = f64x2.add(s10, f64x2.mul(second, x));
      s11 = f64x2.add(s11, f64x2.mul(second, y));
      const third = v128.load64_splat(a, 16);
      s20 = f64x2.add(s20, f64x2.mul(third, x));
      s21 = f64x2.add(s21, f64x2.mul(third, y));
      const fourth = v128.load64_splat(a, 24);
      s30 = f64x2.add(s30, f64x2.mul(fourth, x));
      s31 = f64x2.add(s31, f64x2.mul(fourth, y));
      b += 32;
    }
    v128.store(tile, f64x2.add(v128.load(tile), s00));
    v128.store(tile, f64x2.add(v128.load(tile, 16), s01), 16);
    v128.store(tile, f64x2.add(v128.load(tile, 32), s10), 32);
    v128.store(tile, f64x2.add(v128.load(tile, 48), s11), 48);
    v128.store(tile, f64x2.add(v128.load(tile, 64), s20), 64);
    v128.store(tile, f64x2.add(v128.load(tile, 80), s21), 80);
    v128.store(tile, f64x2.add(v128.load(tile, 96), s30), 96);
    v128.store(tile, f64x2.add(v128.load(tile, 112), s31), 112);
  }
}

/**
 * Takes the means from the rows of a pass and packs their columns in panels. What fills up the last panel is whatever stands behind the
 * row: its sums are never read. The means are padded to whole panels, and the last row by as much.
 */
export function centrePass(rows: usize, means: usize, rowCount: i32, columns: i32, panels: usize, stride: i32): void {
  const meansEnd = means + columns * 8;
  for (let row = 0; row < rowCount; row++) {
    let from = rows + row * columns * 8;
    let to = panels + row * 32;
    for (let mean = means; mean < meansEnd; mean += 32) {
      v128.store(to, f64x2.sub(v128.load(from), v128.load(mean)));
      v128.store(to, f64x2.sub(v128.load(from, 16), v128.load(mean, 16)), 16);
      from += 32;
      to += stride;
    }
  }
}
