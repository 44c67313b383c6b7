/**
 * By what number of PostgreSQL's each kind of work is locked on a database: two of one number would shut each other out. Told to all
 * nodes of an exchange, of this version and of the one before, so that a number that was given once stays.
 */
export const locks = {
  'set-up': 7_305_821,
  sweep: 7_305_822,
  scrub: 7_305_823,
  compaction: 7_305_824,
  /** Also what removes old backups, and drills. */
  backup: 7_305_825,
  reseal: 7_305_826,
  erasure: 7_305_827,
  'counted refusals': 7_305_830,
  reindex: 7_305_832,
  /** With an account beside it: by which keys its tokens are made. */
  'search index': 7_305_833,
  /** On the database of the key store. */
  'key tables': 7_305_831,
  'role of accounts': 7_306_001,
} as const;

export type Lock = keyof typeof locks;
