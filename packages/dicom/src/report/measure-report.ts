import type { DataSet, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { ReportOptions } from './report.ts';
import { reportTags } from './report-tags.ts';

/** Told by their number alone, however many they are. */
const untold: ReadonlySet<number> = new Set([
  reportTags.ContentSequence,
  reportTags.GraphicData,
  reportTags.ReferencedSamplePositions,
  reportTags.ReferencedTimeOffsets,
]);

const isUnread = ({ items, valueStart, valueEnd }: Element): boolean => items === undefined && valueEnd > valueStart;

/** Looks at all content items before one is told: what is refused is refused before anything went out. @throws DicomError as `readReport` */
export function measureReport(
  root: DataSet,
  { maxDepth = 100, maxItems = 100_000, maxTextBytes = 16 * 1024 * 1024 }: ReportOptions,
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
    for (const { tag, valueStart, valueEnd } of elements.values())
      if (tag >>> 16 !== 0x7fe0 && !untold.has(tag)) bytes += valueEnd - valueStart;
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
