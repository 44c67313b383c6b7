import { fileIdOf, relativePath } from '@symbolon/dicom';
import { joinHalves } from '../packs/index.ts';
import { type ZipEntry, zipped } from '../platform/http/zipped.ts';
import { ArchiveDirectory, asyncOf } from './archive-directory.ts';
import { instancesIn, type Part } from './find-in-study.ts';
import { safePreamble } from './safe-preamble.ts';
import type { ReadingDeps } from './search-studies.ts';
import { inOrder } from './study-facts.ts';

export type ArchiveDeps = ReadingDeps & { readonly now: () => Date };

/** Names nobody, since a name of a file is what people pass on without looking. */
export const archiveHeaders = {
  'content-type': 'application/zip',
  'content-disposition': 'attachment; filename="study.zip"',
} as const;

/** What lies beside the images. */
const readme = (publicUrl: string, now: Date): string =>
  `The DICOM files of one study, taken from the Symbolon exchange at
${publicUrl}
on ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC.

Open the whole folder with a DICOM viewer, or the file DICOMDIR, which lists all others. Each folder whose name begins with
SE is a series; the files in it are images, reports and the like, and have no extension, as DICOM wants it on media.
They are byte for byte as they were sent to the exchange, but for one thing: where the first 128 bytes of a file could have
made it a program, they are zero here.
The files say inside whose they are, and so does DICOMDIR. Keep them as you keep a patient's record.
`.replaceAll('\n', '\r\n');

/**
 * Studies, or some of their series, as one zip: a DICOM file set with its DICOMDIR, and a README.
 *
 * Law     the DICOMDIR lists every file that is in the zip, or there is none: it is made while they go out, of their own
 *         headers, and comes last.
 * Cost    memory for one file's pieces, and some 600 bytes an instance until the end; no more than `ArchiveDirectory` keeps.
 * Source  PS3.12 Annex V (ZIP File Media), PS3.10 §8, PS3.3 Annex F.
 */
export function archived(deps: ArchiveDeps, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  return zipped(entriesOf(deps, parts), deps.now());
}

async function* entriesOf(deps: ArchiveDeps, parts: readonly Part[]): AsyncGenerator<ZipEntry> {
  const text = Buffer.from(readme(deps.publicUrl, deps.now()));
  yield { name: 'README.TXT', bytes: text.length, pieces: asyncOf([text]) };
  const directory = new ArchiveDirectory();
  let seriesCount = 0;
  for (const { study, series } of parts) {
    for (const one of inOrder(series)) {
      seriesCount += 1;
      let instanceCount = 0;
      for await (const { pack, instance } of instancesIn(deps, study, [one])) {
        instanceCount += 1;
        const fileId = fileIdOf(1, seriesCount, instanceCount);
        if (directory.isWhole) directory.add(fileId, await deps.reader.identityHalf(pack, instance), instance);
        const pieces = safePreamble(joinHalves(deps.reader, pack, instance, true));
        yield { name: relativePath(fileId) as string, bytes: instance.bytes, pieces };
      }
    }
  }
  const { file } = directory;
  if (file) yield { name: 'DICOMDIR', ...file };
}
