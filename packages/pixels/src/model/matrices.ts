/** Matrices of three rows and three columns, row by row. */
export type Matrix = readonly number[];

export const product = (left: Matrix, right: Matrix): number[] =>
  left.map((_, at) => {
    const [row, column] = [at - (at % 3), at % 3];
    return left[row]! * right[column]! + left[row + 1]! * right[3 + column]! + left[row + 2]! * right[6 + column]!;
  });

/** The minors with their signs, their rows for columns. */
function adjugate([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0]: Matrix): number[] {
  return [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
}

export function determinant(matrix: Matrix): number {
  const minors = adjugate(matrix);
  return matrix[0]! * minors[0]! + matrix[1]! * minors[3]! + matrix[2]! * minors[6]!;
}

/** Of one whose determinant is not 0. */
export function inverse(matrix: Matrix): number[] {
  const whole = determinant(matrix);
  return adjugate(matrix).map((value) => value / whole);
}
