/** The REST API's paths; `:name` stands for a path parameter. UIDs appear under `dicomweb` only. */
export const paths = {
  health: '/healthz',
  ready: '/readyz',
  openApi: '/api/v1/openapi.json',
  setup: '/api/v1/setup',
  tokens: '/api/v1/tokens',
  me: '/api/v1/me',
  held: '/api/v1/held',
  receipts: '/api/v1/receipts',
  receiptKey: '/api/v1/receipt-key',
  session: '/api/v1/session',
  sessions: '/api/v1/sessions',
  users: '/api/v1/users',
  audit: '/api/v1/audit',
  auditCsv: '/api/v1/audit.csv',
  worklist: '/api/v1/studies/search',
  findStudies: '/api/v1/studies/find',
  study: '/api/v1/studies/:studyId',
  originals: '/api/v1/studies/:studyId/originals',
  packOriginals: '/api/v1/studies/:studyId/originals/:packId',
  conflicts: '/api/v1/conflicts',
  studyConflict: '/api/v1/studies/:studyId/conflict',
  conflictChoices: '/api/v1/studies/:studyId/conflict/choices',
  conflictChoice: '/api/v1/studies/:studyId/conflict/choices/:choiceId',
  versionPicture: '/api/v1/versions/:instanceId/picture',
  keptFile: '/api/v1/studies/:studyId/conflict/file',
  studyLinks: '/api/v1/studies/:studyId/links',
  links: '/api/v1/links',
  link: '/api/v1/links/:linkId',
  linkUses: '/api/v1/links/:linkId/uses',
  lookAtLink: '/api/v1/shared/:linkId/look',
  openLink: '/api/v1/shared/:linkId/open',
  sharedStudy: '/api/v1/shared/:linkId/study',
  eraseStudy: '/api/v1/studies/:studyId/erasure',
  erasePatient: '/api/v1/studies/:studyId/patient/erasure',
  eraseAccount: '/api/v1/account/erasure',
  erasures: '/api/v1/erasures',
  erasure: '/api/v1/erasures/:erasureId',
  erasureCertificate: '/api/v1/erasures/:erasureId/certificate',
  holds: '/api/v1/holds',
  holdRelease: '/api/v1/holds/:holdId/release',
  keys: '/api/v1/keys',
  keysBackup: '/api/v1/keys/backup',
  keySchedule: '/api/v1/keys/schedule',
  keyRotation: '/api/v1/keys/rotation',
  reseal: '/api/v1/keys/reseal',
  usage: '/api/v1/usage',
  quota: '/api/v1/quota',
  storage: '/api/v1/storage',
  sweeps: '/api/v1/storage/sweeps',
  scrub: '/api/v1/storage/scrub',
  scrubFindings: '/api/v1/storage/scrub/findings',
  compaction: '/api/v1/storage/compaction',
  backups: '/api/v1/backups',
  backupsStatus: '/api/v1/backups/status',
  backupPolicy: '/api/v1/backups/policy',
  backupDrills: '/api/v1/backups/drills',
  restoredHeld: '/api/v1/backups/held',
  metrics: '/metrics',
  dicomweb: '/dicomweb',
} as const;

/** What there is below one study: below `paths.study` for people, below `paths.sharedStudy` for who came by a link. */
export const studyPaths = {
  images: '/series/:seriesId/images',
  thumbnail: '/series/:seriesId/thumbnail',
  frame: '/images/:imageId/frames/:frame',
  archive: '/archive',
} as const;

/** The web app's pages. No identity stands in them: ids are random, and a link's secret is behind the `#`. */
export const pages = {
  home: '/',
  setup: '/setup',
  signIn: '/sign-in',
  worklist: '/studies',
  study: '/studies/:studyId',
  upload: '/upload',
  links: '/links',
  conflicts: '/kept-aside',
  conflict: '/kept-aside/:studyId',
  erasures: '/erasures',
  keys: '/keys',
  storage: '/storage',
  backups: '/backups',
  audit: '/audit',
  shared: '/shared/:linkId',
} as const;

/** Fills a path's parameters in, each percent-encoded. */
export function pathOf(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`the path ${path} needs ${name}`);
    return encodeURIComponent(value);
  });
}
