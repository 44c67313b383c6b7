import { expect, test } from 'vitest';
import { patientTags, studyTags } from './attributes.ts';
import type { FoundStudy } from './candidates.ts';
import { pseudonymised, tellsWho } from './pseudonyms.ts';

const attributes = Object.fromEntries(
  [...patientTags, ...studyTags].map((tag) => [tag, { vr: 'LO', Value: [`secret-${tag}`] }]),
);
const study = {
  row: { namespaceId: '0a3d62c1-4f7e-4b8e-9d5f-0f6c7a1b2c3d', patientId: '7f9c2ba4-e88f-4273-9a1d-0c35b1b1b7a2' },
  cell: { version: 1, attributes, others: [{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'secret' }] } }] },
} as unknown as FoundStudy;

/** What stays of a study: when, what, and its UID. */
const stays = ['0020000D', '00080020', '00080030', '00080201', '00100040'];

test('a study under a pseudonym keeps nothing that tells who it is of: what is new in the catalogue is looked at here', () => {
  const shown = pseudonymised(study);
  const kept = JSON.stringify(shown.cell).match(/secret(-[0-9A-F]{8})?/g) ?? [];
  expect(kept.map((one) => one.slice('secret-'.length)).sort()).toEqual(
    stays.filter((tag) => tag in attributes).sort(),
  );
  expect(shown.cell.attributes['00100010']).toEqual({
    vr: 'PN',
    Value: [{ Alphabetic: expect.stringMatching(/^P-[0-9A-F]{8}$/) }],
  });
  expect(pseudonymised(study)).toEqual(shown);
  expect(JSON.stringify(shown.cell)).not.toContain('7F9C2BA4');
  const elsewhere = { ...study, row: { ...study.row, namespaceId: '5c1d7e90-1111-4222-8333-444455556666' } };
  expect(pseudonymised(elsewhere).cell.attributes['00100010']).not.toEqual(shown.cell.attributes['00100010']);
});

test('a search by what a pseudonym hides asks who it is', () => {
  for (const tag of ['00100010', '00100020', '00100030', '00100040', '00080050', '00080090', '00081030'])
    expect(tellsWho(tag)).toBe(true);
  for (const tag of ['0020000D', '00080020', '00080061']) expect(tellsWho(tag)).toBe(false);
});
