export { BreachedList } from './breached-list.ts';
export { PasswordsBusy, PasswordTooWeak } from './errors.ts';
export { mustBeGood, type PasswordLists } from './new-password.ts';
