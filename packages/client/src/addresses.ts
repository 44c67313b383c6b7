import { type AddressesAnswer, addressesAnswer, paths } from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** From where the account can be used, and from where who asks comes. */
export function addresses(exchange: Exchange, signal?: AbortSignal): Promise<AddressesAnswer> {
  return call(exchange, { path: paths.accountAddresses, answer: addressesAnswer, signal });
}

export function setAddresses(exchange: Exchange, all: readonly string[]): Promise<AddressesAnswer> {
  return call(exchange, {
    method: 'PUT',
    path: paths.accountAddresses,
    json: { addresses: all },
    answer: addressesAnswer,
  });
}
