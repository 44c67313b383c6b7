import {
  bulkDataAt,
  type DataSet,
  type DicomFile,
  type DicomJson,
  type DicomJsonOptions,
  isEncapsulated,
  isPixelTag,
  nativeXml,
  number,
  parseIdentityHalf,
  tags,
  tagText,
  toDicomJson,
} from '@symbolon/dicom';
import type { PackReader } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';
import type { Found } from './selection.ts';

const inlineLimitBytes = 1024;
const availableTransferSyntaxUid = 0x00083002;

/** The header of an instance from its identity half alone; the image half is not touched. */
export async function headerOf(reader: PackReader, { pack, instance }: Found): Promise<DicomFile> {
  return parseIdentityHalf(await reader.identityHalf(pack, instance), {
    cuts: instance.cuts,
    ...inflating,
  });
}

/** A bulk value's place in its data set: tags and item numbers from 1, as `7FE00010` or `00880200.1.7FE00010`. */
function bulkPath(path: readonly number[]): string {
  return path.map((step, at) => (at % 2 === 0 ? tagText(step) : String(step + 1))).join('.');
}

const optionsFor = (instanceUrl: string): DicomJsonOptions => ({
  inlineLimitBytes,
  bulkDataUri: (path) => `${instanceUrl}/bulkdata/${bulkPath(path)}`,
});

/**
 * The metadata of one instance (PS3.18 §F.2): no bulk value over 1 KiB, but the address of each, that of its pixel data included;
 * and in what transfer syntax it is stored (Table 10.6.3-5).
 */
export async function metadataOf(reader: PackReader, found: Found, instanceUrl: string): Promise<DicomJson> {
  const header = await headerOf(reader, found);
  const json = toDicomJson(header.dataset, optionsFor(instanceUrl));
  const more: DicomJson = Object.create(null);
  more['00083002'] = { vr: 'UI', Value: [found.instance.transferSyntax] };
  const pixels = pixelDataOf(header.dataset, found);
  if (pixels) more[pixels.tag] = { vr: pixels.vr, BulkDataURI: instanceUrl + pixels.path };
  return inOrder(json, more);
}

/** What is in order is written three times as fast. */
function inOrder(json: DicomJson, more: DicomJson): DicomJson {
  const both: DicomJson = Object.create(null);
  const added = Object.keys(more);
  let next = added.shift();
  for (const tag of Object.keys(json)) {
    for (; next !== undefined && next < tag; next = added.shift()) both[next] = more[next] as DicomJson[string];
    both[tag] = more[tag] ?? (json[tag] as DicomJson[string]);
    if (next === tag) next = added.shift();
  }
  for (; next !== undefined; next = added.shift()) both[next] = more[next] as DicomJson[string];
  return both;
}

/** The same as a Native DICOM Model document. Source: PS3.19 §A.1. */
export async function* metadataXml(
  reader: PackReader,
  found: Found,
  instanceUrl: string,
): AsyncGenerator<string, void, undefined> {
  const header = await headerOf(reader, found);
  const { dataset } = header;
  const options = optionsFor(instanceUrl);
  // Attributes ascend by tag: what is added stands where it belongs.
  yield* bodyOf(nativeXml(within(dataset, 0, availableTransferSyntaxUid - 1), options), { from: 0 });
  yield attributeXml(
    '00083002',
    'UI',
    'AvailableTransferSyntaxUID',
    `<Value number="1">${found.instance.transferSyntax}</Value>`,
  );
  yield* bodyOf(nativeXml(within(dataset, availableTransferSyntaxUid + 1, 0xffffffff), options), { from: 1 });
  const pixels = pixelDataOf(dataset, found);
  if (pixels) {
    const { tag, vr, keyword, path } = pixels;
    yield attributeXml(tag, vr, keyword, `<BulkData uri="${instanceUrl}${path}"></BulkData>`);
  }
  yield '</NativeDicomModel>';
}

/** The elements of a data set between two tags; what decides how they are read stays around them. */
function within(ds: DataSet, from: number, to: number): DataSet {
  const elements = new Map([...ds.elements].filter(([tag]) => tag >= from && tag <= to && !isPixelTag(tag)));
  return { ...ds, elements, parent: ds };
}

/** A document without its end, from its first or its second piece on. */
function* bodyOf(document: Iterable<string>, { from }: { from: 0 | 1 }): Generator<string> {
  let at = 0;
  for (const piece of document) if (at++ >= from && piece !== '</NativeDicomModel>') yield piece;
}

const attributeXml = (tag: string, vr: string, keyword: string, value: string): string =>
  `<DicomAttribute tag="${tag}" vr="${vr}" keyword="${keyword}">${value}</DicomAttribute>`;

/**
 * Where the pixel data of an instance is to be had, told by its header alone: the first bytes of the element say what kind it is
 * of, and lie in the image half. Which VR a header in explicit form gives it is not known here either; what is said is what PS3.5
 * §A.2 to §A.4 have it be.
 */
function pixelDataOf(
  ds: DataSet,
  { instance: { transferSyntax, cuts } }: Found,
): { tag: string; vr: string; keyword: string; path: string } | undefined {
  const inside = [...ds.elements.keys()].find(isPixelTag);
  if (cuts.length === 0 && inside === undefined) return undefined;
  if (isEncapsulated(transferSyntax)) return { tag: '7FE00010', vr: 'OB', keyword: 'PixelData', path: '/pixeldata' };
  const bits = number(ds, tags.BitsAllocated) ?? 0;
  // PS3.3 §C.7.6.24, §C.7.6.25: of floating point pixels no stored bits are told.
  const isFloat = number(ds, tags.BitsStored) === undefined && inside === undefined;
  const tag = inside ?? (isFloat && bits === 32 ? 0x7fe00008 : isFloat && bits === 64 ? 0x7fe00009 : tags.PixelData);
  const [vr, keyword] = kinds[tag] ?? [bits > 8 || !ds.explicit ? 'OW' : 'OB', 'PixelData'];
  return { tag: tagText(tag), vr, keyword, path: `/bulkdata/${tagText(tag)}` };
}

const kinds: Readonly<Record<number, readonly [vr: string, keyword: string]>> = {
  2145386504: ['OF', 'FloatPixelData'],
  2145386505: ['OD', 'DoubleFloatPixelData'],
};

/** The bytes of one value of the header by its bulk path, or the fragments of one; undefined where there is none. */
export function bulkValueIn({ dataset }: DicomFile, path: string): Uint8Array | readonly Uint8Array[] | undefined {
  const steps = path.split('.').map((step, at) => (at % 2 === 0 ? tagOf(step) : Number(step) - 1));
  return bulkDataAt(dataset, steps);
}

/** The bulk paths of all values of a header that metadata gives the addresses of. */
export function bulkPathsOf({ dataset }: DicomFile): string[] {
  const paths: string[] = [];
  toDicomJson(dataset, {
    inlineLimitBytes,
    bulkDataUri: (path) => {
      paths.push(bulkPath(path));
      return '';
    },
  });
  return paths;
}

const tagOf = (step: string): number => (/^[0-9A-Fa-f]{8}$/.test(step) ? Number.parseInt(step, 16) : -1);
