/** What a mail says. Paragraphs are plain text; `link` stands where it is said, on a line of its own. */
export type Words = {
  readonly subject: string;
  readonly said: readonly string[];
  readonly link?: { readonly text: string; readonly address: string };
  /** Below the link. */
  readonly below?: readonly string[];
};

/** One mail to one mailbox. */
export type Letter = { readonly to: string; readonly subject: string; readonly text: string; readonly html: string };

/**
 * What somebody calls themselves, as it may stand in a mail: one short line in which no program finds an address to follow.
 * Names are given by people, and a mail of ours is believed.
 */
export const inert = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:/\\@]+/gu, ' ')
    .replace(/\.(?=\S)/g, '. ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60);

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

/** The same in plain text and in HTML: nothing in it is fetched from anywhere, and nothing tells whether it was read. */
export function letterOf(to: string, { subject, said, link, below = [] }: Words, publicUrl: string): Letter {
  const end = `Sent by the image exchange at ${publicUrl}. Nobody reads answers to this address.`;
  const text = [...said, ...(link ? [`${link.text}:\n${link.address}`] : []), ...below, `-- \n${end}`].join('\n\n');
  const paragraph = (words: string): string => `<p>${escaped(words)}</p>`;
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>',
    escaped(subject),
    '</title></head><body style="font:16px/1.5 sans-serif;max-width:36em">',
    ...said.map(paragraph),
    ...(link ? [`<p><a href="${escaped(link.address)}">${escaped(link.text)}</a></p>`] : []),
    ...below.map(paragraph),
    `<p style="color:#555;font-size:14px">${escaped(end)}</p></body></html>`,
  ].join('\n');
  return { to, subject: subject.replace(/\s+/g, ' '), text: `${text}\n`, html };
}
