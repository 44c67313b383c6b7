import { formatBytes, formatDuration } from '../../ui/amounts.ts';
import type { SendFacts } from '../messages.ts';

const almostMs = 5000;

/** How long it will still take, as far as anybody can say. */
export function timeLeft({ state, leftMs, movedBytes, ofBytes }: SendFacts): string {
  if (state.kind !== 'sending') return '';
  if (movedBytes >= ofBytes || (leftMs !== undefined && leftMs < almostMs)) return 'almost done';
  if (leftMs === undefined) return 'working out the time left';
  return `about ${formatDuration(rounded(leftMs))} left`;
}

/** Nobody can tell to the second. */
function rounded(ms: number): number {
  const step = ms < 60_000 ? 5000 : ms < 600_000 ? 30_000 : 300_000;
  return Math.ceil(ms / step) * step;
}

export function rateText({ state, bytesPerSecond }: SendFacts): string {
  if (state.kind !== 'sending' || bytesPerSecond === undefined || bytesPerSecond < 1) return '';
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** What goes on at this moment. Units: milliseconds since 1970. */
export function stateText({ state }: SendFacts, now: number): string {
  switch (state.kind) {
    case 'sending':
      return 'Sending';
    case 'pausing':
      return 'Pausing';
    case 'paused':
      return 'Paused';
    case 'halted':
      return 'Stopped';
    case 'waiting': {
      const inMs = state.retryAt - now;
      const again = inMs < 1000 ? 'trying again now' : `trying again in ${formatDuration(inMs)}`;
      return `Waiting for the exchange since ${formatDuration(now - state.since)}, ${again}`;
    }
  }
}

/** Whole percents, and 100 only when everything is acknowledged. */
export function percent({ movedBytes, ofBytes, images, ofImages }: SendFacts): number {
  if (images >= ofImages) return 100;
  return ofBytes === 0 ? 0 : Math.min(99, Math.floor((movedBytes / ofBytes) * 100));
}
