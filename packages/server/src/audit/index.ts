export { Reads } from './reads.ts';
export { Audit, type AuditEntry } from './record.ts';
