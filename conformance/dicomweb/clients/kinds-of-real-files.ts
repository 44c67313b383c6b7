import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { realFiles } from '@symbolon/testbed';
import { type DicomFile, edit, parseFile, tags, text } from '../../../packages/dicom/src/index.ts';

/** One kind of image, and files of it, each of a study of its own. */
export type Kind = {
  readonly sopClass: string;
  readonly transferSyntax: string;
  readonly files: readonly {
    readonly name: string;
    readonly study: string;
    readonly series: string;
    bytes(): Buffer;
  }[];
};

const pixelTags = [0x7fe00008, 0x7fe00009, 0x7fe00010];

/** What there is among real files, by SOP class and transfer syntax; of each no more than `most` files. */
export function kindsOfRealFiles(most: number): Kind[] {
  const kinds = new Map<string, { sopClass: string; transferSyntax: string; files: Kind['files'][number][] }>();
  for (const [at, { path, name }] of realFiles().entries()) {
    const file = read(path);
    if (!file || !pixelTags.some((tag) => file.dataset.elements.has(tag))) continue;
    const sopClass = text(file.dataset, 0x00080016) ?? '';
    const kind = kinds.get(`${sopClass} ${file.transferSyntax}`) ?? {
      sopClass,
      transferSyntax: file.transferSyntax,
      files: [],
    };
    kinds.set(`${sopClass} ${file.transferSyntax}`, kind);
    if (kind.files.length === most) continue;
    const [study, series, instance] = [1, 2, 3].map((level) => `1.2.826.0.1.3680043.8.498.88.${at + 1}.${level}`);
    const bytes = () => Buffer.concat(renamed(file, study!, series!, instance!));
    kind.files.push({ name, study: study!, series: series!, bytes });
  }
  return [...kinds.values()].toSorted((a, b) =>
    `${a.sopClass} ${a.transferSyntax}`.localeCompare(`${b.sopClass} ${b.transferSyntax}`, 'en', { numeric: true }),
  );
}

function read(path: string): DicomFile | undefined {
  try {
    return parseFile(readFileSync(path), { inflateRaw: (bytes: Uint8Array) => inflateRawSync(bytes) });
  } catch {
    return undefined;
  }
}

/** The same under UIDs of its own: many real files are one image in several transfer syntaxes, under one UID. */
function renamed(file: DicomFile, study: string, series: string, instance: string): readonly Uint8Array[] {
  const uid = (value: string) => ({ vr: 'UI', Value: [value] });
  return edit(
    file,
    [
      { path: [0x00020003], set: uid(instance) },
      { path: [tags.SOPInstanceUID], set: uid(instance) },
      { path: [tags.StudyInstanceUID], set: uid(study) },
      { path: [tags.SeriesInstanceUID], set: uid(series) },
    ],
    { deflateRaw: (bytes) => deflateRawSync(bytes) },
  ).pieces;
}
