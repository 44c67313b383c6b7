import type { ElementRead, Reading } from './reading.ts';

/** One thing that two readers of one file see differently. */
export type Difference = {
  readonly file: string;
  readonly tool: string;
  readonly what: 'outcome' | 'missing' | 'extra' | 'vr' | 'length' | 'items' | 'fragments' | 'bytes' | 'texts' | 'json';
  /** Empty where it is about the file. */
  readonly path: string;
  readonly ours: unknown;
  readonly theirs: unknown;
};

/** `missing`: they do not see an element that we see. `extra`: they see one that we do not. */
export function compare(file: string, tool: string, ours: Reading, theirs: Reading): Difference[] {
  if (!('elements' in ours) || !('elements' in theirs)) {
    const [a, b] = [ours, theirs].map((one) => ('elements' in one ? 'read' : one.failed));
    return a === b ? [] : [{ file, tool, what: 'outcome', path: '', ours: a, theirs: b }];
  }
  const found: Difference[] = [];
  const differ = (what: Difference['what'], path: string, a: unknown, b: unknown): void => {
    found.push({ file, tool, what, path, ours: a, theirs: b });
  };
  for (const [path, element] of theirs.elements) {
    if (!ours.elements.has(path)) differ('extra', path, undefined, element);
  }
  for (const [path, element] of ours.elements) {
    const other = theirs.elements.get(path);
    if (other === undefined) {
      differ('missing', path, element, undefined);
      continue;
    }
    for (const [what, key] of facts) {
      if (key in other && other[key] !== undefined && !same(element[key], other[key])) {
        differ(what, path, element[key], other[key]);
      }
    }
  }
  return found;
}

const facts: readonly (readonly [Difference['what'], keyof ElementRead])[] = [
  ['vr', 'vr'],
  ['length', 'length'],
  ['items', 'items'],
  ['fragments', 'fragments'],
  ['bytes', 'sha256'],
  ['texts', 'texts'],
  ['json', 'json'],
];

/** How much there was to compare: files that both read, elements that both see, and facts that the other tells of them. */
export type Tally = Readonly<Record<'files' | 'elements' | 'fragments' | 'sha256' | 'texts' | 'json', number>>;

export function tally(ours: readonly Reading[], theirs: readonly Reading[]): Tally {
  const sums = { files: 0, elements: 0, fragments: 0, sha256: 0, texts: 0, json: 0 };
  for (const [index, our] of ours.entries()) {
    const their = theirs[index]!;
    if (!('elements' in our) || !('elements' in their)) continue;
    sums.files++;
    for (const [path, element] of their.elements) {
      if (!our.elements.has(path)) continue;
      sums.elements++;
      for (const key of ['fragments', 'sha256', 'texts', 'json'] as const) if (element[key] !== undefined) sums[key]++;
    }
  }
  return sums;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
