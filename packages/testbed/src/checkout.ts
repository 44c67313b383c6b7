import { fileURLToPath } from 'node:url';

/** The root of the checkout in which this package stands. */
export const checkoutRoot: string = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
