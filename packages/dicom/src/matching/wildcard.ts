/**
 * Whether `text` matches `pattern`, in which `*` stands for any characters and `?` for one (PS3.4 §C.2.2.2.4).
 *
 * Cost  O(text × pattern) at worst and no recursion: on a mismatch only the last `*` grows, which suffices because an
 *       earlier one growing could reach nothing that the last one cannot.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  const chars = [...text];
  const wanted = [...pattern];
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < chars.length) {
    const sign = wanted[next];
    if (sign === '*') {
      star = next++;
      resume = at;
    } else if (sign !== undefined && (sign === '?' || sign === chars[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (wanted[next] === '*') next++;
  return next === wanted.length;
}

export function hasWildcard(key: string): boolean {
  return key.includes('*') || key.includes('?');
}
