import { networkOf } from '../access/index.ts';
import { Turns } from '../platform/turns.ts';
import { passwordsBusy } from './errors.ts';

/** As many as keep the derivation of passwords at work: while one is derived, what is known of the next is looked up. */
const door = new Turns({ atOnce: 4, maxWaiting: 512, maxWaitingOfOne: 256 });
/** Who comes with a browser in which they signed in before: strangers from ten thousand networks are not in their way. */
const doorOfKnown = new Turns({ atOnce: 2, maxWaiting: 512, maxWaitingOfOne: 256 });

/** From where somebody comes, and whether with a browser that is known for the very person. */
type Coming = { readonly address: string; readonly known?: boolean };

/**
 * Whoever wants to sign in waits here for their turn: hundreds at once would otherwise hold all connections to the database, and
 * everybody else would wait behind them. Of the networks from which they come each in turn lets one in, so that a flood from
 * one place holds up nobody elsewhere.
 *
 * @throws PeopleError PASSWORDS_BUSY  nothing was looked at, and no try counted
 */
export const atTheDoor = <T>({ address, known }: Coming, work: () => Promise<T>): Promise<T> =>
  (known ? doorOfKnown : door).run(networkOf(address), work, passwordsBusy);
