import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who asks. `visitor`: who came by a link, with its cookie and nothing else. */
export const askers = ['administrator', 'member', 'patient', 'guest', 'nobody', 'visitor'] as const;
export type Asker = (typeof askers)[number];

/** Where the thing is that is asked for. `own` is also the column of what concerns no thing: the account, or oneself. */
export const places = ['own', 'group', 'granted', 'same', 'awaiting', 'other', 'absent'] as const;
export type Place = (typeof places)[number];

/** `ok`: done, or shown. `none`: a list without it. `-`: nothing to ask. The others are statuses. */
export const expectations = ['ok', 'none', '401', '403', '404', '409', '-'] as const;
export type Expected = (typeof expectations)[number];

export type Line = {
  readonly route: string;
  readonly asker: Asker;
  readonly expected: Readonly<Record<Place, Expected>>;
};

const isOf = <T extends string>(all: readonly T[], text: string | undefined): text is T =>
  (all as readonly string[]).includes(text ?? '');

/** The table as people wrote it. Throws where a line is none. */
export function readMatrix(file = join(import.meta.dirname, 'matrix.tsv')): Line[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [head, ...rows] = lines.map((line) => line.split('\t'));
  const columns = ['route', 'who', ...places];
  if (head?.join() !== columns.join()) throw new Error(`the columns are not ${columns.join(', ')}`);
  return rows.map((row) => {
    const [route, asker, ...cells] = row;
    if (row.length !== columns.length || !isOf(askers, asker) || !cells.every((cell) => isOf(expectations, cell)))
      throw new Error(`not a line of the matrix: ${row.join(' ')}`);
    const expected = Object.fromEntries(places.map((place, at) => [place, cells[at]]));
    return { route: route as string, asker, expected: expected as Record<Place, Expected> };
  });
}
