import { type PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** One file of a zip. Units: `bytes` that the pieces have together. */
export type ZipEntry = { readonly name: string; readonly bytes: number; readonly pieces: AsyncIterable<Uint8Array> };

/**
 * A zip of these entries, stored without compression, in pieces; ZIP64 where it has to be.
 *
 * Law     an entry that throws, or has another length than it says, makes the zip throw: it never ends well.
 * Cost    memory for one entry's pieces, and some 100 bytes a name until the end: the list of what is inside comes last.
 */
export async function* zipped(entries: AsyncIterable<ZipEntry>, now: Date): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const out = zip.outputStream as PassThrough;
  zip.on('error', (error: Error) => out.destroy(error));
  const adding = addAll(zip, out, entries, now).catch((error: Error) => void out.destroy(error));
  try {
    yield* out;
  } finally {
    // Also where nobody takes the rest: what is open behind the entries is let go before this ends.
    out.destroy();
    await adding;
  }
}

async function addAll(zip: ZipFile, out: PassThrough, entries: AsyncIterable<ZipEntry>, now: Date): Promise<void> {
  for await (const entry of entries) {
    if (out.destroyed) return;
    await added(zip, out, entry, now);
  }
  if (!out.destroyed) zip.end();
}

/** Returns when the entry's last piece was taken: so one is open at a time, and the list of entries is never read ahead. */
function added(zip: ZipFile, out: PassThrough, { name, bytes, pieces }: ZipEntry, now: Date): Promise<void> {
  // Let go of at the end: the zip keeps its entries' functions, and with them it would keep all that they reach.
  let source: Readable | undefined = Readable.from(pieces, { objectMode: false });
  return new Promise((done) => {
    const stop = (): void => void source?.destroy();
    out.once('close', stop);
    source?.once('error', (error) => out.destroy(error));
    source?.once('close', () => {
      out.off('close', stop);
      source = undefined;
      done();
    });
    zip.addReadStreamLazy(name, { compress: false, size: bytes, mtime: now }, (take) =>
      take(undefined, source as Readable),
    );
    if (out.destroyed) stop();
  });
}
