import { BackupError } from './errors.ts';

/** One object of a store that a backup needs. Units: bytes, sealed. */
export type Named = { readonly name: string; readonly bytes: number };

/** Lines of text out of bytes in pieces; the last ends with a line feed, too. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() as string;
    yield lines;
  }
  if (rest !== '') throw new BackupError('BACKUP_DAMAGED', 'a list of objects is cut short');
}

const form = /^([0-9a-f-]{36})\t(\d{1,15})$/;

/** The names in such a list, in ascending order: `name TAB bytes LF`. @throws BackupError BACKUP_DAMAGED */
export async function* readNames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Named> {
  let last = '';
  for await (const lines of linesOf(pieces)) {
    for (const line of lines) {
      const [, name, bytes] = form.exec(line) ?? [];
      if (name === undefined || name <= last)
        throw new BackupError('BACKUP_DAMAGED', 'a list of objects has a line that is none, or is out of order');
      last = name;
      yield { name, bytes: Number(bytes) };
    }
  }
}

/** The names in a store, one after another. */
export async function* namesOf(store: { list(): AsyncIterable<readonly string[]> }): AsyncGenerator<string> {
  for await (const page of store.list()) yield* page;
}

/** Those of `wanted` that are not among `there`; both in ascending order. */
export async function* without<T extends { readonly name: string }>(
  wanted: AsyncIterable<T>,
  there: AsyncGenerator<string>,
): AsyncGenerator<T> {
  let at = await there.next();
  for await (const one of wanted) {
    while (!at.done && at.value < one.name) at = await there.next();
    if (at.done || at.value !== one.name) yield one;
  }
  await there.return(undefined);
}

/** The names in any of several lists, each in ascending order, once. Memory: one name of each. */
export async function* union(lists: readonly AsyncGenerator<Named>[]): AsyncGenerator<Named> {
  const heads = await Promise.all(lists.map(async (list) => ({ list, at: await list.next() })));
  for (;;) {
    let least: Named | undefined;
    for (const { at } of heads) if (!at.done && (least === undefined || at.value.name < least.name)) least = at.value;
    if (least === undefined) return;
    yield least;
    for (const head of heads) if (!head.at.done && head.at.value.name === least.name) head.at = await head.list.next();
  }
}
