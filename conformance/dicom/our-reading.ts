import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import {
  type DataSet,
  DicomError,
  type DicomFile,
  type DicomJson,
  type Element,
  type ParseOptions,
  parseFile,
  tagText,
  texts,
  toDicomJson,
} from '@symbolon/dicom';
import { type ElementRead, pathOf, type Reading } from './reading.ts';

/** How the files of these comparisons are read: bare data sets too, which the other toolkits read without being asked. */
export const options: ParseOptions = {
  bare: 'accept',
  inflateRaw: (bytes, maxBytes) => new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};

export function readWithOurs(path: string): Reading {
  const file = readFile(path, options);
  if (typeof file === 'string') return { failed: 'refused', why: file };
  const elements = new Map<string, ElementRead>();
  collect(file.meta, {}, elements);
  collect(file.dataset, jsonByPath(file), elements);
  return { elements, warnings: file.warnings.map(({ code }) => code) };
}

/** The file, or the code with which it is refused. */
export function readFile(path: string, how: ParseOptions): DicomFile | string {
  try {
    return parseFile(new Uint8Array(readFileSync(path)), how);
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    return error.code;
  }
}

function collect(root: DataSet, json: Readonly<Record<string, unknown>>, into: Map<string, ElementRead>): void {
  const work = [{ ds: root, prefix: '' }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { ds, prefix } = next;
    for (const element of ds.elements.values()) {
      const tag = tagText(element.tag);
      const path = pathOf(prefix, tag);
      into.set(path, {
        vr: element.vr,
        length: declaredLength(ds, element),
        items: element.items?.length,
        fragments: element.fragments?.map(({ valueStart, valueEnd }) => valueEnd - valueStart),
        sha256:
          element.items === undefined ? sha256(ds.bytes.subarray(element.valueStart, element.valueEnd)) : undefined,
        texts: texts(ds, element.tag),
        json: json[path],
      });
      for (const [index, item] of (element.items ?? []).entries()) {
        work.push({ ds: item, prefix: pathOf(prefix, tag, index) });
      }
    }
  }
}

/** Where a value or its items end by delimiter, the four bytes before them are all ones. */
function declaredLength(ds: DataSet, { valueStart, valueEnd, items, fragments }: Element): number | 'undefined' {
  const undefinedLength = ds.bytes.subarray(valueStart - 4, valueStart).every((byte) => byte === 0xff);
  return undefinedLength && (items ?? fragments) !== undefined ? 'undefined' : valueEnd - valueStart;
}

function jsonByPath(file: DicomFile): Record<string, unknown> {
  const { bytes } = file.dataset;
  const model = toDicomJson(file.dataset, {
    inlineLimitBytes: Number.POSITIVE_INFINITY,
    bulkDataUri: (_path, { valueStart, valueEnd }) => `sha256:${sha256(bytes.subarray(valueStart, valueEnd))}`,
  });
  const found: Record<string, unknown> = Object.create(null);
  const work = [{ model, prefix: '' }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    for (const [tag, attribute] of Object.entries(next.model)) {
      if (attribute.vr !== 'SQ') found[pathOf(next.prefix, tag)] = hashed(attribute);
      else
        for (const [index, item] of (attribute.Value ?? []).entries()) {
          work.push({ model: item as DicomJson, prefix: pathOf(next.prefix, tag, index) });
        }
    }
  }
  return found;
}

/** Inline or elsewhere, a binary value is told by its hash. */
export function hashed(attribute: unknown): unknown {
  const { InlineBinary, ...rest } = attribute as { InlineBinary?: string };
  if (InlineBinary === undefined) return attribute;
  return { ...rest, BulkDataURI: `sha256:${sha256(Buffer.from(InlineBinary, 'base64'))}` };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
