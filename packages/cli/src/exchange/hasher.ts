import { createHash } from 'node:crypto';
import type { NewHasher } from '@symbolon/client';

export const newHasher: NewHasher = () => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
