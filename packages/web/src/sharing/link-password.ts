/** Without what people mix up when they read aloud or copy by hand: 0 and o, 1, i and l. Lower case only: phones capitalise. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const groups = 3;
const lettersPerGroup = 4;

/** What the exchange demands of a link's password. */
export const shortestLinkPassword = 6;
export const longestLinkPassword = 200;

/** A password to offer, such as `h7qk-3mzp-w9ea`: 12 letters of 31, 59 bits, guessed at a few tries an hour. */
export function offerPassword(): string {
  const word = () => Array.from({ length: lettersPerGroup }, randomLetter).join('');
  return Array.from({ length: groups }, word).join('-');
}

/** Draws again what is past the last full round of letters, so that none comes more often than another. */
function randomLetter(): string {
  const limit = 256 - (256 % letters.length);
  const drawn = new Uint8Array(1);
  do crypto.getRandomValues(drawn);
  while (drawn[0]! >= limit);
  return letters[drawn[0]! % letters.length]!;
}

/** Why the exchange would not take it; null when it would. */
export function passwordFault(password: string): string | null {
  const { length } = password.trim();
  if (length < shortestLinkPassword) return `Use at least ${shortestLinkPassword} characters.`;
  return length > longestLinkPassword ? `Use at most ${longestLinkPassword} characters.` : null;
}
