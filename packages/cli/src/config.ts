import { resolve } from 'node:path';

/** The environment as the exchange is handed it; nothing else of the command line reads it. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;

/** The data folder of an exchange on this machine, by the same rule as the exchange's own. */
export function dataFolder(env = environment, asRoot: boolean = process.getuid?.() === 0): string {
  return resolve(env.SYMBOLON_DATA?.trim() || (asRoot ? '/var/lib/symbolon' : './data'));
}

/** Stack traces are for whoever asks for them. */
export function debugging(): boolean {
  return Boolean(environment.SYMBOLON_DEBUG);
}
