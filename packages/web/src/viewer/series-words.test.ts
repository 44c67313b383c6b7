import type { SeriesRow } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { firstSeries, seriesName } from './series-words.ts';

const series = (changes: Partial<SeriesRow>): SeriesRow => ({
  id: '6a4f5e0c-8b0f-4a39-b9fd-2d0a4ab7a001',
  number: 3,
  modality: 'CT',
  description: 'Thorax of a named person',
  bodyPart: '',
  date: null,
  instanceCount: 120,
  ...changes,
});

test('a series is named by its number, its kind and how many images it has', () => {
  expect(seriesName(series({}), 0)).toBe('Series 3, CT, 120 images');
  expect(seriesName(series({ number: null, modality: '', instanceCount: 1 }), 4)).toBe('Series 5, 1 image');
});

test('the first series with pictures is opened, also where reports stand before it', () => {
  const [report, mr] = [series({ modality: 'SR' }), series({ modality: 'MR' })];
  expect(firstSeries([report, mr])).toBe(mr);
  expect(firstSeries([report])).toBe(report);
  expect(firstSeries([])).toBeUndefined();
});
