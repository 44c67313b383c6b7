import { describe, expect, test, vi } from 'vitest';
import { Progress, type Screen } from './progress.ts';

function screenOf(isTTY: boolean, columns = 80): { screen: Screen; written: string[] } {
  const written: string[] = [];
  return { screen: { isTTY, columns, write: (text) => written.push(text) }, written };
}
const measure = { files: 3, ofFiles: 10, bytes: 30_000_000, ofBytes: 100_000_000 };

describe('progress', () => {
  test('on a terminal one line is painted over, never wider than the terminal', () => {
    const { screen, written } = screenOf(true, 40);
    const progress = new Progress(screen, 'Sending', () => 0);
    progress.start(measure);
    progress.say('a line that stays');
    progress.stop();
    expect(written.every((text) => text.startsWith('\r\u001b[2K'))).toBe(true);
    for (const text of written) expect([...text.replace('\r\u001b[2K', '').trimEnd()].length).toBeLessThan(40);
    expect(written.at(-1)).toBe('\r\u001b[2K');
    expect(written).toContain('\r\u001b[2Ka line that stays\n');
  });

  test('elsewhere a line every few seconds, without control characters', () => {
    vi.useFakeTimers();
    let now = 0;
    const { screen, written } = screenOf(false);
    const progress = new Progress(screen, 'Sending', () => now);
    progress.start(measure);
    for (let tick = 0; tick < 120; tick += 1) {
      now += 100;
      progress.update({ ...measure, bytes: 30_000_000 + now * 1000 });
      vi.advanceTimersByTime(100);
    }
    progress.stop();
    vi.useRealTimers();
    expect(written).toHaveLength(2);
    expect(written[1]).toMatch(
      /^Sending {1,2}\d+% · 3 of 10 files · 4\d\.\d MB of 100\.0 MB · \d\.\d MB\/s · .+ left\n$/,
    );
  });

  test('a note stands in the line until it is taken back', () => {
    const { screen } = screenOf(true);
    const progress = new Progress(screen, 'Sending', () => 0);
    progress.start(measure);
    progress.note('the exchange does not answer; trying again in 8 s …');
    expect(progress.line(0)).toContain('trying again in 8 s');
    progress.note('');
    expect(progress.line(0)).toContain('30.0 MB of 100.0 MB');
    progress.stop();
  });
});
