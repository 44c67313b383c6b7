export { linkUsesOf } from './link-uses.ts';
export { openDetail } from './open-detail.ts';
export { Reads } from './reads.ts';
export { Audit, type AuditEntry } from './record.ts';
