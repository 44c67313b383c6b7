import { DicomWebError } from './errors.ts';

/**
 * The parameters of a query, in their order. `URLSearchParams` would put U+FFFD where bytes are no UTF-8, and so look for
 * something else than was asked.
 *
 * Cost  linear
 * @throws DicomWebError REQUEST_INVALID
 */
export function parametersOf(query: string): [name: string, value: string][] {
  return query
    .split('&')
    .filter((one) => one !== '')
    .map((one) => {
      const equals = one.indexOf('=');
      return equals < 0 ? [decoded(one), ''] : [decoded(one.slice(0, equals)), decoded(one.slice(equals + 1))];
    });
}

function decoded(text: string): string {
  const plain = text.replaceAll('+', ' ');
  if (!plain.includes('%')) return plain;
  try {
    return decodeURIComponent(plain);
  } catch {
    throw new DicomWebError(
      'REQUEST_INVALID',
      'A parameter cannot be decoded. Write what is not a plain character as its UTF-8 bytes, each as % and two hexadecimal digits; a percent sign as %25.',
    );
  }
}

/** What stands behind the question mark of an address. */
export function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
