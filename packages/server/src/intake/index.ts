export { type CommitDeps, commit } from './commit.ts';
export { IntakeError, type IntakeErrorCode } from './errors.ts';
export { GroupCommit } from './group-commit.ts';
export { receiptRoutes } from './receipts.routes.ts';
export { storeRoutes } from './store.routes.ts';
