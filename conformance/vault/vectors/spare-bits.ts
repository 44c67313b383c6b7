const base64Signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The file with the last sign of its signature put as one that stands for the same two bits, and sets one of the four behind them, which mean nothing. */
export function withSpareBits(text: string): string {
  return text.replace(/(.)==("\n\})/, (_, last: string, end: string) => {
    return `${base64Signs[base64Signs.indexOf(last) | 1]}==${end}`;
  });
}
