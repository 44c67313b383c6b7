import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type ParseOptions, tags } from '../index.ts';
import {
  concat,
  element,
  fragments,
  image,
  item,
  part10,
  tagBytes,
  u16,
  u32,
  uid,
  undefinedLength,
} from '../part10.fixture.ts';

const inflating: ParseOptions = {
  inflateRaw: (bytes, maxBytes) => new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};

/** What somebody may send who means no good, and what becomes of it: a code, or `accepted`. */
export type Vector = {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  readonly outcome: string;
  readonly options?: ParseOptions;
};

const nothing = new Uint8Array(0);
const name = element(tags.PatientName, 'PN', 'Doe^Jane');

function delimitedDepth(depth: number): Uint8Array {
  const level = concat(
    element(0x00081140, 'SQ', nothing, undefined, undefinedLength),
    item(nothing, undefined, undefinedLength),
  );
  return part10(uid.explicit, repeated(level, depth));
}

/** Each sequence and item says its length: 20 bytes a level. */
function measuredDepth(depth: number): Uint8Array {
  const out = new Uint8Array(20 * depth);
  for (let level = 0; level < depth; level++) {
    const inner = 20 * (depth - level - 1);
    out.set(element(0x00081140, 'SQ', nothing, undefined, inner + 8), 20 * level);
    out.set(item(nothing, undefined, inner), 20 * level + 12);
  }
  return part10(uid.explicit, out);
}

function repeated(unit: Uint8Array, times: number): Uint8Array {
  const out = new Uint8Array(unit.length * times);
  for (let at = 0; at < out.length; at += unit.length) out.set(unit, at);
  return out;
}

/** As many bytes of zeros, deflated to a thousandth. */
function bomb(mebibytes: number): Uint8Array {
  const block = deflateRawSync(new Uint8Array(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  return part10(uid.deflated, repeated(block, mebibytes), deflateRawSync(nothing));
}

function descending(count: number): Uint8Array {
  return repeated(element(0x7fdf0010, 'LO', 'ab'), count).map((byte, at) =>
    at % 10 === 0
      ? (count - Math.floor(at / 10)) & 0xff
      : at % 10 === 1
        ? ((count - Math.floor(at / 10)) >> 8) & 0x7f
        : byte,
  );
}

export const vectors: readonly Vector[] = [
  { name: 'depth 60,000, delimited', bytes: () => delimitedDepth(60_000), outcome: 'DICOM_TOO_DEEP' },
  { name: 'depth 60,000, with lengths', bytes: () => measuredDepth(60_000), outcome: 'DICOM_TOO_DEEP' },
  {
    name: 'depth 60,000, where that is allowed',
    bytes: () => measuredDepth(60_000),
    outcome: 'accepted',
    options: { maxDepth: 100_000 },
  },
  {
    name: '200,000 empty fragments',
    bytes: () =>
      image(
        uid.jpeg,
        fragments(
          tags.PixelData,
          Array.from({ length: 200_000 }, () => nothing),
        ),
      ),
    outcome: 'accepted',
  },
  {
    name: '1,100,000 empty items',
    bytes: () => part10(uid.explicit, element(0x00081140, 'SQ', repeated(item(nothing), 1_100_000))),
    outcome: 'DICOM_TOO_MANY_ELEMENTS',
  },
  {
    name: 'a length of 4 GiB in a small file',
    bytes: () => part10(uid.explicit, element(0x00420011, 'OB', u32(1), undefined, 0xfffffffe)),
    outcome: 'DICOM_LENGTH_PAST_END',
  },
  {
    name: 'pixel data of 4 GiB in a small file',
    bytes: () => part10(uid.explicit, name, element(tags.PixelData, 'OW', u32(1), undefined, 0xfffffffe)),
    outcome: 'DICOM_LENGTH_PAST_END',
  },
  { name: 'a 1 GiB deflate bomb', bytes: () => bomb(1_024), outcome: 'DICOM_INFLATED_TOO_LARGE', options: inflating },
  {
    name: 'a 1 MB person name',
    bytes: () => part10(uid.explicit, element(tags.PatientName, 'UT', repeated(u16(0x5e41), 500_000))),
    outcome: 'accepted',
  },
  {
    name: 'two patients',
    bytes: () => part10(uid.explicit, name, element(tags.PatientName, 'PN', 'Roe^Rita')),
    outcome: 'DICOM_DUPLICATE_ELEMENT',
  },
  {
    name: '30,000 elements in falling order',
    bytes: () => part10(uid.explicit, descending(30_000)),
    outcome: 'accepted',
  },
  {
    name: 'group 0002 that names another encoding',
    bytes: () => part10(uid.implicit, name, element(tags.PixelData, 'OW', u32(1))),
    outcome: 'accepted',
  },
  {
    name: '20,000 values that look like sequences',
    bytes: () =>
      part10(uid.explicit, repeated(element(0x00081140, 'UN', concat(tagBytes(tags.Item), u32(99))), 20_000)),
    outcome: 'DICOM_LENGTH_PAST_END',
    options: { duplicates: 'accept' },
  },
  {
    name: '4 MB of zeros that are no padding',
    bytes: () => part10(uid.explicit, name, new Uint8Array(4_000_001).with(-1, 1)),
    outcome: 'DICOM_TRUNCATED',
  },
];
