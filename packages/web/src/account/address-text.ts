import { readRange } from '@symbolon/contract';

/** What stands in a field for addresses: one a line, or with commas between. */
export const addressesIn = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((one) => one !== '');

/** What is wrong in it, where something is. */
export function addressFaultIn(text: string): string | undefined {
  // A range may be typed with spaces around its dash.
  const wrong = addressesIn(text).find((one) => readRange(one) === undefined);
  return wrong === undefined ? undefined : `${wrong} is neither an address, nor a network, nor a range.`;
}
