import { type DicomJson, type DicomJsonAttribute, parseIdentityHalf, tagText, toDicomJson } from '@symbolon/dicom';
import { inflating } from '../platform/inflate.ts';
import {
  instanceTags,
  type OpenInstance,
  patientTags,
  type ReadingDeps,
  seriesTags,
  studyTags,
} from '../studies/index.ts';
import { seriesAttributes, studyAttributes } from './attribute-levels.ts';

type Level = 'patient' | 'study' | 'series' | 'instance';

type Path = readonly string[];
export type Kept = ReadonlyMap<string, readonly Path[]>;

/** What a request wants beside what is always answered, and where it is. */
export type Wanted = {
  /** Kept, or told from what is kept, of this level or one above; with the paths by which each is asked for. */
  readonly kept: Kept;
  /** In the files alone. */
  readonly inFiles: readonly Path[];
  readonly sopClasses: boolean;
  readonly patientCounts: boolean;
  readonly warnings: readonly string[];
};

const computed: Readonly<Record<Level, readonly string[]>> = {
  patient: ['00080005'],
  study: ['00080005', '00080056', '00080061', '00081190', '00201206', '00201208'],
  series: ['0020000D', '00201209'],
  instance: ['0020000E', '00083002'],
};
const keptOf: Readonly<Record<Level, readonly string[]>> = {
  patient: [...patientTags, ...computed.patient],
  study: [...studyTags, ...computed.study],
  series: [...seriesTags, ...computed.series],
  instance: [...instanceTags, ...computed.instance],
};
const levels = ['patient', 'study', 'series', 'instance'] as const;
const countsOfPatient = new Set(['00201200', '00201202', '00201204']);

const isPrivate = (tag: string): boolean => (Number.parseInt(tag.slice(0, 4), 16) & 1) === 1;
/** Group 0002 is of the file and not of its data set; pixel data are retrieved. */
const isNeverTold = (tag: string): boolean => /^(000[0-7]|7FE0|FFFE)/.test(tag) || tag.endsWith('0000');

/** Where each attribute that is asked for is to be had. PS3.18 §10.6.3.3: none of a level below is included. */
export function wantedOf(include: readonly Path[], level: Level): Wanted {
  const upTo = levels.slice(0, levels.indexOf(level) + 1);
  const here = new Set(upTo.flatMap((one) => keptOf[one]));
  const kept = new Map<string, Path[]>();
  const inFiles: Path[] = [];
  const warnings: string[] = [];
  let [sopClasses, patientCounts] = [false, false];
  for (const path of include) {
    const tag = path[0] as string;
    if (here.has(tag)) kept.set(tag, [...(kept.get(tag) ?? []), path]);
    else if (countsOfPatient.has(tag)) patientCounts = true;
    else if (tag === '00080062' && level !== 'patient') sopClasses = true;
    else if (!isNeverTold(tag) && isOfLevel(tag, level)) inFiles.push(path);
    else warnings.push(`${path.join('.')} is not kept at this level and was not included`);
  }
  return { kept, inFiles, sopClasses, patientCounts, warnings };
}

function isOfLevel(tag: string, level: Level): boolean {
  if (level === 'instance') return true;
  if (level === 'patient' || isPrivate(tag)) return false;
  return studyAttributes.has(tag) || (level === 'series' && seriesAttributes.has(tag));
}

/** Read at most for one answer: packs whose headers are opened, and their sealed bytes. */
export const mostPacks = 200;
export const mostSealedBytes = 256 * 1024 * 1024;

const nowhere = 'urn:nowhere';

/** Attributes out of an instance's own header; of a private one also its creator. Bytes of more than 1 KiB have no place here. */
export async function fromFile(
  { reader }: Pick<ReadingDeps, 'reader'>,
  { pack, instance }: OpenInstance,
  wanted: readonly Path[],
): Promise<DicomJson> {
  const half = await reader.identityHalf(pack, instance);
  const { dataset } = parseIdentityHalf(half, { cuts: instance.cuts, ...inflating });
  const outermost = new Set(wanted.flatMap(([tag = '']) => [tag, ...creatorOf(tag)]));
  const json = toDicomJson(dataset, {
    pick: (tag) => outermost.has(tagText(tag)),
    inlineLimitBytes: 1024,
    bulkDataUri: () => nowhere,
  });
  withoutBulk(json);
  for (const [tag, paths] of Map.groupBy(wanted, ([first = '']) => first)) {
    const attribute = json[tag];
    if (attribute) json[tag] = within(attribute, paths);
  }
  return json;
}

const creators = /^....00[1-9A-F]/;
const creatorOf = (tag: string): string[] =>
  isPrivate(tag) && !creators.test(tag) ? [`${tag.slice(0, 4)}00${tag.slice(4, 6)}`] : [];

/** Of a sequence only these attributes of its items, where it is not asked for whole; the paths begin with its own tag. */
export function within(sequence: DicomJsonAttribute, paths: readonly Path[]): DicomJsonAttribute {
  if (paths.some((path) => path.length === 1)) return sequence;
  const root = { ...sequence };
  const work = [{ attribute: root, paths }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { attribute } = next;
    if (attribute.vr !== 'SQ' || attribute.Value === undefined) continue;
    const inside = Map.groupBy(
      next.paths.map((path) => path.slice(1)),
      ([first = '']) => first,
    );
    attribute.Value = (attribute.Value as DicomJson[]).map((item) => {
      const kept: DicomJson = Object.create(null);
      for (const [tag, deeper] of inside) {
        if (item[tag] === undefined) continue;
        const copy = { ...item[tag] };
        kept[tag] = copy;
        if (deeper.every((path) => path.length > 1)) work.push({ attribute: copy, paths: deeper });
      }
      return kept;
    });
  }
  return root;
}

function withoutBulk(json: DicomJson): void {
  const work = [json];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    for (const attribute of Object.values(next)) {
      if (attribute.BulkDataURI === nowhere) delete attribute.BulkDataURI;
      if (attribute.vr === 'SQ') for (const item of (attribute.Value ?? []) as DicomJson[]) work.push(item);
    }
  }
}
