import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Element } from '../element.ts';
import { ElementMap } from './element-map.ts';

const element = (tag: number): Element => ({ tag, vr: 'LO', start: 0, valueStart: 0, valueEnd: 0, end: 0 });

test('it answers as a Map of the same elements does, whatever their order (property)', () => {
  const tags = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
  fc.assert(
    fc.property(tags, fc.boolean(), (unsorted, sorts) => {
      const order = sorts ? unsorted.sort((a, b) => a - b) : unsorted;
      const [ours, map] = [new ElementMap(), new Map<number, Element>()];
      for (const tag of order) {
        const one = element(tag);
        ours.append(one);
        map.set(tag, one);
      }
      expect(ours.size).toBe(map.size);
      for (let tag = -1; tag <= 61; tag++) {
        expect(ours.get(tag)).toBe(map.get(tag));
        expect(ours.has(tag)).toBe(map.has(tag));
      }
      expect([...ours]).toEqual([...map]);
      expect([...ours.keys()]).toEqual([...map.keys()]);
      expect([...ours.values()]).toEqual([...map.values()]);
      const seen: unknown[] = [];
      ours.forEach((one, tag, from) => {
        seen.push([tag, one, from === ours]);
      });
      expect(seen).toEqual(order.map((tag) => [tag, map.get(tag), true]));
    }),
  );
});
