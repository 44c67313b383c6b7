/**
 * When a person last touched this page. What a page asks while nobody touches it, it asks by itself: that keeps no session alive.
 * In a worker, which does what somebody asked of it, everything counts as asked by a person.
 */
let touchedAt = Date.now();
/** When the exchange was last asked for something that counts. */
let countedAt = Date.now();

const kinds = ['pointerdown', 'pointermove', 'keydown', 'input', 'wheel', 'touchstart'] as const;
const inPage = typeof document !== 'undefined';
if (inPage) {
  const touched = (): void => {
    touchedAt = Date.now();
  };
  for (const kind of kinds) document.addEventListener(kind, touched, { capture: true, passive: true });
}

const stillThereMs = 60_000;

export const touch = {
  at: (): number => touchedAt,
  /** In another tab, which is under the same hands. */
  heard: (at: number): void => {
    touchedAt = Math.max(touchedAt, at);
  },
  counted: (): number => countedAt,
};

/** What a request says of itself where nobody is there. */
export function byItself(): Readonly<Record<string, string>> {
  if (inPage && Date.now() - touchedAt > stillThereMs) return { 'symbolon-by-itself': '1' };
  countedAt = Date.now();
  return {};
}
