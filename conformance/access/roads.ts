import type { Role } from '@symbolon/contract';
import { type Answer, multipart, type Question } from '../laws/ask.ts';
import type { Place } from './matrix.ts';
import { newStudy, type Setting, type StudyHere } from './setting.ts';

/** What a question is about. `role`: whose own things are meant; of nobody, some member's. */
export type About = {
  readonly here: Setting;
  readonly study: StudyHere;
  readonly role: Role;
  readonly place: Place;
};

/**
 * A valid request on a route, about a thing. `shows`: whether an answer that is a list has the thing in it. `late`: it changes what
 * the others ask about, and comes behind them.
 */
export type Road = (about: About) => Question & {
  readonly path: string;
  readonly shows?: (answer: Answer) => boolean;
};

const get =
  (path: (about: About) => string, more: Partial<ReturnType<Road>> = {}): Road =>
  (about) => ({ path: path(about), ...more });
const at = (path: string, more: Partial<ReturnType<Road>> = {}): Road => get(() => path, more);
const post =
  (path: (about: About) => string, json: (about: About) => unknown, method = 'POST'): Road =>
  (about) => ({ path: path(about), method, json: json(about) });

const study =
  (rest = '') =>
  ({ study: { id } }: About): string =>
    `/api/v1/studies/${id}${rest}`;
const shared = (rest: (about: About) => string): Road =>
  get((about) => `/api/v1/shared/${about.study.link.id}/study${rest(about)}`);
const images = ({ study: { seriesId } }: About): string => `/series/${seriesId}/images`;
const thumbnail = ({ study: { seriesId } }: About): string => `/series/${seriesId}/thumbnail`;
const frame = ({ study: { imageId } }: About): string => `/images/${imageId}/frames/1`;
const dicom =
  (rest: (about: About) => string) =>
  (about: About): string =>
    `/dicomweb/studies/${about.study.uid}${rest(about)}`;
