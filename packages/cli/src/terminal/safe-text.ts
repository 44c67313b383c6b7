/**
 * Controls (C0, C1), bidirectional marks, overrides and isolates, line and paragraph separators, zero-width
 * characters, tags and lone surrogates: all that can make a terminal show other than what is written.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** A text from outside as it may be shown on a terminal; what could deceive is spelt as `\u{…}`. */
export function safeText(text: string): string {
  return text.replace(unsafe, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
