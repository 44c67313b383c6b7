/** As in the contract: 128 random bits or more, base64url. */
const secretForm = /^[A-Za-z0-9_-]{22,64}$/;

/** `broken`: something stood behind the `#` that cannot be a secret, as when a mail program cut the address. */
export type TakenSecret = { readonly secret: string | null; readonly broken: boolean };

const none: TakenSecret = { secret: null, broken: false };

/** In this page's memory alone: whoever finds the tab later finds no secret in its address, history or storage. */
const kept = new Map<string, TakenSecret>();

/** The secret behind the `#` of an address; null where there is none or it was cut off. */
export function secretIn(hash: string): string | null {
  const text = hash.replace(/^#/, '');
  return secretForm.test(text) ? text : null;
}

type Address = { readonly hash: string; readonly pathname: string; readonly search: string };
type Bar = { readonly state: unknown; replaceState(state: unknown, unused: string, address: string): void };

/** The secret of a link, taken out of the address bar the first time and from memory after that. */
export function takeSecret(linkId: string, address: Address, bar: Bar): TakenSecret {
  if (address.hash.length <= 1) return kept.get(linkId) ?? none;
  const secret = secretIn(address.hash);
  const taken = { secret, broken: secret === null };
  kept.set(linkId, taken);
  bar.replaceState(bar.state, '', address.pathname + address.search);
  return taken;
}
