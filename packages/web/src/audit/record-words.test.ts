import { type AuditRecord, actions } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { actionChoices, whoText, wordsOf } from './record-words.ts';

function say(
  action: string,
  outcome: AuditRecord['outcome'] = 'success',
  detail: unknown = null,
  kind: AuditRecord['kind'] = 'execute',
  study: AuditRecord['study'] = null,
): string {
  return wordsOf({ action, outcome, detail, kind, study });
}

test('every action that a route can declare has words of its own, told apart from all others', () => {
  const told = Object.keys(actions).map((action) => say(action));
  for (const [place, action] of Object.keys(actions).entries()) expect(told[place]).not.toBe(action);
  expect(new Set(told).size).toBe(told.length);
  expect(actionChoices.map(({ value }) => value)).toEqual(expect.arrayContaining(Object.keys(actions)));
});

test('what was refused or failed says so before it says what', () => {
  expect(say('link.create', 'refused')).toBe('Refused: making a link');
  expect(say('study.download', 'failure')).toBe('Failed: downloading a study’s files');
});

test('a refusal says its reason where the record names one that is known, and quotes nothing else', () => {
  const usual = 'Refused: opening a link (wrong password, or too many tries)';
  expect(say('link.open', 'refused', { reason: 'LINK_PASSWORD_WRONG' })).toBe(
    'Refused: opening a link (wrong password of the link)',
  );
  expect(say('link.open', 'refused', { reason: '<script>alert(1)</script>' })).toBe(usual);
  expect(say('link.open', 'refused', { reason: 'constructor' })).toBe(usual);
});

test('a reading says how many images went out once its detail was written', () => {
  expect(say('study.view')).toBe('Opened the study');
  expect(say('study.view', 'success', { times: 9, instances: ['1', '2', '3'] })).toBe('Viewed 3 images of the study');
  expect(say('study.view', 'success', { times: 1, instances: 1 })).toBe('Viewed 1 image of the study');
  expect(say('study.view', 'success', { times: 1, instances: 0 })).toBe('Looked at the facts of the study');
  expect(say('study.view', 'success', { times: 1, instances: -1 })).toBe('Opened the study');
  expect(say('study.download', 'success', { times: 1, instances: 'all' })).toBe(
    'Downloaded images of the study, up to all of them',
  );
});

test('that somebody began to search is told from their searches, and says what it counts as where none follows', () => {
  expect(say('study.search', 'success', null, 'read')).toBe(
    'Began to search: the searches follow within half a minute, or it counts as all that they could see',
  );
  expect(say('study.search', 'success', { keys: {}, offset: 0, studies: 3, opening: 'o' }, 'read')).toBe(
    'Searched studies',
  );
  expect(say('study.search', 'refused', null, 'execute')).toBe('Refused: searching studies');
  const study = { id: 's', patientName: 'p', date: null };
  expect(say('study.search', 'success', null, 'read', study)).toBe('Searched studies');
});

test('what was sent says how many images it was, and whether they were held already', () => {
  expect(say('instance.store', 'success', { pack: 'p', instances: [{}, {}] })).toBe('Sent 2 images');
  expect(say('instance.store', 'success', { heldAlready: ['ab'] })).toBe('Sent 1 image that was held already');
  expect(say('instance.keep-aside', 'refused')).toBe(
    'Refused: images that differ from those held; they were kept aside',
  );
});

test('a schedule of keys says what it is from then on, and who asked for a rotation is told from what was done', () => {
  const set = (patientDays: unknown) => say('key.schedule', 'success', { before: {}, after: { patientDays } });
  expect(set(90)).toBe('Set that patients’ keys are replaced after 90 days');
  expect(set(null)).toBe('Set that patients’ keys are replaced on demand only');
  expect(set('<b>')).toBe('Set when keys are replaced');
  expect(say('key.rotate', 'success', { of: 'patients', asked: true })).toBe('Asked for new keys for all patients');
  expect(say('key.rotate', 'success', { of: 'patients', by: 'person', what: 'rotation done' })).toBe('Rotated keys');
});

