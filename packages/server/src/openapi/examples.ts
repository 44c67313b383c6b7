const studyId = '7f9c2ba4-e88f-4273-9a1d-0c35b1b1b7a2';
const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const secret = 'kT3vG8pQx1ZrY6wN0sLhB5mC9dJfA2eU7iOqXtRnVgE';

/** A body for each route that takes one, by its method and path; a test holds each against what the route takes. */
export const examples: Readonly<Record<string, unknown>> = {
  'POST /api/v1/setup': {
    secret: '6DMolyvTOsIq23xS1657C78ZN3XSIQRC',
    accountName: 'Radiologie am Markt',
    name: 'Ada Beispiel',
    email: 'ada@example.org',
    password: 'drei Boote vor der Mole',
    as: 'token',
  },
  'POST /api/v1/tokens': { email: 'ada@example.org', password: 'drei Boote vor der Mole', label: 'reading station 3' },
  'POST /api/v1/sessions': { email: 'ada@example.org', password: 'drei Boote vor der Mole' },
  'POST /api/v1/held': { sha256: [sha256] },
  'POST /api/v1/receipts': { sha256: [sha256], contents: sha256 },
  'POST /api/v1/studies/search': {
    name: 'muster',
    from: '2026-01-01',
    modality: 'CT',
    sort: 'date',
    page: 1,
    size: 25,
  },
  'POST /api/v1/studies/find': { studyInstanceUid: '1.2.826.0.1.3680043.8.498.1' },
  'POST /api/v1/studies/:studyId/links': {
    expiresAt: '2026-12-31T12:00:00Z',
    password: 'Apfelbaum 27',
    download: false,
    note: 'For the second opinion we spoke of',
  },
  'POST /api/v1/shared/:linkId/look': { secret },
  'POST /api/v1/shared/:linkId/open': { secret, password: 'Apfelbaum 27' },
  'POST /api/v1/studies/:studyId/conflict/choices': { choice: 'held', until: '41' },
  'POST /api/v1/studies/:studyId/conflict/file': { sha256 },
  'POST /api/v1/studies/:studyId/erasure': { ground: 'asked-by-the-person', dryRun: true },
  'POST /api/v1/studies/:studyId/patient/erasure': { ground: 'asked-by-the-person', dryRun: true },
  'POST /api/v1/account/erasure': { ground: 'asked-by-the-person', dryRun: true, accountName: 'Radiologie am Markt' },
  'POST /api/v1/holds': { of: 'study', studyId, reason: 'Court order 4 C 12/26' },
  'PUT /api/v1/keys/schedule': { patientDays: 90 },
  'PUT /api/v1/quota': { maxInstances: null, maxBytes: 2_000_000_000_000 },
  'POST /api/v1/storage/sweeps': { dryRun: true },
  'PUT /api/v1/backups/policy': {
    everyHours: 24,
    drillEveryDays: 7,
    keepLast: 3,
    keepDaily: 14,
    keepWeekly: 52,
    keepMonthly: 24,
  },
  'POST /api/v1/backups/held': { what: 'release' },
};
