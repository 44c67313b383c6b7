/**
 * The keyword that most names of PS3.6 table 6-1 have: their words, capitalised and joined, without 's and parentheses.
 * The generated table writes the others out (`Echo Number(s)`, `3D Mating Point`), one in fifty.
 */
export function keywordOfName(name: string): string {
  return name.replace(/(?:'s?(?![A-Za-z])|[^A-Za-z0-9])+([a-z]?)/g, (_, next: string) => next.toUpperCase());
}
