import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { CliError, systemCode } from '../errors.ts';
import { labelOf } from './label.ts';

type LeftOut = 'symbolic link' | 'special file';

export type Found =
  | {
      readonly kind: 'file';
      readonly label: string;
      readonly path: Buffer;
      readonly bytes: number;
      readonly given: boolean;
    }
  | { readonly kind: 'left out'; readonly label: string; readonly why: LeftOut }
  | { readonly kind: 'unreadable'; readonly label: string; readonly why: string };

type Place = { readonly path: Buffer; readonly label: string; readonly given: boolean };

const statsAtOnce = 64;
const slash = Buffer.from(sep);

/** The paths without those that lie in another, each as what it really is: a link given by name is meant. */
async function rootsOf(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(
    paths.map((path) =>
      realpath(resolve(path)).catch((error: unknown) => {
        throw new CliError('FILE_UNREADABLE', `${path} cannot be read (${systemCode(error)})`);
      }),
    ),
  );
  const inside = (inner: string, outer: string) =>
    inner !== outer && inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
  return [...new Set(real)].filter((path) => !real.some((other) => inside(path, other)));
}

/** The deepest folder that holds them all: names in the receipt count from there. A folder holds itself. */
async function commonFolder(roots: readonly string[]): Promise<string> {
  const folders = await Promise.all(
    roots.map(async (path) => ((await lstat(path)).isDirectory() ? path : dirname(path))),
  );
  let common = folders[0] ?? resolve('.');
  for (const folder of folders) {
    while (folder !== common && !folder.startsWith(common.endsWith(sep) ? common : common + sep))
      common = dirname(common);
  }
  return common;
}

/**
 * Finds every file under the paths, at any depth, in the order of the names' bytes.
 *
 * Names are bytes until they are shown: a name that is not UTF-8 is opened as it is. Symbolic links within folders are
 * not followed, so that no loop or way out of a folder is taken.
 */
export async function findFiles(
  paths: readonly string[],
): Promise<{ readonly folder: string; readonly found: AsyncIterable<Found> }> {
  const roots = await rootsOf(paths);
  const folder = await commonFolder(roots);
  const label = (root: string) =>
    relative(folder, root)
      .split(sep)
      .map((name) => labelOf(Buffer.from(name)))
      .join('/');
  return { folder, found: walk(roots.map((root) => ({ path: Buffer.from(root), label: label(root), given: true }))) };
}

async function* walk(roots: readonly Place[]): AsyncGenerator<Found> {
  const stack: Place[] = [...roots].reverse();
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    const folders: Place[] = [];
    const places = place.given ? [place] : await list(place);
    if (places === undefined) {
      yield { kind: 'unreadable', label: place.label, why: 'the folder cannot be read' };
      continue;
    }
    for (let at = 0; at < places.length; at += statsAtOnce) {
      for (const found of await Promise.all(places.slice(at, at + statsAtOnce).map(look))) {
        if (found.kind === 'folder') folders.push(found.place);
        else yield found;
      }
    }
    stack.push(...folders.reverse());
  }
}

/** What lies in a folder, or undefined where one may not look. */
async function list({ path, label }: Place): Promise<readonly Place[] | undefined> {
  const names = await readdir(path, { encoding: 'buffer' }).catch(() => undefined);
  return names
    ?.sort(Buffer.compare)
    .map((name) => ({ path: Buffer.concat([path, slash, name]), label: joined(label, labelOf(name)), given: false }));
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

async function look(place: Place): Promise<Found | { readonly kind: 'folder'; readonly place: Place }> {
  const { label, path, given } = place;
  try {
    const stats = await lstat(path);
    if (stats.isDirectory()) return { kind: 'folder', place: { ...place, given: false } };
    if (stats.isFile()) return { kind: 'file', label, path, bytes: stats.size, given };
    return { kind: 'left out', label, why: stats.isSymbolicLink() ? 'symbolic link' : 'special file' };
  } catch (error) {
    return { kind: 'unreadable', label, why: `it cannot be read (${systemCode(error)})` };
  }
}
