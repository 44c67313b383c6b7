import { createHash } from 'node:crypto';

/** A repeatable source of numbers: xoshiro128**, whose state is the SHA-256 of the seed and a label. */
export type Random = {
  uint32(): number;
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Uint8Array;
  /** A word that nobody writes by chance: consonants and vowels in turn, about 3.3 bits a letter. */
  word(length: number): string;
};

export function seeded(seed: number, label: string): Random {
  const state = new Uint32Array(new Uint8Array(createHash('sha256').update(`${seed}/${label}`).digest()).buffer, 0, 4);
  const uint32 = (): number => {
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    state[0] = a ^ fourth;
    state[1] = b ^ third;
    state[2] = third ^ (b << 9);
    state[3] = (fourth << 11) | (fourth >>> 21);
    return result;
  };
  const below = (limit: number) => Math.floor((uint32() / 2 ** 32) * limit);
  return {
    uint32,
    below,
    pick: (list) => list[below(list.length)]!,
    bytes: (length) => Uint8Array.from({ length }, () => uint32() >>> 24),
    word: (length) => {
      let word = '';
      while (word.length < length) word += 'BCDFGHJKLMNPQRSTVWXZ'[below(20)]! + 'aeiou'[below(5)]!;
      return word.slice(0, length);
    },
  };
}

/** A UID in the UUID form of PS3.5 §B.2, the version and variant bits of a name-based UUID included. */
export function uidFor(seed: number, label: string): string {
  const digest = createHash('sha256').update(`uid/${seed}/${label}`).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${digest.subarray(0, 16).toString('hex')}`)}`;
}
