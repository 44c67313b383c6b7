/** SHA-256 as the caller computes it: node:crypto in programs, an audited library in browsers. */
export type Hasher = { update(bytes: Uint8Array): void; hex(): string };
export type NewHasher = () => Hasher;

export function digestOf(newHasher: NewHasher, bytes: Uint8Array): string {
  const hasher = newHasher();
  hasher.update(bytes);
  return hasher.hex();
}
