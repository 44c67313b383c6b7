import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Read when a command talks to an exchange, and not by `serve`, whose start it would make a tenth longer. */
export const undici = (): typeof import('undici') => load('undici');
