/**
 * A triangular factor is kept in panels of four rows: panel p holds the columns 0 to 4p + 3, four values each, so that column k of a
 * panel is 32 bytes and panel p begins after the 64 p (p + 1) bytes of those before it. Rows beyond the matrix are zero.
 */
export function panelAt(factor: usize, panel: i32): usize {
  return factor + 64 * panel * (panel + 1);
}

/** Entry (row, column) of a panel, both counted from the panel's own block on the diagonal. */
export function blockEntry(block: usize, row: i32, column: i32): usize {
  return block + 32 * column + 8 * row;
}

/**
 * Four running sums of the products of `count` values, `step` bytes apart, with each row of a panel: products of the columns 0, 4, 8, ...
 * into the first sum, 1, 5, 9, ... into the second, and so on; `count` is a multiple of four. Leaves the first, the second, and third plus
 * fourth.
 */
export function runningSums(values: usize, step: i32, panel: usize, count: i32, sums: usize): void {
  let a0 = f64x2.splat(0);
  let a1 = f64x2.splat(0);
  let b0 = f64x2.splat(0);
  let b1 = f64x2.splat(0);
  let c0 = f64x2.splat(0);
  let c1 = f64x2.splat(0);
  let d0 = f64x2.splat(0);
  let d1 = f64x2.splat(0);
  const end = values + count * step;
  for (let at = values; at < end; at += 4 * step) {
    const first = v128.load64_splat(at);
    a0 = f64x2.add(a0, f64x2.mul(first, v128.load(panel)));
    a1 = f64x2.add(a1, f64x2.mul(first, v128.load(panel, 16)));
    const second = v128.load64_splat(at + step);
    b0 = f64x2.add(b0, f64x2.mul(second, v128.load(panel, 32)));
    b1 = f64x2.add(b1, f64x2.mul(second, v128.load(panel, 48)));
    const third = v128.load64_splat(at + 2 * step);
    c0 = f64x2.add(c0, f64x2.mul(third, v128.load(panel, 64)));
    c1 = f64x2.add(c1, f64x2.mul(third, v128.load(panel, 80)));
    const fourth = v128.load64_splat(at + 3 * step);
    d0 = f64x2.add(d0, f64x2.mul(fourth, v128.load(panel, 96)));
    d1 = f64x2.add(d1, f64x2.mul(fourth, v128.load(panel, 112)));
    panel += 128;
  }
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, b0, 32);
  v128.store(sums, b1, 48);
  v128.store(sums, f64x2.add(c0, d0), 64);
  v128.store(sums, f64x2.add(c1, d1), 80);
}
