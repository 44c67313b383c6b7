import { SourceError } from '@symbolon/client';
import { DicomError } from '@symbolon/dicom';
import { PixelsError, type TranscodingTarget, transcodeObject, transcodingTargets } from '@symbolon/pixels';
import { CliError, systemCode } from '../errors.ts';
import { firstLook } from '../files/content.ts';
import type { Refused } from '../files/select.ts';
import { openPlain } from '../files/source.ts';
import { findFiles } from '../files/walk.ts';
import type { Progress } from '../terminal/progress.ts';
import { type ObjectFile, openObjectFile, parsing } from './object-file.ts';
import type { OutFolder } from './out-folder.ts';

export type Work = { readonly label: string; readonly path: Buffer; readonly name: Buffer; readonly bytes: number };

export type Selected = {
  readonly work: readonly Work[];
  readonly bytes: number;
  readonly refused: readonly Refused[];
  readonly leftOut: ReadonlyMap<string, number>;
};

export type Transcoded = {
  written: number;
  asTheyWere: number;
  readBytes: number;
  writtenBytes: number;
  readonly refused: Refused[];
  readonly leftOut: Map<string, number>;
};

const headBytes = 256;

/** Every file under the paths; `name` is where it lies below the folder that holds them all, as bytes. */
export async function selectWork(paths: readonly string[]): Promise<Selected> {
  const { folder, found } = await findFiles(paths);
  const above = Buffer.from(folder.endsWith('/') ? folder : `${folder}/`).length;
  const work: Work[] = [];
  const refused: Refused[] = [];
  const leftOut = new Map<string, number>();
  for await (const item of found) {
    if (item.kind === 'left out') leftOut.set(item.why, (leftOut.get(item.why) ?? 0) + 1);
    else if (item.kind === 'unreadable') refused.push({ path: item.label, code: 'FILE_UNREADABLE', reason: item.why });
    else work.push({ label: item.label, path: item.path, name: item.path.subarray(above), bytes: item.bytes });
  }
  return { work, bytes: work.reduce((sum, { bytes }) => sum + bytes, 0), refused, leftOut };
}

/** One after another; every file ends as written, refused or left out. Stops between two frames when `signal` says so. */
export async function transcodeFiles(
  { work, bytes, refused, leftOut }: Selected,
  target: TranscodingTarget,
  folder: Pick<OutFolder, 'write' | 'requireFree'>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Transcoded> {
  const done: Transcoded = {
    ...{ written: 0, asTheyWere: 0, readBytes: 0, writtenBytes: 0 },
    ...{ refused: [...refused], leftOut: new Map(leftOut) },
  };
  let files = 0;
  // Each file is read twice: for its header, and for its frames.
  let halves = 0;
  const measure = () => ({ files, ofFiles: work.length, bytes: halves / 2, ofBytes: bytes });
  progress.start(measure());
  try {
    for (const item of work) {
      if (signal.aborted) break;
      const from = halves;
      await one(item);
      files += 1;
      halves = from + 2 * item.bytes;
      progress.update(measure());
    }
  } finally {
    progress.stop();
  }
  return done;

  async function one(item: Work): Promise<void> {
    let file: ObjectFile | undefined;
    try {
      if (!(await looksRight(item, done))) return;
      await folder.requireFree(item.name);
      file = await openObjectFile(item.path, (read) => {
        halves += read;
        progress.update(measure());
      });
      if (file.isDirectory) {
        leave(done, 'DICOMDIR');
        return;
      }
      const asItWas = file.transferSyntax === transcodingTargets[target];
      const written = await folder.write(item.name, watched(file));
      if (asItWas) done.asTheyWere += 1;
      else done.written += 1;
      done.readBytes += item.bytes;
      done.writtenBytes += written;
    } catch (error) {
      if (!signal.aborted) done.refused.push({ path: item.label, ...reasonOf(error) });
    } finally {
      await file?.close();
    }
  }

  async function* watched(file: ObjectFile): ReturnType<typeof transcodeObject> {
    const readImage: ObjectFile['readImage'] = async (start, end) => {
      signal.throwIfAborted();
      const read = await file.readImage(start, end);
      halves += read.length;
      progress.update(measure());
      return read;
    };
    return yield* transcodeObject({ ...file, readImage }, target, { ...parsing, offsetTable: 'later' });
  }
}

async function looksRight({ label, path, bytes }: Work, done: Transcoded): Promise<boolean> {
  const handle = await openPlain(path);
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(headBytes), 0, headBytes, 0)
    .finally(() => handle.close());
  const look = firstLook(label, bytes, buffer.subarray(0, bytesRead));
  if (look.kind === 'left out') leave(done, look.why);
  if (look.kind === 'refused') done.refused.push({ path: label, code: look.code, reason: look.reason });
  return look.kind === 'instance';
}

function leave({ leftOut }: Transcoded, why: string): void {
  leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
}

function reasonOf(error: unknown): { code: string; reason: string } {
  const told =
    error instanceof PixelsError ||
    error instanceof DicomError ||
    error instanceof SourceError ||
    error instanceof CliError;
  if (told) return { code: error.code, reason: error.message };
  const code = systemCode(error);
  // A fault of ours with one file is no reason to leave the others. Its message is not said: nobody knows what it quotes.
  if (code === 'unknown reason') {
    const name = error instanceof Error ? error.name : typeof error;
    return { code: 'UNEXPECTED', reason: `something unexpected went wrong with it (${name}); please report this` };
  }
  const full = code === 'ENOSPC' || code === 'EROFS' || code === 'EACCES';
  return { code: full ? 'FILE_NOT_WRITABLE' : 'FILE_UNREADABLE', reason: `it was given up (${code})` };
}
