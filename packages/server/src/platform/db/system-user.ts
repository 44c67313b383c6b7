import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './postgres-binaries.ts';

export type SystemUser = { readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root, so root runs it as this user. */
const userName = 'symbolon';

async function lookUp(): Promise<SystemUser | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((row) => row.startsWith(`${userName}:`));
  if (line === undefined) return undefined;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The system user that runs PostgreSQL when the exchange runs as root; made when there is none. */
export async function postgresUser(): Promise<SystemUser & { readonly made: boolean }> {
  const known = await lookUp();
  if (known) return { ...known, made: false };
  try {
    const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
    await promisify(execFile)('useradd', [...options, '--shell', '/usr/sbin/nologin', userName]);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The system user "${userName}", which runs the embedded PostgreSQL, could not be made. Make it by hand (useradd --system ${userName}), start as another user than root, or set DATABASE_URL.`,
      { cause },
    );
  }
  const made = await lookUp();
  if (!made) throw new EmbeddedPostgresError(`The system user "${userName}" was made but is not in /etc/passwd.`);
  return { ...made, made: true };
}
