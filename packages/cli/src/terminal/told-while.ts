import { setTimeout as pause } from 'node:timers/promises';

/** Asks once a second how far something is, while it goes on, and says it on standard error whenever that has changed. Returns how far it is then. */
export async function toldWhile<T>(
  first: T,
  goesOn: (so: T) => boolean,
  { line, again }: { readonly line: (so: T) => string; readonly again: () => Promise<T> },
): Promise<T> {
  let so = first;
  for (let told = ''; goesOn(so); so = await again()) {
    const text = `${line(so)}\n`;
    if (text !== told) process.stderr.write(text);
    told = text;
    await pause(1_000);
  }
  return so;
}
