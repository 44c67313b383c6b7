import type { ReceiptContents } from '@symbolon/contract';

type Entries = Pick<ReceiptContents, 'taken' | 'refused'>;

/**
 * Names as the command line gives them: where all files are of one folder, they count from it, so that the receipt can
 * be held against that folder wherever it stands. What was chosen beside it leaves them as they are.
 */
export function fromCommonFolder({ taken, refused }: Entries): Entries {
  const [first] = taken.length > 0 ? taken : refused;
  const slash = first?.path.indexOf('/') ?? -1;
  const folder = first?.path.slice(0, slash + 1) ?? '';
  const all = [taken, refused].every((list) => list.every(({ path }) => path.startsWith(folder)));
  // Entries of a zip that was chosen by itself begin with the zip's name and `!/`.
  if (folder === '' || folder.endsWith('!/') || !all) return { taken, refused };
  const cut = <T extends { readonly path: string }>(entry: T) => ({ ...entry, path: entry.path.slice(folder.length) });
  return { taken: taken.map(cut), refused: refused.map(cut) };
}
