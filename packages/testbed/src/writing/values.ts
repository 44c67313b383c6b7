/** Text and numbers as PS3.5 §6.2 wants them in a value field. */
export function textToBytes(vr: string, text: string, charset: string): Uint8Array {
  if (/^(PN|LO|SH|LT|ST|UT|UC)$/.test(vr)) {
    if (charset === 'ISO_IR 192') return new TextEncoder().encode(text);
    if (charset === 'ISO_IR 100') return oneByteEach(text, 0xff);
  }
  return oneByteEach(text, 0x7f);
}

function oneByteEach(text: string, highest: number): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > highest) throw new Error(`the declared character set cannot hold U+${unit.toString(16)}`);
    bytes[at] = unit;
  }
  return bytes;
}

/** Bytes of one number; AT is a pair of 16-bit numbers, so its rows list group and element one after the other. */
const widths: Record<string, number> = {
  ...{ OB: 1, UN: 1, US: 2, SS: 2, OW: 2, AT: 2, UL: 4, SL: 4, OL: 4, FL: 4, OF: 4 },
  ...{ FD: 8, OD: 8, UV: 8, SV: 8, OV: 8 },
};

export function numbersToBytes(vr: string, numbers: readonly number[], bigEndian: boolean): Uint8Array {
  const width = widths[vr];
  if (width === undefined) throw new Error(`${vr} does not hold binary numbers`);
  const bytes = new Uint8Array(numbers.length * width);
  const view = new DataView(bytes.buffer);
  const little = !bigEndian;
  numbers.forEach((number, index) => {
    const at = index * width;
    if (vr === 'FL' || vr === 'OF') view.setFloat32(at, number, little);
    else if (vr === 'FD' || vr === 'OD') view.setFloat64(at, number, little);
    else if (width === 1) view.setUint8(at, number);
    else if (width === 2) view.setUint16(at, number, little);
    else if (width === 4) view.setUint32(at, number, little);
    else view.setBigInt64(at, BigInt(number), little);
  });
  return bytes;
}

export function swap16(bytes: Uint8Array): Uint8Array {
  const swapped = bytes.slice();
  for (let at = 0; at + 1 < swapped.length; at += 2) {
    swapped[at] = bytes[at + 1]!;
    swapped[at + 1] = bytes[at]!;
  }
  return swapped;
}
