import type { Attributes } from '../packs/index.ts';
import type { Captions } from '../rendering/index.ts';
import { pickAttributes, shown } from '../studies/index.ts';
import { headerOf } from './metadata.ts';
import type { Found, RetrieveDeps } from './selection.ts';

/** What can be written into a picture. Source: PS3.18 §8.3.5.1.1. */
export const annotationKinds = ['patient', 'technique'] as const;
export type AnnotationKind = (typeof annotationKinds)[number];

const [name, id, birthDate, sex] = ['00100010', '00100020', '00100030', '00100040'] as const;
const [date, time, study, series, modality] = ['00080020', '00080030', '00081030', '0008103E', '00080060'] as const;
const [seriesNumber, number] = ['00200011', '00200013'] as const;
/** What tells how an image was made, with the unit in which the standard has it. */
const techniques = [
  ['00180060', 'voltage', 'kV'],
  ['00181151', 'tube current', 'mA'],
  ['00181152', 'exposure', 'mAs'],
  ['00180080', 'TR', 'ms'],
  ['00180081', 'TE', 'ms'],
  ['00180050', 'slice thickness', 'mm'],
  ['00201041', 'slice location', 'mm'],
] as const;

const tags: readonly string[] = [
  ...[name, id, birthDate, sex, date, time, study, series, modality, seriesNumber, number],
  ...techniques.map(([tag]) => tag),
];

const joined = (...pieces: readonly (string | null)[]): string => pieces.filter((one) => one).join('  ');
const labelled = (label: string, value: string): string => (value === '' ? '' : `${label} ${value}`);

/** The lines that are written into a picture of an instance, by its header. */
export async function captionsOf(
  { reader }: Pick<RetrieveDeps, 'reader'>,
  found: Found,
  frame: { readonly number: number; readonly of: number },
  kinds: readonly AnnotationKind[],
): Promise<Captions | undefined> {
  if (kinds.length === 0) return undefined;
  const attributes = pickAttributes((await headerOf(reader, found)).dataset, tags);
  const linesOf = (kind: AnnotationKind, lines: (of: Attributes) => string[]): string[] =>
    kinds.includes(kind) ? lines(attributes).filter((line) => line !== '') : [];
  return {
    top: linesOf('patient', patientLines),
    bottom: linesOf('technique', (of) => [
      ...techniqueLines(of),
      frame.of > 1 ? `frame ${frame.number} of ${frame.of}` : '',
    ]),
  };
}

const patientLines = (of: Attributes): string[] => [
  shown.name(of, name),
  labelled('ID', shown.line(of, id)),
  joined(shown.day(of, birthDate), shown.line(of, sex)),
];

const techniqueLines = (of: Attributes): string[] => [
  joined(shown.day(of, date), shown.time(of, time), shown.line(of, study)),
  joined(shown.line(of, modality), shown.line(of, series)),
  joined(labelled('series', shown.line(of, seriesNumber)), labelled('image', shown.line(of, number))),
  joined(
    ...techniques.map(([tag, label, unit]) => {
      const value = shown.line(of, tag);
      return value === '' ? '' : `${label} ${value} ${unit}`;
    }),
  ),
];
