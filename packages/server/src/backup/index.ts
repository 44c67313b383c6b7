export { BackupJob, type BackupJobDeps } from './backup.job.ts';
export { backupRoutes } from './backup.routes.ts';
export { allAccounts } from './backup.store.ts';
export { backupsAt } from './backup-manifest.ts';
export { openBackupPlace } from './backup-place.ts';
export { BackupError } from './errors.ts';
export { backupFigures } from './figures.ts';
export { chooseBackup, restoreData } from './restore-data.ts';
export { verifyBackup } from './verify-backup.ts';
