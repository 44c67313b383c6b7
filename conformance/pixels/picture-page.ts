import { tableOf } from '../dicom/corpus-page.ts';
import type { Compared } from './compared-picture.ts';
import type { KnownPicture } from './known-pictures.ts';

/** How files are encoded, by their transfer syntax. */
const encodings: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['native, little endian', /^1\.2\.840\.10008\.1\.2(\.1)?$/],
  ['native, big endian', /^1\.2\.840\.10008\.1\.2\.2$/],
  ['deflated', /^1\.2\.840\.10008\.1\.2\.(1\.99|8\.1)$/],
  ['RLE', /^1\.2\.840\.10008\.1\.2\.5$/],
  ['JPEG, lossy', /^1\.2\.840\.10008\.1\.2\.4\.5[0-6]$/],
  ['JPEG, lossless', /^1\.2\.840\.10008\.1\.2\.4\.(57|70)$/],
  ['JPEG-LS', /^1\.2\.840\.10008\.1\.2\.4\.8[01]$/],
  ['JPEG 2000 and HTJ2K', /^1\.2\.840\.10008\.1\.2\.4\.(9\d|20\d)$/],
];

export function pictureTable(found: readonly Compared[]): string {
  const rows = encodings.map(([name, pattern]) => {
    const ofKind = found.filter(({ transferSyntax }) => pattern.test(transferSyntax));
    const near = ofKind.flatMap(({ outcome }) => (outcome.kind === 'near' ? [outcome] : []));
    const mean = Math.max(0, ...near.map((outcome) => outcome.mean));
    const most = Math.max(0, ...near.map((outcome) => outcome.most));
    const files = new Set(ofKind.map(({ file }) => file)).size;
    return [name, files, ofKind.length, near.length, mean.toFixed(2), most];
  });
  return tableOf(['encoded as', 'files', 'pictures', 'near', 'greatest mean', 'greatest difference'], rows);
}

export function differingTable(byCause: ReadonlyMap<KnownPicture, ReadonlySet<string>>): string {
  const rows = [...byCause]
    .filter(([, files]) => files.size > 0)
    .map(([{ differs, right, why }, files]) => [
      differs,
      right === 'theirs' ? 'DCMTK' : right,
      why,
      [...files]
        .sort()
        .map((file) => `\`${file}\``)
        .join(', '),
    ]);
  return tableOf(['what', 'right', 'why', 'files'], rows);
}
