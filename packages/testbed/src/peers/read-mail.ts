export type Mail = {
  /** Where it was delivered, by its envelope. */
  readonly to: string;
  readonly subject: string;
  /** By their names in small letters; of several of one name the first. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
  readonly raw: string;
  /** When it arrived. Unit: microseconds since 1970. */
  readonly arrived: number;
  /** The first address of the exchange in its text. @throws Error where there is none */
  link(): string;
};

const fieldsOf = (head: string): Map<string, string> => {
  const fields = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value ?? '');
  }
  return fields;
};

const cut = (text: string): readonly [string, string] => {
  const found = /\r?\n\r?\n/.exec(text);
  return found === null ? [text, ''] : [text.slice(0, found.index), text.slice(found.index + found[0].length)];
};

const fromQuoted = (text: string): Buffer =>
  Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

/** `=?UTF-8?Q?…?=` and `=?UTF-8?B?…?=` (RFC 2047). */
const words = (value: string): string =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      (how.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : fromQuoted(text.replaceAll('_', ' '))).toString(),
    );

function bodyOf(part: string): readonly [type: string, body: string] {
  const [head, body] = cut(part);
  const fields = fieldsOf(head);
  const encoding = fields.get('content-transfer-encoding')?.toLowerCase();
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable'
        ? fromQuoted(body)
        : Buffer.from(body, 'latin1');
  return [(fields.get('content-type') ?? 'text/plain').split(';')[0]!.trim(), bytes.toString('utf8')];
}

/** Reads what a mail server delivered, with the one form that ours have: one part, or plain text beside HTML. */
export function readMail(bytes: Buffer): Mail {
  const raw = bytes.toString('latin1');
  const [head, body] = cut(raw);
  const headers = fieldsOf(head);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  const parts = boundary === undefined ? [raw] : body.split(`--${boundary}`).slice(1, -1);
  const read = new Map(parts.map((part) => bodyOf(part.replace(/^\r?\n|\r?\n$/g, ''))));
  const text = read.get('text/plain') ?? '';
  return {
    to: headers.get('envelope-to') ?? '',
    subject: words(headers.get('subject') ?? ''),
    headers,
    text,
    html: read.get('text/html') ?? '',
    raw,
    arrived: Number(headers.get('x-arrived')?.replace('.', '') ?? 0),
    link() {
      const found = /https:\/\/\S+#\S+/.exec(text);
      if (found === null) throw new Error('there is no link in this mail');
      return found[0];
    },
  };
}
