import { blockEntry, panelAt, runningSums } from './panels';

/**
 * Turns the rows of a panel, the matrix's entries at first, into rows of the factor; the panels before it are done. Returns -1, or the row
 * of the panel whose pivot is not positive beyond rounding, and leaves its share of the diagonal entry at `scratch`.
 */
export function factorPanel(factor: usize, panel: i32, rows: i32, floor: f64, growth: f64, scratch: usize): i32 {
  const left = panelAt(factor, panel);
  if (rows == 4) for (let right = 0; right < panel; right++) fillTile(left, panelAt(factor, right), right * 4);
  else
    for (let right = 0; right < panel; right++)
      for (let row = 0; row < rows; row++) fillRow(left + 8 * row, panelAt(factor, right), right * 4, 4, scratch);
  const before = panel * 4;
  const block = left + 32 * before;
  for (let row = 0; row < rows; row++) {
    fillRow(left + 8 * row, left, before, row, scratch);
    const at = blockEntry(block, row, row);
    const diagonal = load<f64>(at) * growth;
    const pivot = diagonal - dotOf(left + 8 * row, left + 8 * row, before, row, scratch + 8 * row);
    if (!(pivot > floor * diagonal)) {
      store<f64>(scratch, diagonal > 0 ? pivot / diagonal : pivot);
      return row;
    }
    store<f64>(at, sqrt(pivot));
  }
  return -1;
}

/** The dot product of two rows over `before` columns, whose running sums are at `sums`, and `rest` columns more. */
function dotOf(row: usize, other: usize, before: i32, rest: i32, sums: usize): f64 {
  let a = load<f64>(sums);
  for (let k = before; k < before + rest; k++) a += load<f64>(row + 32 * k) * load<f64>(other + 32 * k);
  return a + load<f64>(sums, 32) + load<f64>(sums, 64);
}

/** The first `columns` entries of one row in the columns from `before` on, each by a dot product; leaves the running sums. */
function fillRow(row: usize, panel: usize, before: i32, columns: i32, sums: usize): void {
  runningSums(row, 32, panel, before, sums);
  for (let j = 0; j < columns; j++) {
    const other = panel + 8 * j;
    const at = row + 32 * (before + j);
    const dot = dotOf(row, other, before, j, sums + 8 * j);
    store<f64>(at, (load<f64>(at) - dot) / load<f64>(other + 32 * (before + j)));
  }
}

/** Four columns of four rows: each entry's products are added in the order of columns, then taken from the matrix's entry and divided. */
function fillTile(left: usize, right: usize, before: i32): void {
  let s00 = f64x2.splat(0);
  let s01 = f64x2.splat(0);
  let s10 = f64x2.splat(0);
  let s11 = f64x2.splat(0);
  let s20 = f64x2.splat(0);
  let s21 = f64x2.splat(0);
  let s30 = f64x2.splat(0);
  let s31 = f64x2.splat(0);
  let at = left;
  let other = right;
  const end = left + before * 32;
  while (at < end) {
    const x = v128.load(at);
    const y = v128.load(at, 16);
    const first = v128.load64_splat(other);
    s00 = f64x2.add(s00, f64x2.mul(first, x));
    s01 = f64x2.add(s01, f64x2.mul(first, y));
    const second = v128.load64_splat(other, 8);
    s10 = f64x2.add(s10, f64x2.mul(second, x));
    s11 = f64x2.add(s11, f64x2.mul(second, y));
    const third = v128.load64_splat(other, 16);
    s20 = f64x2.add(s20, f64x2.mul(third, x));
    s21 = f64x2.add(s21, f64x2.mul(third, y));
    const fourth = v128.load64_splat(other, 24);
    s30 = f64x2.add(s30, f64x2.mul(fourth, x));
    s31 = f64x2.add(s31, f64x2.mul(fourth, y));
    at += 32;
    other += 32;
  }
  const p0 = v128.load64_splat(other);
  const x00 = f64x2.div(f64x2.sub(v128.load(at), s00), p0);
  const x01 = f64x2.div(f64x2.sub(v128.load(at, 16), s01), p0);
  v128.store(at, x00);
  v128.store(at, x01, 16);

  const l10 = v128.load64_splat(other, 8);
  const p1 = v128.load64_splat(other, 40);
  const x10 = f64x2.div(f64x2.sub(v128.load(at, 32), f64x2.add(s10, f64x2.mul(x00, l10))), p1);
  const x11 = f64x2.div(f64x2.sub(v128.load(at, 48), f64x2.add(s11, f64x2.mul(x01, l10))), p1);
  v128.store(at, x10, 32);
  v128.store(at, x11, 48);

  const l20 = v128.load64_splat(other, 16);
  const l21 = v128.load64_splat(other, 48);
  const p2 = v128.load64_splat(other, 80);
  s20 = f64x2.add(f64x2.add(s20, f64x2.mul(x00, l20)), f64x2.mul(x10, l21));
  s21 = f64x2.add(f64x2.add(s21, f64x2.mul(x01, l20)), f64x2.mul(x11, l21));
  const x20 = f64x2.div(f64x2.sub(v128.load(at, 64), s20), p2);
  const x21 = f64x2.div(f64x2.sub(v128.load(at, 80), s21), p2);
  v128.store(at, x20, 64);
  v128.store(at, x21, 80);

  const l30 = v128.load64_splat(other, 24);
  const l31 = v128.load64_splat(other, 56);
  const l32 = v128.load64_splat(other, 88);
  const p3 = v128.load64_splat(other, 120);
  s30 = f64x2.add(f64x2.add(f64x2.add(s30, f64x2.mul(x00, l30)), f64x2.mul(x10, l31)), f64x2.mul(x20, l32));
  s31 = f64x2.add(f64x2.add(f64x2.add(s31, f64x2.mul(x01, l30)), f64x2.mul(x11, l31)), f64x2.mul(x21, l32));
  v128.store(at, f64x2.div(f64x2.sub(v128.load(at, 96), s30), p3), 96);
  v128.store(at, f64x2.div(f64x2.sub(v128.load(at, 112), s31), p3), 112);
}
