/** A word that must not be found, and the bytes of one form in which it could lie there. */
export type Form = { readonly field: string; readonly form: string; readonly bytes: Buffer };

export type Wanted = { readonly field: string; readonly value: string; readonly encoded?: Uint8Array };

/** Shorter than this, a form would be met by chance; of the planted words only dates are. Bytes. */
const minBytes = 8;

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

/**
 * Base64 of a text that begins at any of the three places within a group: the characters that the text alone
 * decides, those that it shares with its neighbours cut off.
 */
function base64Forms(bytes: Uint8Array): readonly (readonly [string, string])[] {
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    const text = whole.slice(first, last);
    return [
      [`base64 at ${offset}`, text],
      [`base64url at ${offset}`, text.replaceAll('+', '-').replaceAll('/', '_')],
    ] as const;
  });
}

const percent = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Every form in which a word could lie in a store or a log, each once. */
export function formsOf(wanted: readonly Wanted[]): Form[] {
  const seen = new Set<string>();
  const forms: Form[] = [];
  const add = (field: string, form: string, bytes: Uint8Array) => {
    const copy = Buffer.from(bytes);
    const name = copy.toString('latin1');
    if (copy.length < minBytes || seen.has(name)) return;
    seen.add(name);
    forms.push({ field, form, bytes: copy });
  };
  for (const { field, value, encoded } of wanted) {
    const utf8 = Buffer.from(value, 'utf8');
    add(field, 'UTF-8', utf8);
    for (const [form, text] of [
      ['UTF-8, lower case', value.toLowerCase()],
      ['UTF-8, upper case', value.toUpperCase()],
      ['UTF-8, decomposed', value.normalize('NFD')],
      ['UTF-8, folded as a search does', value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()],
      ['URL-encoded', encodeURIComponent(value)],
      [
        'JSON-escaped',
        JSON.stringify(value)
          .slice(1, -1)
          .replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      ],
    ] as const) {
      add(field, form, Buffer.from(text, 'utf8'));
    }
    add(field, 'UTF-16 LE', Buffer.from(value, 'utf16le'));
    add(field, 'UTF-16 BE', swapped(value));
    if (/^[\0-\xff]*$/.test(value)) add(field, 'Latin-1', Buffer.from(value, 'latin1'));
    for (const bytes of [utf8, ...(encoded ? [Buffer.from(encoded)] : [])]) {
      add(field, 'as in the file', bytes);
      add(field, 'hex', Buffer.from(bytes.toString('hex')));
      add(field, 'HEX', Buffer.from(bytes.toString('hex').toUpperCase()));
      // As JSON shows a Buffer that somebody logged.
      add(field, 'decimal bytes', Buffer.from([...bytes].join(',')));
      add(field, 'every byte URL-encoded', Buffer.from(percent(bytes)));
      for (const [form, text] of base64Forms(bytes)) add(field, form, Buffer.from(text));
    }
  }
  return forms;
}
