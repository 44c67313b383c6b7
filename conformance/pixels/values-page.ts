import { tableOf } from '../dicom/corpus-page.ts';
import type { Comparison, ValueDifference } from './compare-values.ts';
import { isKnown, knownValueDifferences, refusedPictures } from './known-value-differences.ts';
import type { Tool } from './other-decoders.ts';

export type Compared = { readonly file: string; readonly tool: Tool; readonly comparison: Comparison };

const versions: Readonly<Record<Tool, string>> = {
  dcmtk: 'DCMTK 3.6.7',
  gdcm: 'GDCM 3.0.21',
  pydicom: 'pydicom 2.3.1',
};

export function valuesTable(all: readonly Compared[]): string {
  return tableOf(
    ['toolkit', 'files', 'frames', 'equal', 'at most 2 apart', 'otherwise', 'not decoded', 'crashed'],
    Object.entries(versions).map(([tool, version]) => {
      const some = all.filter((one) => one.tool === tool).map(({ comparison }) => comparison);
      const of = (kind: Comparison['kind']) => some.filter((one) => one.kind === kind).length;
      const frames = some.reduce((sum, one) => sum + ('frames' in one ? one.frames : 0), 0);
      const crashed = some.filter((one) => one.kind === 'refused' && one.why === 'crashed').length;
      const told = of('equal') + of('near') + of('different');
      return [version, told, frames, of('equal'), of('near'), of('different'), of('refused') - crashed, crashed];
    }),
  );
}

export function valueDifferenceTable(all: readonly ValueDifference[]): string {
  return tableOf(
    ['toolkit', 'what it makes otherwise', 'right', 'why', 'files'],
    knownValueDifferences.map((known) => {
      const files = new Set(all.filter((one) => isKnown(known, one)).map(({ file }) => `\`${file}\``));
      const names = known.tools.map((tool) => versions[tool].split(' ')[0]).join(', ');
      return [names, known.differs, known.right, known.why, [...files].sort().join(', ')];
    }),
  );
}

export function refusedPicturesTable(): string {
  return tableOf(
    ['file', 'refused with', 'why'],
    Object.entries(refusedPictures).map(([name, { code, why }]) => [`\`${name}\``, `\`${code}\``, why]),
  );
}