const series = ({ study: { seriesUid } }: About): string => `/series/${seriesUid}`;
const instance = (about: About): string => `${series(about)}/instances/${about.study.sopUid}`;
const file = { headers: { accept: 'application/dicom; transfer-syntax=*' } };
const files = { headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' } };
const anything = { headers: { accept: '*/*' } };
/** Whether the answer names the thing. */
const names = (of: (about: About) => string) => (about: About) => ({
  shows: ({ body }: Answer) => body.includes(of(about)),
});
const list =
  (path: (about: About) => string, of: (about: About) => string): Road =>
  (about) => ({ path: path(about), ...names(of)(about) });
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const sent = (studyInstanceUid?: string) =>
  multipart(newStudy(studyInstanceUid ? { studyInstanceUid } : {}).files.map(({ bytes }) => bytes));

/** What reads, and what changes nothing of what another question is about. */
export const reading: Readonly<Record<string, Road>> = {
  'GET /api/v1/audit': at('/api/v1/audit'),
  'GET /api/v1/audit.csv': at('/api/v1/audit.csv'),
  'GET /api/v1/backups': at('/api/v1/backups'),
  'GET /api/v1/backups/status': at('/api/v1/backups/status'),
  'GET /api/v1/conflicts': list(
    () => '/api/v1/conflicts?state=decided',
    ({ study: { id } }) => id,
  ),
  'GET /api/v1/erasures': at('/api/v1/erasures'),
  'GET /api/v1/erasures/:erasureId': get(({ here, place }) => `/api/v1/erasures/${here.erasureAt(place)}`),
  'GET /api/v1/erasures/:erasureId/certificate': get(
    ({ here, place }) => `/api/v1/erasures/${here.erasureAt(place)}/certificate`,
  ),
  'GET /api/v1/holds': get(({ study: { id } }) => `/api/v1/holds?study=${id}`),
  'GET /api/v1/keys': at('/api/v1/keys'),
  'GET /api/v1/keys/backup': at('/api/v1/keys/backup'),
  'GET /api/v1/keys/reindex': at('/api/v1/keys/reindex'),
  'GET /api/v1/keys/reseal': at('/api/v1/keys/reseal'),
  'GET /api/v1/keys/rotation': at('/api/v1/keys/rotation'),
  'GET /api/v1/keys/schedule': at('/api/v1/keys/schedule'),
  'GET /api/v1/links': list(
    () => '/api/v1/links',
    ({ study: { link } }) => link.id,
  ),
  'GET /api/v1/links/:linkId/uses': get(({ study: { link } }) => `/api/v1/links/${link.id}/uses`),
  'GET /api/v1/me': at('/api/v1/me'),
  'GET /api/v1/receipt-key': at('/api/v1/receipt-key'),
  'GET /api/v1/session': at('/api/v1/session'),
  'GET /api/v1/shared/:linkId/study': shared(() => ''),
  'GET /api/v1/shared/:linkId/study/archive': shared(() => '/archive'),
  'GET /api/v1/shared/:linkId/study/images/:imageId/frames/:frame': shared(frame),
  'GET /api/v1/shared/:linkId/study/series/:seriesId/images': shared(images),
  'GET /api/v1/shared/:linkId/study/series/:seriesId/thumbnail': shared(thumbnail),
  'GET /api/v1/shared/:linkId/study/thumbnail': shared(() => '/thumbnail'),
  'GET /api/v1/storage': at('/api/v1/storage'),
  'GET /api/v1/storage/compaction': at('/api/v1/storage/compaction'),
  'GET /api/v1/storage/scrub': at('/api/v1/storage/scrub'),
  'GET /api/v1/storage/scrub/findings': at('/api/v1/storage/scrub/findings'),
  'GET /api/v1/studies/:studyId': get(study()),
  'GET /api/v1/studies/:studyId/archive': get(study('/archive')),
  'GET /api/v1/studies/:studyId/conflict': get(study('/conflict')),
  'GET /api/v1/studies/:studyId/images/:imageId/frames/:frame': get((about) => study(frame(about))(about)),
  'GET /api/v1/studies/:studyId/links': list(study('/links'), ({ study: { link } }) => link.id),
  'GET /api/v1/studies/:studyId/originals': get(study('/originals')),
  'GET /api/v1/studies/:studyId/originals/:packId': get((about) => study(`/originals/${about.study.packId}`)(about)),
  'GET /api/v1/studies/:studyId/series/:seriesId/images': get((about) => study(images(about))(about)),
  'GET /api/v1/studies/:studyId/series/:seriesId/thumbnail': get((about) => study(thumbnail(about))(about)),
  'GET /api/v1/studies/:studyId/thumbnail': get(study('/thumbnail')),
  'GET /api/v1/usage': at('/api/v1/usage'),
  'GET /api/v1/users': at('/api/v1/users'),
  'GET /api/v1/versions/:instanceId/picture': get(({ study: { keptId } }) => `/api/v1/versions/${keptId}/picture`),
  'GET /assets/:name': at('/assets/none.js'),
  'GET /dicomweb/instances': list(
    ({ study: { sopUid } }) => `/dicomweb/instances?SOPInstanceUID=${sopUid}`,
    ({ study: { sopUid } }) => sopUid,
  ),
  'GET /dicomweb/patients': list(
    ({ study: { patientId } }) => `/dicomweb/patients?PatientID=${patientId}`,
    ({ study: { patientId } }) => patientId,
  ),
  'GET /dicomweb/series': list(
    ({ study: { seriesUid } }) => `/dicomweb/series?SeriesInstanceUID=${seriesUid}`,
    ({ study: { seriesUid } }) => seriesUid,
  ),
  'GET /dicomweb/studies': list(
    ({ study: { uid } }) => `/dicomweb/studies?StudyInstanceUID=${uid}`,
    ({ study: { uid } }) => uid,
  ),
  'GET /dicomweb/studies/:study': get(
    dicom(() => ''),
    files,
  ),
  'GET /dicomweb/studies/:study/instances': get(dicom(() => '/instances')),
  'GET /dicomweb/studies/:study/metadata': get(dicom(() => '/metadata')),
  'GET /dicomweb/studies/:study/series': get(dicom(() => '/series')),
  'GET /dicomweb/studies/:study/series/:series': get(dicom(series), files),
  'GET /dicomweb/studies/:study/series/:series/instances': get(dicom((about) => `${series(about)}/instances`)),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance': get(dicom(instance), file),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/bulkdata/:path': get(
    dicom((about) => `${instance(about)}/bulkdata/00100010`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/metadata': get(
    dicom((about) => `${instance(about)}/metadata`),
  ),
  'GET /dicomweb/studies/:study/bulkdata': get(
    dicom(() => '/bulkdata'),
    anything,
  ),
  'GET /dicomweb/studies/:study/pixeldata': get(
    dicom(() => '/pixeldata'),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/bulkdata': get(
    dicom((about) => `${series(about)}/bulkdata`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/bulkdata': get(
    dicom((about) => `${instance(about)}/bulkdata`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames': get(
    dicom((about) => `${instance(about)}/frames/1`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/pixeldata': get(
    dicom((about) => `${instance(about)}/pixeldata`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/pixeldata': get(
    dicom((about) => `${series(about)}/pixeldata`),
    anything,
  ),
  'GET /dicomweb/studies/:study/rendered': get(
    dicom(() => '/rendered'),
    anything,
  ),
  'GET /dicomweb/studies/:study/thumbnail': get(
    dicom(() => '/thumbnail'),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/rendered': get(
    dicom((about) => `${series(about)}/rendered`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/thumbnail': get(
    dicom((about) => `${series(about)}/thumbnail`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/rendered': get(
    dicom((about) => `${instance(about)}/rendered`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/thumbnail': get(
    dicom((about) => `${instance(about)}/thumbnail`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames/rendered': get(
    dicom((about) => `${instance(about)}/frames/1/rendered`),
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames/thumbnail': get(
    dicom((about) => `${instance(about)}/frames/1/thumbnail`),
    anything,
  ),
  'GET /dicomweb/wado': get(
    ({ study: { uid, seriesUid, sopUid } }) =>
      `/dicomweb/wado?requestType=WADO&studyUID=${uid}&seriesUID=${seriesUid}&objectUID=${sopUid}`,
    anything,
  ),
  'GET /dicomweb/studies/:study/series/:series/metadata': get(dicom((about) => `${series(about)}/metadata`)),
  'GET /healthz': at('/healthz'),
  'OPTIONS /dicomweb': at('/dicomweb', { method: 'OPTIONS' }),
  'OPTIONS /dicomweb/*': at('/dicomweb/studies', { method: 'OPTIONS' }),
  'GET /metrics': at('/metrics'),
  'GET /readyz': at('/readyz'),
  'GET /robots.txt': at('/robots.txt'),
  'POST /api/v1/account/erasure': post(
    () => '/api/v1/account/erasure',
    () => ({ dryRun: true }),
  ),
  'POST /api/v1/held': (about) => ({
    path: '/api/v1/held',
    json: { sha256: [about.study.sha256] },
    ...names(({ study: { sha256 } }) => sha256)(about),
  }),
  'POST /api/v1/receipts': post(
    () => '/api/v1/receipts',
    ({ study: { sha256 } }) => ({ sha256: [sha256], contents: '0'.repeat(64) }),
  ),
  'POST /api/v1/sessions': post(
    () => '/api/v1/sessions',
    ({ here: { keeper } }) => ({ email: keeper.email, password: keeper.password }),
  ),
  'POST /api/v1/setup': post(
    () => '/api/v1/setup',
    ({ here: { keeper } }) => ({ secret: 'none', accountName: 'A', email: 'a@example.org', password: keeper.password }),
  ),
  'POST /api/v1/shared/:linkId/look': post(
    ({ study: { link } }) => `/api/v1/shared/${link.id}/look`,
    ({ study: { link }, place }) => ({ secret: place === 'own' ? link.secret : 'A'.repeat(43) }),
  ),
  'POST /api/v1/shared/:linkId/open': post(
    ({ study: { link } }) => `/api/v1/shared/${link.id}/open`,
    ({ study: { link }, place }) => ({ secret: place === 'own' ? link.secret : 'A'.repeat(43) }),
  ),
  'POST /api/v1/storage/sweeps': post(
    () => '/api/v1/storage/sweeps',
    () => ({ dryRun: true }),
  ),
  'POST /api/v1/studies/:studyId/conflict/file': post(study('/conflict/file'), ({ study: { asideSha256 } }) => ({
    sha256: asideSha256,
  })),
  'POST /api/v1/studies/:studyId/erasure': post(study('/erasure'), () => ({ dryRun: true })),
  'POST /api/v1/studies/:studyId/links': post(study('/links'), () => ({ expiresAt: inAnHour() })),
  'POST /api/v1/studies/:studyId/patient/erasure': post(study('/patient/erasure'), () => ({ dryRun: true })),
  'POST /api/v1/studies/find': (about) => ({
    path: '/api/v1/studies/find',
    json: { studyInstanceUid: about.study.uid },
    ...names(({ study: { id } }) => id)(about),
  }),
  'POST /api/v1/studies/search': (about) => ({
    path: '/api/v1/studies/search',
    json: { id: about.study.patientId },
    ...names(({ study: { id } }) => id)(about),
  }),
  'POST /api/v1/tokens': post(
    () => '/api/v1/tokens',
    ({ here: { keeper } }) => ({ email: keeper.email, password: keeper.password, label: 'of the matrix' }),
  ),
};

/** What changes what others ask about, in an order in which each finds what it needs. */
export const changing: Readonly<Record<string, Road>> = {
  'DELETE /api/v1/session': at('/api/v1/session', { method: 'DELETE' }),
  'DELETE /api/v1/studies/:studyId/conflict/choices/:choiceId': (about) => ({
    path: study(`/conflict/choices/${about.study.choiceId}`)(about),
    method: 'DELETE',
  }),
  'POST /api/v1/studies/:studyId/conflict/choices': post(study('/conflict/choices'), ({ study: { until } }) => ({
    choice: 'held',
    until,
  })),
  'POST /api/v1/holds': post(
    () => '/api/v1/holds',
    ({ study: { id } }) => ({ of: 'study', studyId: id, reason: 'ein Grund' }),
  ),
  'POST /api/v1/holds/:holdId/release': ({ here, place }) => ({
    path: `/api/v1/holds/${here.holdAt(place)}/release`,
    method: 'POST',
  }),
  'DELETE /api/v1/links/:linkId': ({ study: { link } }) => ({ path: `/api/v1/links/${link.id}`, method: 'DELETE' }),
  // Held by now, each that can be held.
  'DELETE /dicomweb/studies/:study/series/:series/instances/:instance': get(dicom(instance), { method: 'DELETE' }),
  'DELETE /dicomweb/studies/:study/series/:series': get(dicom(series), { method: 'DELETE' }),
  'DELETE /dicomweb/studies/:study': get(
    dicom(() => ''),
    { method: 'DELETE' },
  ),
  'POST /dicomweb/studies': () => ({ path: '/dicomweb/studies', ...sent() }),
  'POST /dicomweb/studies/:study': ({ study: { uid } }) => ({ path: `/dicomweb/studies/${uid}`, ...sent(uid) }),
  'PUT /api/v1/backups/policy': () => ({
    path: '/api/v1/backups/policy',
    method: 'PUT',
    json: { everyHours: 24, drillEveryDays: null, keepLast: 3, keepDaily: 14, keepWeekly: 52, keepMonthly: 24 },
  }),
  'PUT /api/v1/keys/schedule': () => ({ path: '/api/v1/keys/schedule', method: 'PUT', json: { patientDays: 90 } }),
  'PUT /api/v1/quota': () => ({
    path: '/api/v1/quota',
    method: 'PUT',
    json: { maxInstances: 100_000, maxBytes: null },
  }),
  'POST /api/v1/backups/held': post(
    () => '/api/v1/backups/held',
    () => ({ what: 'end' }),
  ),
  'POST /api/v1/backups': at('/api/v1/backups', { method: 'POST' }),
  'POST /api/v1/backups/drills': at('/api/v1/backups/drills', { method: 'POST' }),
  'POST /api/v1/storage/scrub': at('/api/v1/storage/scrub', { method: 'POST' }),
  'POST /api/v1/storage/compaction': at('/api/v1/storage/compaction', { method: 'POST' }),
  'POST /api/v1/keys/rotation': at('/api/v1/keys/rotation', { method: 'POST' }),
  'POST /api/v1/keys/reindex': at('/api/v1/keys/reindex', { method: 'POST' }),
  'POST /api/v1/keys/reseal': at('/api/v1/keys/reseal', { method: 'POST' }),
};
