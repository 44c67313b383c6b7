import { expect, test } from 'vitest';
import { bornInWords, nameInWords } from './patient-words.ts';

const patient = { name: '', id: '7', birthDate: null, sex: '' };
const day = (text: string): string => text;

test('what a study does not say of its patient is left out', () => {
  expect(nameInWords({ patient })).toBe('No name');
  expect(bornInWords({ patient }, day)).toBe('');
  expect(bornInWords({ patient: { ...patient, sex: 'F' } }, day)).toBe('female');
  expect(bornInWords({ patient: { ...patient, birthDate: '1970-03-01', sex: 'M' } }, day)).toBe('b. 1970-03-01 · male');
});

test('a sex that the standard does not know is shown as it came', () => {
  expect(bornInWords({ patient: { ...patient, sex: '<b>X' } }, day)).toBe('<b>X');
});
