const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 §4. `Uint8Array.prototype.toBase64` is not in every runtime yet; `btoa` needs a detour over strings. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    text += alphabet[group >>> 18]! + alphabet[(group >>> 12) & 63]!;
    text += left > 1 ? alphabet[(group >>> 6) & 63]! : '=';
    text += left > 2 ? alphabet[group & 63]! : '=';
    if (text.length > 8192) {
      parts.push(text);
      text = '';
    }
  }
  parts.push(text);
  return parts.join('');
}

const sixBits = new Int8Array(128).fill(-1);
for (let at = 0; at < alphabet.length; at++) sixBits[alphabet.charCodeAt(at)] = at;

/** The bytes of a padded base64 text, `undefined` when it is none: no line breaks, no URL alphabet, no bits behind the end. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let group = 0;
  let to = 0;
  for (let at = 0; at < digits; at++) {
    const bits = sixBits[text.charCodeAt(at)] ?? -1;
    if (bits < 0) return undefined;
    group = ((group << 6) | bits) & 0xffffff;
    if (at % 4 === 3) {
      bytes[to++] = group >>> 16;
      bytes[to++] = (group >>> 8) & 0xff;
      bytes[to++] = group & 0xff;
    }
  }
  if (padding === 1) {
    if ((group & 3) !== 0) return undefined;
    bytes[to++] = (group >>> 10) & 0xff;
    bytes[to++] = (group >>> 2) & 0xff;
  } else if (padding === 2) {
    if ((group & 15) !== 0) return undefined;
    bytes[to++] = (group >>> 4) & 0xff;
  }
  return bytes;
}
