/**
 * Products of the rows of `panels` panels (four rows each, column after column) with a vector; each row is one sum in the order of columns.
 * Four panels at a time, so that an addition need not wait for the one before it.
 */
export function multiplyPanels(matrix: usize, panels: i32, columns: i32, vector: usize, product: usize): void {
  const stride = 32 * columns;
  const end = vector + 8 * columns;
  let panel = 0;
  for (; panel + 3 < panels; panel += 4) {
    let p = matrix + panel * stride;
    let q = p + stride;
    let r = q + stride;
    let s = r + stride;
    let p0 = f64x2.splat(0);
    let p1 = f64x2.splat(0);
    let q0 = f64x2.splat(0);
    let q1 = f64x2.splat(0);
    let r0 = f64x2.splat(0);
    let r1 = f64x2.splat(0);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let at = vector; at < end; at += 8) {
      const value = v128.load64_splat(at);
      p0 = f64x2.add(p0, f64x2.mul(value, v128.load(p)));
      p1 = f64x2.add(p1, f64x2.mul(value, v128.load(p, 16)));
      q0 = f64x2.add(q0, f64x2.mul(value, v128.load(q)));
      q1 = f64x2.add(q1, f64x2.mul(value, v128.load(q, 16)));
      r0 = f64x2.add(r0, f64x2.mul(value, v128.load(r)));
      r1 = f64x2.add(r1, f64x2.mul(value, v128.load(r, 16)));
      s0 = f64x2.add(s0, f64x2.mul(value, v128.load(s)));
      s1 = f64x2.add(s1, f64x2.mul(value, v128.load(s, 16)));
      p += 32;
      q += 32;
      r += 32;
      s += 32;
    }
    const to = product + 32 * panel;
    v128.store(to, p0);
    v128.store(to, p1, 16);
    v128.store(to, q0, 32);
    v128.store(to, q1, 48);
    v128.store(to, r0, 64);
    v128.store(to, r1, 80);
    v128.store(to, s0, 96);
    v128.store(to, s1, 112);
  }
  for (; panel < panels; panel++) {
    let p = matrix + panel * stride;
    let p0 = f64x2.splat(0);
    let p1 = f64x2.splat(0);
    for (let at = vector; at < end; at += 8) {
      const value = v128.load64_splat(at);
      p0 = f64x2.add(p0, f64x2.mul(value, v128.load(p)));
      p1 = f64x2.add(p1, f64x2.mul(value, v128.load(p, 16)));
      p += 32;
    }
    v128.store(product + 32 * panel, p0);
    v128.store(product + 32 * panel, p1, 16);
  }
}
