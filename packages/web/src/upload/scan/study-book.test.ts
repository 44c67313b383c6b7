import { expect, test } from 'vitest';
import { countPatients } from '../show/patients.ts';
import { dayText, type Facts, nameText } from './facts.ts';
import { StudyBook } from './study-book.ts';

function facts(change: Partial<Facts> = {}): Facts {
  const patient = { name: 'Müller, Anna', id: '1', birthDate: '1961-03-03' };
  const rest = { studyUid: '1.2', seriesUid: '1.2.1', date: '2026-01-01', description: 'Thorax', modality: 'CT' };
  return { patient, ...rest, ...change };
}

test('files are counted in their study, by series and modality, and only what changed is told again', () => {
  const book = new StudyBook();
  book.add(facts(), 100);
  book.add(facts({ seriesUid: '1.2.2', modality: 'SR' }), 50);
  const other = book.add(facts({ studyUid: '1.3' }), 10);
  expect(book.takeChanged()).toMatchObject([
    { key: 0, series: 2, images: 2, bytes: 150, modalities: ['CT', 'SR'] },
    { key: 1, series: 1, images: 1, bytes: 10 },
  ]);
  book.held(other, 10);
  expect(book.takeChanged()).toMatchObject([{ key: 1, heldImages: 1, heldBytes: 10 }]);
  expect(book.takeChanged()).toEqual([]);
});

test('a study whose images name different patients is marked, not one whose devices spell differently', () => {
  const book = new StudyBook();
  book.add(facts(), 1);
  book.add(facts({ patient: { name: 'MULLER, Anna', id: '1', birthDate: '' } }), 1);
  expect(book.takeChanged()[0]?.mixed).toBe(false);
  book.add(facts({ patient: { name: 'Weiss, Greta', id: '2', birthDate: '' } }), 1);
  expect(book.takeChanged()[0]?.mixed).toBe(true);
});

test('no UID of a file leaves the book', () => {
  const book = new StudyBook();
  book.add(facts({ studyUid: '1.2.840.99999.1', seriesUid: '1.2.840.99999.2' }), 1);
  expect(JSON.stringify(book.takeChanged())).not.toContain('99999');
});

test('patients are counted as people: by name and birth date, else by name and id', () => {
  const anna = { name: 'Müller, Anna', id: '1', birthDate: '1961-03-03' };
  expect(countPatients([anna, { ...anna, id: 'other hospital', name: 'MULLER, ANNA' }])).toBe(1);
  expect(countPatients([anna, { ...anna, birthDate: '1990-01-01' }])).toBe(2);
  expect(
    countPatients([
      { ...anna, birthDate: '' },
      { ...anna, birthDate: '', id: '2' },
    ]),
  ).toBe(2);
  expect(countPatients([])).toBe(0);
});

test.each([
  ['Müller^Anna^Maria^Dr.', 'Müller, Dr. Anna Maria'],
  ['Yamada^Tarou=山田^太郎=やまだ^たろう', 'Yamada, Tarou (山田, 太郎)'],
  ['=山田^太郎', '山田, 太郎'],
  ['^Anna', 'Anna'],
  ['', ''],
  ['\u202egnirts^\u0007x', 'gnirts, x'],
])('the name %j is shown as %j', (value, shown) => {
  expect(nameText(value)).toBe(shown);
});

test('days are written as the wire has them, and what is no day as it came', () => {
  expect([dayText('20260103'), dayText('2026.01.03'), dayText('unknown'), dayText(undefined)]).toEqual([
    '2026-01-03',
    '2026-01-03',
    'unknown',
    '',
  ]);
});