test('what was erased is told apart from what was only looked at, certified or stopped', () => {
  const what = { erasure: 'e', what: 'series', ground: 'other', instances: 40 };
  expect(say('study.erase', 'success', what, 'delete')).toBe('Erased series of a study, 40 images');
  expect(say('study.erase', 'success', null, 'delete')).toBe('Erased a study, or parts of it');
  expect(say('study.erase', 'success', null, 'read')).toBe('Looked at what an erasure would take');
  expect(say('patient.erase', 'success', { what: 'patient', certified: true }, 'delete')).toBe(
    'Certified the erasure of a patient',
  );
  expect(say('account.erase', 'refused', { why: 'ERASURE_HELD' }, 'delete')).toBe(
    'Refused: erasing the whole account (a hold stopped it)',
  );
  expect(say('hold.place', 'success', { of: 'patient' }, 'create')).toBe('Placed a hold on all studies of a patient');
  expect(say('hold.place', 'success', { of: 'constructor' }, 'create')).toBe('Placed a hold');
});

test('what was granted is said with whom it was to, and how much of it; what was opened with how it ended', () => {
  const to = { grants: ['g'], to: 'Eva Muster', toKind: 'person', series: 'all' };
  expect(say('grant.create', 'success', to, 'create')).toBe('Granted the study to Eva Muster');
  expect(say('grant.create', 'success', { ...to, series: ['a', 'b'] }, 'update')).toBe(
    'Set until when 2 series of the study is granted to Eva Muster',
  );
  expect(say('grant.create', 'success', null, 'read')).toBe('Looked for people to grant a study to');
  expect(say('grant.revoke', 'success', to, 'update')).toBe('Revoked the grant of the study to Eva Muster');
  expect(say('grant.list', 'success', null, 'read')).toBe('Looked at grants');
  expect(say('study.approve', 'success', { approved: true }, 'update')).toBe('Approved the study');
  expect(say('study.approve', 'success', { approved: false }, 'update')).toBe('Took the approval of the study back');
  expect(say('emergency.open', 'success', { opening: 'o', reason: 'why' }, 'execute')).toBe(
    'Opened studies in an emergency',
  );
  expect(say('emergency.open', 'failure', { by: 'patientId', reason: 'EMERGENCY_NOTHING_FOUND' }, 'execute')).toBe(
    'Failed: opening studies in an emergency (no study has this identifier)',
  );
  expect(say('emergency.review', 'success', { ended: true }, 'update')).toBe(
    'Reviewed what was opened for a reason, and ended it',
  );
});

test('an action that this page does not know yet is shown by its name, even one that JavaScript knows', () => {
  expect(say('patient.merge')).toBe('patient.merge');
  expect(say('toString')).toBe('toString');
  expect(say('patient.merge', 'refused')).toBe('Refused: patient.merge');
});

test('who did it is named, and a name that was given without proof is not taken for the person', () => {
  const person = { kind: 'person', name: 'Eva Muster', userId: null, linkId: null } as const;
  expect(whoText({ who: person, by: 'session', outcome: 'success' })).toBe('Eva Muster');
  expect(whoText({ who: person, by: null, outcome: 'refused' })).toBe('Somebody as Eva Muster');
  const byLink = { ...person, kind: 'link', name: 'link of Eva Muster' } as const;
  expect(whoText({ who: byLink, by: 'link', outcome: 'success' })).toBe('Somebody with a link of Eva Muster');
  expect(whoText({ who: { ...person, kind: 'exchange', name: '' }, by: null, outcome: 'success' })).toBe(
    'The exchange itself',
  );
  expect(whoText({ who: { ...person, kind: 'visitor', name: '' }, by: null, outcome: 'refused' })).toMatch(/not known/);
});
