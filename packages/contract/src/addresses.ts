import { z } from 'zod';
import { readRange, spellRange } from './address-range.ts';

/**
 * Addresses in the one spelling in which they are kept: one address, all that begin alike (`192.0.2.0/24`, `2001:db8::/32`), or
 * all from one to another (`192.0.2.10-192.0.2.20`). Bits behind the slash's length that are set are refused: whoever writes
 * `192.0.2.7/24` may mean either.
 */
export const addressRange = z
  .string()
  .trim()
  .max(100)
  .transform((text, context) => {
    const range = readRange(text);
    if (range !== undefined) return spellRange(range);
    context.addIssue({
      code: 'custom',
      message:
        'must be an IPv4 or IPv6 address, a network such as 192.0.2.0/24, or a range such as 192.0.2.10-192.0.2.20',
    });
    return z.NEVER;
  });

/** From where something can be used; from everywhere where it is empty. */
export const addressList = z
  .array(addressRange)
  .max(500)
  .transform((all) => [...new Set(all)]);

/** The list of the account, and the address that who asks comes from. */
export const addressesAnswer = z.object({ addresses: z.array(z.string()), yours: z.string() });
export type AddressesAnswer = z.infer<typeof addressesAnswer>;

/** A list anew. One that is not empty must hold the address of who sets it for themselves: nobody locks themselves out. */
export const addressesRequest = z.strictObject({ addresses: addressList });
export type AddressesRequest = z.input<typeof addressesRequest>;
