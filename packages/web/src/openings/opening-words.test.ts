import { emergencyRequest } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { identifierKinds, identifierOf, isOpen, lastsText, reasonFault, studyText } from './opening-words.ts';

const now = Date.parse('2026-03-01T12:00:00.000Z');
const later = '2026-03-01T13:00:00.000Z';
const before = '2026-03-01T11:00:00.000Z';

test('an opening is open until its time is over, or somebody ended it', () => {
  expect(isOpen({ endedAt: null, expiresAt: later }, now)).toBe(true);
  expect(isOpen({ endedAt: null, expiresAt: before }, now)).toBe(false);
  expect(isOpen({ endedAt: before, expiresAt: later }, now)).toBe(false);
  expect(lastsText({ endedAt: null, expiresAt: later }, now)).toMatch(/^open until/);
  expect(lastsText({ endedAt: null, expiresAt: before }, now)).toMatch(/^was open until/);
  expect(lastsText({ endedAt: before, expiresAt: later }, now)).toMatch(/^ended/);
});

test('a reason of blanks or of one word is none', () => {
  expect(reasonFault('          \n')).not.toBeNull();
  expect(reasonFault('urgent')).not.toBeNull();
  expect(reasonFault('Unconscious in the emergency room')).toBeNull();
});

test.each(identifierKinds)('by %s exactly one thing is asked, in a form that the exchange takes', (kind) => {
  for (const issuer of ['', ' Klinikum ']) {
    const by = identifierOf(kind, ' P-1 ', issuer);
    expect(emergencyRequest.safeParse({ reason: 'Unconscious, no relatives', by }).success).toBe(true);
    expect(Object.values(by)[0]).toBe('P-1');
  }
});

test('a study is called by what there is of it', () => {
  expect(studyText({ id: 's', patientName: '', date: null, description: '' })).toBe('A study without a name');
  expect(studyText({ id: 's', patientName: 'Muster, Eva', date: null, description: 'Thorax' })).toBe(
    'Muster, Eva · Thorax',
  );
});
