export { commit } from './commit.ts';
export { IntakeError, Refusal, tooSlow } from './errors.ts';
export { GroupCommit } from './group-commit.ts';
export { slowMs } from './read-part.ts';
export { receiptRoutes } from './receipts.routes.ts';
export { type NamedInstance, type PartResult, type SentPart, type StorePartDeps, storePart } from './store-part.ts';
