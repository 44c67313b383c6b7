export { commit } from './commit.ts';
export { IntakeError, Refusal } from './errors.ts';
export { GroupCommit } from './group-commit.ts';
export { receiptRoutes } from './receipts.routes.ts';
export { type NamedInstance, type PartResult, type SentPart, type StorePartDeps, storePart } from './store-part.ts';
