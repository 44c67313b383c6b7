import { type EmergencyRequest, type OpeningRow, openingHours, openingReasonLength } from '@symbolon/contract';
import { formatDay, formatMoment } from '../ui/amounts.ts';

export const kindLabels: Readonly<Record<OpeningRow['kind'], string>> = {
  reason: 'Stated reason',
  emergency: 'Emergency',
};

/** What is wrong with a reason, or null. */
export function reasonFault(text: string): string | null {
  const { length } = text.trim();
  return length < openingReasonLength.shortest ? 'Say why, in a few words that whoever reviews it understands.' : null;
}

export const hoursText = (kind: OpeningRow['kind']): string => `${openingHours[kind]} hours`;

export function isOpen({ endedAt, expiresAt }: Pick<OpeningRow, 'endedAt' | 'expiresAt'>, now: number): boolean {
  return endedAt === null && Date.parse(expiresAt) > now;
}

/** Until when it is, or was, open. */
export function lastsText({ endedAt, expiresAt }: Pick<OpeningRow, 'endedAt' | 'expiresAt'>, now: number): string {
  if (endedAt !== null) return `ended ${formatMoment(endedAt)}`;
  return `${isOpen({ endedAt, expiresAt }, now) ? 'open until' : 'was open until'} ${formatMoment(expiresAt)}`;
}

/** A study as lists of other things call it. */
export function studyText({ patientName, date, description }: OpeningRow['study']): string {
  const name = patientName === '' ? 'A study without a name' : patientName;
  return [name, date === null ? '' : formatDay(date), description].filter((part) => part !== '').join(' · ');
}

export const identifierKinds = ['patientId', 'accessionNumber', 'studyInstanceUid'] as const;
export type IdentifierKind = (typeof identifierKinds)[number];
export const identifierLabels: Readonly<Record<IdentifierKind, string>> = {
  patientId: 'Patient ID',
  accessionNumber: 'Accession number',
  studyInstanceUid: 'Study Instance UID',
};

/** What is asked: one identifier, exactly as it was typed. */
export function identifierOf(kind: IdentifierKind, value: string, issuer: string): EmergencyRequest['by'] {
  const text = value.trim();
  if (kind === 'accessionNumber') return { accessionNumber: text };
  if (kind === 'studyInstanceUid') return { studyInstanceUid: text };
  return issuer.trim() === '' ? { patientId: text } : { patientId: text, issuer: issuer.trim() };
}
