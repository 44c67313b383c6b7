/** Of 1/√2 and cos(nπ/16), by which the one-dimensional transform multiplies; halved, so that no division is left. */
const [c1, c2, c3, c4, c5, c6, c7] = [1, 2, 3, 4, 5, 6, 7].map((n) => Math.cos((n * Math.PI) / 16) / 2) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

const rows = new Float64Array(64);

/**
 * The inverse discrete cosine transform of one block, in double precision: nearer to the ideal than any of whole numbers.
 *
 * Shape   64 coefficients at `at`, and their quantization steps, both by rows; `out` gets 64 samples around 0, not rounded.
 * Source  ITU-T T.81 §A.3.3.
 */
export function inverseDct(coefficients: Int16Array, at: number, steps: Float64Array, out: Float64Array): void {
  for (let row = 0; row < 64; row += 8) {
    const from = at + row;
    // Most rows of most blocks are empty, or have but their first.
    if (
      (coefficients[from + 1]! |
        coefficients[from + 2]! |
        coefficients[from + 3]! |
        coefficients[from + 4]! |
        coefficients[from + 5]! |
        coefficients[from + 6]! |
        coefficients[from + 7]!) ===
      0
    ) {
      rows.fill(coefficients[from]! * steps[row]! * c4, row, row + 8);
      continue;
    }
    line(
      rows,
      row,
      1,
      coefficients[from]! * steps[row]!,
      coefficients[from + 1]! * steps[row + 1]!,
      coefficients[from + 2]! * steps[row + 2]!,
      coefficients[from + 3]! * steps[row + 3]!,
      coefficients[from + 4]! * steps[row + 4]!,
      coefficients[from + 5]! * steps[row + 5]!,
      coefficients[from + 6]! * steps[row + 6]!,
      coefficients[from + 7]! * steps[row + 7]!,
    );
  }
  for (let column = 0; column < 8; column++)
    line(
      out,
      column,
      8,
      rows[column]!,
      rows[column + 8]!,
      rows[column + 16]!,
      rows[column + 24]!,
      rows[column + 32]!,
      rows[column + 40]!,
      rows[column + 48]!,
      rows[column + 56]!,
    );
}

/** Eight values from eight frequencies: the even ones make what both halves have alike, the odd ones what they have opposed. */
function line(
  out: Float64Array,
  at: number,
  stride: number,
  f0: number,
  f1: number,
  f2: number,
  f3: number,
  f4: number,
  f5: number,
  f6: number,
  f7: number,
): void {
  const [sum, difference] = [(f0 + f4) * c4, (f0 - f4) * c4];
  const [outer, inner] = [f2 * c2 + f6 * c6, f2 * c6 - f6 * c2];
  const [even0, even1, even2, even3] = [sum + outer, difference + inner, difference - inner, sum - outer];
  const odd0 = f1 * c1 + f3 * c3 + f5 * c5 + f7 * c7;
  const odd1 = f1 * c3 - f3 * c7 - f5 * c1 - f7 * c5;
  const odd2 = f1 * c5 - f3 * c1 + f5 * c7 + f7 * c3;
  const odd3 = f1 * c7 - f3 * c5 + f5 * c3 - f7 * c1;
  out[at] = even0 + odd0;
  out[at + stride] = even1 + odd1;
  out[at + 2 * stride] = even2 + odd2;
  out[at + 3 * stride] = even3 + odd3;
  out[at + 4 * stride] = even3 - odd3;
  out[at + 5 * stride] = even2 - odd2;
  out[at + 6 * stride] = even1 - odd1;
  out[at + 7 * stride] = even0 - odd0;
}
