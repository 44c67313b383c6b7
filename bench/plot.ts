type Line = { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] };

const colours = ['#1b6ca8', '#c8553d', '#3d8b37', '#8a4f9e', '#b58900', '#2aa198', '#d33682', '#586e75', '#000000'];
const [width, height, left, top, wide, high] = [860, 480, 70, 50, 500, 380];

/** Lines over two logarithmic axes, as an SVG that stands for itself. */
export function plotOf({ title, lines }: { readonly title: string; readonly lines: readonly Line[] }): string {
  const all = lines.flatMap(({ points }) => points);
  const range = (values: readonly number[]): [number, number] => [
    10 ** Math.floor(Math.log10(Math.min(...values))),
    10 ** Math.ceil(Math.log10(Math.max(...values)) + 1e-9),
  ];
  const [[x0, x1], [y0, y1]] = [range(all.map(([x]) => x)), range(all.map(([, y]) => y))];
  const share = (value: number, from: number, to: number): number => Math.log(value / from) / Math.log(to / from || 10);
  const x = (value: number): number => left + wide * share(value, x0, x1);
  const y = (value: number): number => top + high * (1 - share(value, y0, y1));
  const powers = (from: number, to: number): number[] =>
    Array.from({ length: Math.round(Math.log10(to / from)) + 1 }, (_, at) => from * 10 ** at);
  const grid = [
    ...powers(x0, x1).map((value) => {
      const at = x(value).toFixed(1);
      return `<path d="M${at} ${top}V${top + high}"/><text x="${at}" y="${top + high + 20}" text-anchor="middle">${value.toLocaleString('en')}</text>`;
    }),
    ...powers(y0, y1).map((value) => {
      const at = y(value).toFixed(1);
      return `<path d="M${left} ${at}H${left + wide}"/><text x="${left - 8}" y="${at}" text-anchor="end">${Number(value.toPrecision(1))}</text>`;
    }),
  ];
  const drawn = lines.map(({ name, points }, at) => {
    const colour = colours[at % colours.length];
    const path = points.map(([a, b], n) => `${n === 0 ? 'M' : 'L'}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join('');
    const last = points.at(-1)?.[1] ?? 0;
    const key = top + 14 + at * 22;
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>
<path d="M${left + wide + 20} ${key}h20" stroke="${colour}" stroke-width="3"/>
<text x="${left + wide + 48}" y="${key + 4}">${name}: ${last.toPrecision(3)} ms</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>${title}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${left}" y="28" font-size="15">${title}</text>
<g stroke="#ddd" fill="#444">${grid.join('\n').replaceAll('<text', '<text stroke="none"')}</g>
${drawn.join('\n')}
</svg>
`;
}
