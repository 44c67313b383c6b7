const bytesPerGigabyte = 1e9;

/** A limit as somebody types it: undefined where it is none, null where nothing was typed, which takes the limit away. */
function limitIn(text: string, pattern: RegExp, unit: number): number | null | undefined {
  const typed = text.trim().replaceAll(/[\s,']/g, '');
  if (typed === '') return null;
  const value = pattern.test(typed) ? Math.round(Number(typed) * unit) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

export const imagesIn = (text: string): number | null | undefined => limitIn(text, /^\d+$/, 1);
export const bytesIn = (gigabytes: string): number | null | undefined =>
  limitIn(gigabytes, /^\d+(\.\d+)?$/, bytesPerGigabyte);

export const imagesText = (limit: number | null): string => (limit === null ? '' : String(limit));
export const gigabytesText = (limit: number | null): string =>
  // No exponent, and no zeros behind what counts.
  limit === null ? '' : (limit / bytesPerGigabyte).toFixed(9).replace(/\.?0+$/, '');
