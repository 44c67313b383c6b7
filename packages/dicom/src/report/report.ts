import { tags } from '../dictionary/tags.ts';
import { uidName } from '../dictionary/uids.ts';
import type { DataSet } from '../element.ts';
import { numbers, text } from '../value.ts';
import { type CodedEntry, codedEntry } from './coded-entry.ts';
import { itemValue } from './content-item.ts';
import { measureReport } from './measure-report.ts';
import { dateTimeWords } from './plain-words.ts';
import { reportFacts } from './report-facts.ts';
import { reportTags } from './report-tags.ts';

export type ReportOptions = {
  /** Content items, each below the other. Default 100. */
  maxDepth?: number;
  /** Content items together. Default 100,000: reports of computers that looked at many images have some thousands. */
  maxItems?: number;
  /** What is told of them and of the heading, as it is in the file; coordinates and what is binary are not. Default 16 MiB. */
  maxTextBytes?: number;
  /** One value of them, which is told at once. Default just below 1 MiB: it has fewer values than `texts` refuses. */
  maxValueBytes?: number;
};

/** One content item, in the order in which a report is read. */
export type ReportLine = {
  /** 0 for the items of the document itself. */
  readonly depth: number;
  /** A container is a section of the document; everything else says something. */
  readonly kind: 'section' | 'item';
  /** How it stands to the item that it is below; empty for what that just contains. */
  readonly relationship: string;
  /** What it is about; empty where nothing is named. */
  readonly name: string;
  /** What it says, in words, maybe of several lines; empty for a section. */
  readonly value: string;
  /** Of a coded value, or of the unit of a number: what stands behind its words. */
  readonly code?: CodedEntry | undefined;
  /** When it was observed, where that is another time than the document's. */
  readonly observed?: string | undefined;
};

export type ReportFact = { readonly name: string; readonly value: string };

/** A structured report, as it is read. */
export type Report = {
  readonly title: string;
  /** RFC 5646, where the document says its language; else empty. */
  readonly language: string;
  /** Whom and what it is of, and how far it is completed and verified. */
  readonly facts: readonly ReportFact[];
  /** From the first, each time it is called. */
  lines(): Generator<ReportLine, void, undefined>;
};

/** Whether an object is a structured report: its class is one of them, or it has a document's content. Source: PS3.3 §A.35. */
export function isReport(ds: DataSet): boolean {
  if (/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.88\.\d+$/.test(text(ds, tags.SOPClassUID) ?? '')) return true;
  return text(ds, reportTags.ValueType) === 'CONTAINER';
}

/** PS3.3 Table C.17.3-8; what is just contained is not worth a word. */
const relationships: Readonly<Record<string, string>> = {
  __proto__: null as never,
  CONTAINS: '',
  'HAS PROPERTIES': 'property',
  'HAS OBS CONTEXT': 'observation context',
  'HAS ACQ CONTEXT': 'acquisition context',
  'INFERRED FROM': 'inferred from',
  'SELECTED FROM': 'selected from',
  'HAS CONCEPT MOD': 'modifier',
};

/**
 * A structured report of whatever class as lines of words: its content tree in the order in which it is rendered.
 *
 * Law     every content item is told, in order; what cannot be told (an unknown value type, a table) says so. An item by reference
 *         is named and not followed, so that no circle is walked.
 * Cost    O(header); iterative; lines are made as they are taken, and nothing of them is kept.
 * Source  PS3.3 §A.35, §C.17.3, §C.18.
 *
 * @throws DicomError DICOM_TOO_DEEP, DICOM_TOO_MANY_ELEMENTS, DICOM_HEADER_TOO_LARGE  more than the options allow
 * @throws DicomError DICOM_SEQUENCE_UNREADABLE  content that was not read, so that the rest would not be the report
 */
export function readReport(ds: DataSet, options: ReportOptions = {}): Report {
  measureReport(ds, options);
  return {
    title:
      codedEntry(ds, reportTags.ConceptNameCodeSequence)?.meaning ??
      uidName(text(ds, tags.SOPClassUID) ?? '') ??
      'Structured report',
    language: languageOf(ds),
    facts: reportFacts(ds),
    lines: () => linesOf(ds),
  };
}

const contentOf = (item: DataSet): readonly DataSet[] => item.elements.get(reportTags.ContentSequence)?.items ?? [];

function* linesOf(root: DataSet): Generator<ReportLine, void, undefined> {
  const open = [contentOf(root).values()];
  for (let items = open.at(-1); items !== undefined; items = open.at(-1)) {
    const next = items.next();
    if (next.done === true) {
      open.pop();
      continue;
    }
    yield lineOf(next.value, open.length - 1, root);
    open.push(contentOf(next.value).values());
  }
}

function lineOf(item: DataSet, depth: number, root: DataSet): ReportLine {
  const type = text(item, reportTags.RelationshipType) ?? 'CONTAINS';
  const relationship = relationships[type] ?? type.toLowerCase();
  const referred = numbers(item, reportTags.ReferencedContentItemIdentifier);
  if (referred.length > 0)
    return { depth, kind: 'item', relationship, name: '', value: referenceWords(root, referred) };
  const name = codedEntry(item, reportTags.ConceptNameCodeSequence)?.meaning ?? '';
  const when = text(item, reportTags.ObservationDateTime);
  const observed = when === undefined ? {} : { observed: dateTimeWords(when) };
  if (text(item, reportTags.ValueType) === 'CONTAINER')
    return { depth, kind: 'section', relationship, name, value: '', ...observed };
  const { words, code } = itemValue(item);
  return { depth, kind: 'item', relationship, name, value: words, ...(code && { code }), ...observed };
}

/** What is longer is not repeated with every reference to it. Bytes. */
const maxRepeatedBytes = 256;
const maxSteps = 100;

/** The item that another refers to: by its place in the tree, and its name. Source: PS3.3 §C.17.3.2.5. */
function referenceWords(root: DataSet, [, ...path]: readonly number[]): string {
  if (path.length === 0) return 'see the whole document';
  if (path.length > maxSteps) return 'see an item that is not there';
  let at: DataSet | undefined = root;
  for (const step of path) at = at && contentOf(at)[step - 1];
  const place = `item ${[1, ...path].join('.')}`;
  if (at === undefined) return `see ${place}, which is not there`;
  const sequence = at.elements.get(reportTags.ConceptNameCodeSequence);
  const isShort = sequence !== undefined && sequence.valueEnd - sequence.valueStart <= maxRepeatedBytes;
  const name = isShort ? codedEntry(at, reportTags.ConceptNameCodeSequence)?.meaning : undefined;
  return name === undefined ? `see ${place}` : `see ${place}, ${name}`;
}

/** Language of Content Item and Descendants (121049, DCM) of the document. Source: PS3.16 TID 1204. */
function languageOf(root: DataSet): string {
  for (const item of contentOf(root).slice(0, maxSteps)) {
    const name = codedEntry(item, reportTags.ConceptNameCodeSequence);
    if (name?.value !== '121049' || name.scheme !== 'DCM') continue;
    const language = codedEntry(item, reportTags.ConceptCodeSequence)?.value ?? '';
    return /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/.test(language) ? language : '';
  }
  return '';
}
