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
