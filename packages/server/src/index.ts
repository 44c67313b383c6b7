/** The door of the exchange: what the command line may start. */

export { addressesOfAccounts, clearAddresses } from './addresses-from-shell.ts';
export { type ListedBackup, listBackups, restoreFrom, verifyBackupFrom } from './backup-from-shell.ts';
export { settingsHelp } from './config.ts';
export { clearFactorsOf } from './factors-from-shell.ts';
export { backupKeysTo, restoreKeysFrom, rotateKeys, statusOfKeys } from './keys-from-shell.ts';
export { resetPasswordFromShell } from './reset-from-shell.ts';
export { type ServeOptions, serve } from './serve.ts';
