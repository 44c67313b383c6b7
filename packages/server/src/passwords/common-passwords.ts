import { standardPasswordPolicy } from '@symbolon/contract';

/** Those that are long enough to be taken otherwise: 1,557 of 49,233. Read when somebody first chooses a password. */
let kept: Promise<ReadonlySet<string>> | undefined;

async function read(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const { passwordCharacters } = standardPasswordPolicy;
  return new Set(dictionary['passwords-common'].filter((word) => word.length >= passwordCharacters));
}

/** Whether everybody who guesses tries it first, however its letters are written. */
export async function isCommon(password: string): Promise<boolean> {
  kept ??= read();
  return (await kept).has(password.toLowerCase());
}
