export { linkUsesOf } from './link-uses.ts';
export { Looks } from './looks.ts';
export { Reads } from './reads.ts';
export { Audit, type AuditEntry, type Itself } from './record.ts';
export { recordCounted, recordPast } from './refused.ts';
export { openDetail } from './sealed-detail.ts';
export { blindTerms } from './searched.ts';
export { Searches } from './searches.ts';
