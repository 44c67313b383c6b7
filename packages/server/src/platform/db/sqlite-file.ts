import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens a database file that forgets what is deleted and loses nothing that was committed.
 *
 * Never WAL: its log keeps deleted rows. `secure_delete` overwrites them, TRUNCATE empties the journal after each
 * commit, EXTRA also syncs the folder when the journal goes.
 */
export function openSqlite(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file, { timeout: 5000 });
  chmodSync(file, 0o600);
  database.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON');
  return database;
}
