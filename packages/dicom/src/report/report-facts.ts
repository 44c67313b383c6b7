import { tags } from '../dictionary/tags.ts';
import type { DataSet } from '../element.ts';
import { text } from '../value.ts';
import { count, dateTimeWords, dateWords, nameWords, timeWords } from './plain-words.ts';
import type { ReportFact } from './report.ts';
import { reportTags } from './report-tags.ts';

/** No document has more authors or verifiers that a reader goes through. */
const maxPeople = 50;

/** The heading of a report: whom it is of, of what study, and how far it can be relied on. Source: PS3.3 Tables C.7-1, C.7-3, C.17-2. */
export function reportFacts(ds: DataSet): readonly ReportFact[] {
  const { AuthorObserverSequence, VerifyingObserverSequence, PredecessorDocumentsSequence } = reportTags;
  const predecessors = ds.elements.get(PredecessorDocumentsSequence)?.items?.length ?? 0;
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Patient', nameWords(text(ds, tags.PatientName) ?? '')],
    ['Patient ID', text(ds, tags.PatientID) ?? ''],
    ['Birth date', dateWords(text(ds, tags.PatientBirthDate) ?? '')],
    ['Sex', text(ds, tags.PatientSex) ?? ''],
    ['Study', joined(dateWords(text(ds, tags.StudyDate) ?? ''), text(ds, tags.StudyDescription))],
    ['Accession number', text(ds, tags.AccessionNumber) ?? ''],
    ['Referring physician', nameWords(text(ds, tags.ReferringPhysicianName) ?? '')],
    ['Institution', text(ds, tags.InstitutionName) ?? ''],
    ['Content date', joined(dateWords(text(ds, tags.ContentDate) ?? ''), timeWords(text(ds, tags.ContentTime) ?? ''))],
    [
      'Completion',
      withMore(lower(text(ds, reportTags.CompletionFlag)), text(ds, reportTags.CompletionFlagDescription)),
    ],
    ['Status', lower(text(ds, reportTags.PreliminaryFlag))],
    ['Verification', lower(text(ds, reportTags.VerificationFlag))],
    ...peopleOf(ds, VerifyingObserverSequence).map((one) => ['Verified by', verifier(one)] as const),
    ...peopleOf(ds, AuthorObserverSequence).map(
      (one) => ['Author', nameWords(text(one, reportTags.PersonName) ?? '')] as const,
    ),
    [
      'Replaces',
      predecessors === 0 ? '' : count(predecessors, 'study with earlier documents', 'studies with earlier documents'),
    ],
  ];
  return facts.filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }));
}

const peopleOf = (ds: DataSet, sequence: number): readonly DataSet[] =>
  (ds.elements.get(sequence)?.items ?? []).slice(0, maxPeople);

function verifier(ds: DataSet): string {
  const when = dateTimeWords(text(ds, reportTags.VerificationDateTime) ?? '');
  return [nameWords(text(ds, reportTags.VerifyingObserverName) ?? ''), text(ds, reportTags.VerifyingOrganization), when]
    .filter((part) => part)
    .join(', ');
}

const lower = (value: string | undefined): string => value?.toLowerCase() ?? '';
const joined = (...parts: readonly (string | undefined)[]): string => parts.filter((part) => part).join(' ');
const withMore = (value: string, more: string | undefined): string => (value && more ? `${value}: ${more}` : value);
