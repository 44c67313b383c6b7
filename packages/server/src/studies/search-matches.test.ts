import { expect, test } from 'vitest';
import { type Match, pageOf, type WalkPlace } from './search-matches.ts';
import type { WalkEnd } from './study-walk.ts';

/** A walk over studies that hold so many matches each, named by letters; the newest has the largest arrival. */
async function* walk(studies: string, end: WalkEnd, from?: WalkPlace): AsyncGenerator<Match, WalkEnd> {
  const counts = new Map<string, number>();
  const begin = from?.study ? Math.max(0, studies.indexOf(from.study.id)) : 0;
  for (const id of studies.slice(begin)) {
    const nth = counts.get(id) ?? 0;
    counts.set(id, nth + 1);
    yield { study: { row: { id, arrivedUs: String(1000 - id.charCodeAt(0)) } }, nth } as unknown as Match;
  }
  return end;
}
const start: WalkPlace = { given: 0 };
const indexed = { indexed: true };
const ids = (page: { found: readonly Match[] }): string =>
  page.found.map(({ study, nth }) => `${study.row.id}${nth}`).join(' ');

test('pages that follow each other give every match once, wherever they end', async () => {
  const studies = 'aaabccdddde';
  for (const limit of [1, 2, 3, 4, 11, 20]) {
    const all: string[] = [];
    for (let place: WalkPlace | undefined = start; place !== undefined; ) {
      const page = await pageOf(walk(studies, indexed, place), { limit, offset: 0, place, counted: false });
      expect(page.found.length).toBeLessThanOrEqual(limit);
      if (page.found.length > 0) all.push(ids(page));
      place = page.next;
    }
    expect(all.join(' '), String(limit)).toBe('a0 a1 a2 b0 c0 c1 d0 d1 d2 d3 e0');
  }
});

test('a page goes on behind what was given even where its study has gone meanwhile', async () => {
  const page = await pageOf(walk('aabbcc', indexed), { limit: 3, offset: 0, place: start, counted: false });
  expect([ids(page), page.next?.study?.id, page.next?.given]).toEqual(['a0 a1 b0', 'b', 1]);
  // Without b the walk begins at the next that is there: none of its matches was given.
  const gone = await pageOf(walk('cc', indexed), {
    limit: 3,
    offset: 0,
    place: page.next as WalkPlace,
    counted: false,
  });
  expect(ids(gone)).toBe('c0 c1');
});

test('a walk that was cut goes on where it was cut, and has no total', async () => {
  const cut = { arrivedUs: '7', id: 'z' };
  const short = await pageOf(walk('ab', { ...indexed, cut }), { limit: 5, offset: 0, place: start, counted: true });
  expect(short).toMatchObject({ next: { study: cut, given: 0 }, cut: { indexed: true } });
  expect(short).not.toHaveProperty('total');
  const full = await pageOf(walk('abc', { ...indexed, cut }), { limit: 2, offset: 0, place: start, counted: true });
  expect([ids(full), full.next?.study?.id]).toEqual(['a0 b0', 'b']);
});

test('what of an offset a cut walk did not come to is passed over on the next page', async () => {
  const cut = { arrivedUs: '7', id: 'd' };
  const page = await pageOf(walk('abc', { ...indexed, cut }), { limit: 2, offset: 5, place: start, counted: false });
  expect(page).toMatchObject({ found: [], next: { study: cut, given: 0 }, nextOffset: 2 });
  const place = page.next as WalkPlace;
  const next = await pageOf(walk('abcdefgh', indexed, place), {
    limit: 2,
    offset: page.nextOffset!,
    place,
    counted: false,
  });
  expect(ids(next)).toBe('f0 g0');
});

test('a total counts what is before and behind the page; a page of none has no next', async () => {
  const counted = await pageOf(walk('aabbc', indexed), { limit: 1, offset: 2, place: start, counted: true });
  expect([ids(counted), counted.total, counted.next?.study?.id]).toEqual(['b0', 5, 'b']);
  const none = await pageOf(walk('aabbc', indexed), { limit: 0, offset: 0, place: start, counted: true });
  expect([none.found, none.total, none.next]).toEqual([[], 5, undefined]);
  const past = await pageOf(walk('aabbc', indexed), { limit: 2, offset: 9, place: start, counted: false });
  expect([past.found, past.next]).toEqual([[], undefined]);
});
