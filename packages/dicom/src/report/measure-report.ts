import { implicitVr } from '../dictionary/dictionary.ts';
import { binary, numberBytes } from '../dictionary/vr.ts';
import type { DataSet, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { ReportOptions } from './report.ts';
import { reportTags } from './report-tags.ts';

/** Told by their number alone, however many they are, where that is seen without reading them. */
const untold: ReadonlySet<number> = new Set([
  reportTags.GraphicData,
  reportTags.ReferencedSamplePositions,
  reportTags.ReferencedTimeOffsets,
]);
const read: ReadonlySet<number> = new Set(Object.values(reportTags));

const isUnread = ({ items, valueStart, valueEnd }: Element): boolean => items === undefined && valueEnd > valueStart;

const sizeOf = ({ valueStart, valueEnd }: Element): number => valueEnd - valueStart;

/** Whether an element is read for what is told; anything binary that no report tells of is not. */
function isRead({ tag, vr: written, items }: Element): boolean {
  if (tag >>> 16 === 0x7fe0 || tag === reportTags.ContentSequence) return false;
  if (items !== undefined) return true;
  // As `effectiveVr`, but that signs are no matter here: who asks for them goes up all that is around.
  const known = written === 'UN' ? implicitVr(tag, false) : written;
  const vr = known === 'SQ' ? 'UN' : known;
  if (untold.has(tag)) return numberBytes[vr] === undefined;
  return read.has(tag) || !binary.has(vr);
}

/** Looks at all content items before one is told: what is refused is refused before anything went out. @throws DicomError as `readReport` */
export function measureReport(
  root: DataSet,
  {
    maxDepth = 100,
    maxItems = 100_000,
    maxTextBytes = 16 * 1024 * 1024,
    maxValueBytes = 1024 * 1024 - 2,
  }: ReportOptions,
): void {
  let [items, bytes] = [0, 0];
  const open: Iterator<DataSet>[] = [[root].values()];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const next = level.next();
    if (next.done === true) {
      open.pop();
      continue;
    }
    const { elements } = next.value;
    if (open.length > 1) items += 1;
    if (items > maxItems) throw new DicomError('DICOM_TOO_MANY_ELEMENTS', 'A report has more items than are shown');
    for (const element of elements.values()) {
      if (!isRead(element)) continue;
      bytes += sizeOf(element);
      if (bytes <= maxTextBytes && sizeOf(element) > maxValueBytes) measureValues(element, maxValueBytes);
    }
    if (bytes > maxTextBytes) throw new DicomError('DICOM_HEADER_TOO_LARGE', 'A report says more than is shown');
    const content = elements.get(reportTags.ContentSequence);
    if (content === undefined) continue;
    if (isUnread(content))
      throw new DicomError('DICOM_SEQUENCE_UNREADABLE', 'The content of a report cannot be read', content.start);
    if (content.items === undefined || content.items.length === 0) continue;
    if (open.length > maxDepth)
      throw new DicomError('DICOM_TOO_DEEP', 'The items of a report lie deeper than are shown', content.start);
    open.push(content.items.values());
  }
}

/** A value is taken at once, and cut into its lines or parts: a long sequence may hold many short ones. */
function measureValues(element: Element, maxValueBytes: number): void {
  const open = [element];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one.items === undefined)
      throw new DicomError('DICOM_HEADER_TOO_LARGE', 'A value of a report is longer than is shown', one.start);
    for (const item of one.items)
      for (const inner of item.elements.values()) if (sizeOf(inner) > maxValueBytes && isRead(inner)) open.push(inner);
  }
}
