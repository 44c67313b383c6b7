import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What is in a kept data folder, as its maker knew it. Passwords and keys in it are known to everybody, and open nothing else. */
export type Fixture = {
  /** When it was finished: what the audit holds of later is not of it. */
  readonly madeAt: string;
  readonly migrations: readonly string[];
  readonly owner: { readonly accountName: string; readonly email: string; readonly password: string };
  readonly token: string;
  readonly receiptKey: string;
  readonly passphrase: string;
  /** Files by their SHA-256, as `fetch` must give them; `other`: what a choice that was made took out of sight. */
  readonly studies: readonly {
    readonly uid: string;
    readonly familyName: string;
    readonly sha256: readonly string[];
    readonly other: readonly string[];
  }[];
  /** One that waits for somebody to look at it: study and file. */
  readonly keptAside: { readonly uid: string; readonly sha256: string };
  readonly link: { readonly path: string; readonly password: string; readonly note: string };
  readonly maxBytes: number;
  /** After how many days patients' keys are replaced; null where they are not, undefined where the release could not set it. */
  readonly patientDays?: number | null;
  /** How many records of each action. */
  readonly audit: Readonly<Record<string, number>>;
};

const folder = join(import.meta.dirname, 'fixtures');

/** Every kept data folder, oldest first: each is named by the newest migration of its release. */
export async function fixtures(): Promise<{ readonly name: string; readonly at: string; readonly made: Fixture }[]> {
  return (await readdir(folder)).sort().map((name) => {
    const at = join(folder, name);
    return { name, at, made: JSON.parse(readFileSync(join(at, 'made.json'), 'utf8')) as Fixture };
  });
}

export const fixtureFolder = (name: string): string => join(folder, name);
