import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookupTag, tagOfKeyword } from '../dictionary/dictionary.ts';
import { concat, element, item, joined, part10, uid } from '../part10.fixture.ts';

/** What the tests against DCMTK's servers share. */

/** Strings by keyword, sequences of one level as items. */
export type Attributes = { readonly [keyword: string]: string | readonly Attributes[] };

/** A Part 10 file of these attributes. */
export function file(attributes: Attributes): Uint8Array {
  return part10(uid.explicit, elements({ SpecificCharacterSet: 'ISO_IR 192', ...attributes }));
}

function elements(attributes: Attributes): Uint8Array {
  const written = Object.entries(attributes)
    .map(([keyword, value]) => ({ tag: tagOfKeyword(keyword)!, value }))
    .sort((one, other) => one.tag - other.tag)
    .map(({ tag, value }) => {
      const vr = lookupTag(tag)!.vr;
      if (typeof value !== 'string') return element(tag, vr, joined(value.map((one) => item(elements(one)))));
      return element(tag, vr, utf8(value, vr === 'UI' ? 0 : 0x20));
    });
  return joined(written);
}

function utf8(text: string, pad: number): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return bytes.length % 2 === 0 ? bytes : concat(bytes, new Uint8Array([pad]));
}

/** Without it every answer of DCMTK waits 40 ms for an acknowledgement. */
export const env = { ...process.env, TCP_NODELAY: '1' };

export async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 1_200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error('the server does not listen');
}
